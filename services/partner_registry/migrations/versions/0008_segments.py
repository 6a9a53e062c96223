"""Partners' segments."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "segmentation",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "proposed_by")),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("criteria", "weights")),
        *(sa.Column(name, sa.Boolean()) for name in ("commercially_qualified", "commercially_supplied")),
        sa.Column("first_commercial_on", sa.Date()),
        *(sa.Column(name, sa.Boolean(), **GIVEN) for name in ("regardless_of_edges", "stale")),
        *(sa.Column(name, sa.String()) for name in ("confirmed_by", "segment", "by_score", "why")),
        *(sa.Column(name, INSTANT) for name in ("confirmed_at", "review_due_at")),
        sa.Column("score", sa.Numeric()),
        *(sa.Column(name, sa.ARRAY(sa.String()), **GIVEN) for name in ("missing", "unknown")),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "segmentation_that_counts",
        "segmentation",
        ["partner_id"],
        unique=True,
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    tables.sponsor_record("segmentation")
    tables.numbers("segmentation_number")
