"""What happened to each partner, as it was told."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "history_entry",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("site_id", sa.Uuid()),
        sa.Column("kind", sa.String(), **GIVEN),
        sa.Column("occurred_on", sa.Date(), **GIVEN),
        sa.Column("recorded_at", sa.DateTime(timezone=True), **GIVEN),
        sa.Column("shared", sa.Boolean(), **GIVEN),
        sa.Column("data", postgresql.JSONB(), **GIVEN),
    )
    op.create_index("history_entry_of_partner", "history_entry", ["partner_id", "id"])
    op.create_index("history_entry_recorded", "history_entry", ["partner_id", "recorded_at", "id"])
    tables.projection("history_entry", seen_by_partners=f"shared AND partner_id = {tables.TENANT}")
