"""What is brought for the conditions of an approval stands apart from what was signed."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import add_required
from installation.tables import PartnersWrite, Step
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

OF_THE_SITE = PartnersWrite(
    sides=["partner_id"],
    steps=[
        Step(moves=["in_assessment>in_assessment"], sides=["partner_id"], sets=["items"]),
        Step(moves=["conditional>conditional"], sides=["partner_id"], sets=["later_evidence"]),
    ],
)


def upgrade() -> None:
    add_required("qualification", sa.Column("later_evidence", postgresql.JSONB()), value="'[]'")
    tables.root_record("qualification", OF_THE_SITE)
