"""Critical findings of the sponsor's audits: while one is open, no qualification of the site is approved."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0016"
down_revision = "0015"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "known_finding",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("number", sa.String(), **GIVEN),
        sa.Column("closed", sa.Boolean(), **GIVEN),
    )
    op.create_index("known_finding_site_id", "known_finding", ["site_id"])
    tables.projection("known_finding")
