"""What became known of released batches, for each market. The sponsor's alone."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0020"
down_revision = "0019"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "distribution_impact",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "market", "cause_type")),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        sa.Column("cause_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, INSTANT, **GIVEN) for name in ("sponsor_aware_at", "due_at")),
        *(sa.Column(name, sa.String()) for name in ("opened_by", "outcome", "assessment", "assessed_by")),
        sa.Column("assessed_at", INSTANT),
        sa.UniqueConstraint("batch_id", "market", "cause_type", "cause_id"),
    )
    op.create_index("distribution_impact_due_at", "distribution_impact", ["due_at"])
    tables.sponsor_record("distribution_impact")
    tables.numbers("impact_number")
