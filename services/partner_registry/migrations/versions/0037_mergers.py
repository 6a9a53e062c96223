"""Partners merge into others, which take their place."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import guard_dates

revision = "0037"
down_revision = "0036"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)


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
    op.add_column("partner", sa.Column("absorbed_at", INSTANT))
    op.create_index("partner_successor_id", "partner", ["successor_id"])
    guard_dates("partner")
