"""What is open at partners, and what is decided of open work while one is suspended."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import add_required
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0019"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
OPEN = sa.text("ended_at IS NULL OR reopened_at >= ended_at")
THEIR_WORK = f"kind IN ('batch', 'test_order') AND partner_id = {tables.TENANT}"


def upgrade() -> None:
    op.create_table(
        "known_matter",
        sa.Column("id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("kind", "number")),
        *(sa.Column(name, sa.Uuid()) for name in ("site_id", "partner_id", "lot_site_id", "lot_partner_id")),
        *(sa.Column(name, INSTANT) for name in ("since", "ended_at", "reopened_at")),
        sa.Column("made_on", sa.Date()),
        sa.Column("marketed", sa.Boolean(), **GIVEN),
        sa.Column("sequence", sa.Integer(), **GIVEN),
    )
    op.create_index("known_matter_open", "known_matter", ["partner_id"], postgresql_where=OPEN)
    op.create_index("known_matter_open_site", "known_matter", ["site_id"], postgresql_where=OPEN)
    op.create_index("known_matter_marketed", "known_matter", ["partner_id"], postgresql_where=sa.text("marketed"))
    tables.projection("known_matter", seen_by_partners=THEIR_WORK)
    add_required("partner", sa.Column("work_decisions", postgresql.JSONB()), value="'{}'")
