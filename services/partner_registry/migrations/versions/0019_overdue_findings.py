"""Findings that a site did not answer in time: from the second one on they hold its risk up."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0019"
down_revision = "0018"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "overdue_finding",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("number", sa.String(), **GIVEN),
        sa.Column("overdue_at", sa.DateTime(timezone=True), **GIVEN),
    )
    op.create_index("overdue_finding_site_id", "overdue_finding", ["site_id"])
    tables.projection("overdue_finding")
