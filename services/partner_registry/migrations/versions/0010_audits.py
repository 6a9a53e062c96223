"""What is known of the sponsor's audits of sites."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0010"
down_revision = "0009"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "known_audit",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("conducted_on", sa.Date(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("outcome", "report")),
    )
    op.create_index("known_audit_site_id", "known_audit", ["site_id"])
    tables.projection("known_audit")
