"""Partners merge into others, which take their place."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import guard_dates, unseen

revision = "0037"
down_revision = "0036"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
# One that is suspended is so since it was told last; where the history does not have it, since its record was changed.
SINCE = """
UPDATE partner SET inactive_since = coalesce((
    SELECT max((data ->> 'occurred_at')::timestamptz) FROM history_entry
    WHERE partner_id = partner.id AND kind = 'PartnerStatusChanged' AND data ->> 'after' = 'suspended'
), updated_at) WHERE state = 'suspended'
"""


def upgrade() -> None:
    op.create_table(
        "partner_merger",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "reason", "evidence", "proposed_by")),
        *(sa.Column(name, sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN) for name in ("partner_id", "successor_id")),
        sa.Column("effective_on", sa.Date(), **GIVEN),
        sa.Column("effective_at", INSTANT, **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("agreed_by", "obstacle")),
        sa.Column("agreed_at", INSTANT),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "partner_merger_to_come",
        "partner_merger",
        ["partner_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('proposed', 'agreed')"),
    )
    tables.sponsor_record("partner_merger")
    tables.numbers("partner_merger_number")
    op.add_column("partner", sa.Column("successor_id", sa.Uuid(), sa.ForeignKey("partner.id")))
    for name in ("successor_number", "successor_name"):
        op.add_column("partner", sa.Column(name, sa.String()))
    op.add_column("partner", sa.Column("absorbed_on", sa.Date()))
    for name in ("absorbed_at", "inactive_since"):
        op.add_column("partner", sa.Column(name, INSTANT))
    op.execute("ALTER TABLE history_entry NO FORCE ROW LEVEL SECURITY")  # which it reads, as the tables' owner
    unseen("partner", SINCE)
    op.execute("ALTER TABLE history_entry FORCE ROW LEVEL SECURITY")
    op.create_index("partner_successor_id", "partner", ["successor_id"])
    guard_dates("partner")
