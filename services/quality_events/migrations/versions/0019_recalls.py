"""Recalls, the batches in them, and what each maker sees of them."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
BOTH_APPROVED = """
    state IN ('proposed', 'declined') OR quality_approved_by IS NOT NULL AND regulatory_approved_by IS NOT NULL
    AND quality_approved_by <> regulatory_approved_by AND evaluated_by NOT IN (quality_approved_by, regulatory_approved_by)
"""


def recalls() -> None:
    """Recalls and their lines, of which no partner reads a row."""
    op.create_table(
        "recall",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "classification", "depth", "cause")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("health_hazard", "evaluated_by")),
        sa.Column("mock", sa.Boolean(), **GIVEN),
        sa.Column("product_id", sa.Uuid()),
        sa.Column("batch_ids", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.Column("markets", postgresql.JSONB(), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("quality_approved_by", "regulatory_approved_by", "decline_reason")),
        *(sa.Column(name, sa.String()) for name in ("effectiveness", "reconciled_by", "closed_by")),
        *(sa.Column(name, INSTANT) for name in ("quality_approved_at", "regulatory_approved_at", "started_at")),
        *(sa.Column(name, INSTANT) for name in ("trace_due_at", "traced_at", "reconciled_at", "closed_at")),
        sa.CheckConstraint(BOTH_APPROVED, name="recall_is_approved_by_both"),
    )
    op.create_index("recall_product_id", "recall", ["product_id"])
    tables.sponsor_record("recall")
    tables.numbers("recall_number")
    op.create_table(
        "recall_line",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("recall_id", sa.Uuid(), sa.ForeignKey("recall.id"), **GIVEN),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("market", "regime")),
        *(sa.Column(name, sa.Numeric()) for name in ("distributed_quantity", "recovered_quantity")),
        *(sa.Column(name, sa.String()) for name in ("distributed_unit", "recovered_unit")),
        sa.UniqueConstraint("recall_id", "batch_id", "market"),
    )
    op.create_index("recall_line_batch_id", "recall_line", ["batch_id"])
    tables.sponsor_record("recall_line")
    tables.audited("recall_line", "recall", "recall_id")


def parts() -> None:
    """What each maker sees: written by the sponsor's people and by the service, never by a partner."""
    op.create_table(
        "recall_part",
        *tables.versioned(),
        sa.Column("recall_id", sa.Uuid(), sa.ForeignKey("recall.id"), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "classification", "depth")),
        sa.Column("mock", sa.Boolean(), **GIVEN),
        sa.Column("markets", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("lots", postgresql.JSONB(), **GIVEN),
        sa.Column("started_at", INSTANT, **GIVEN),
        sa.Column("closed_at", INSTANT),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("recall_id", "partner_id"),
    )
    op.create_index("recall_part_partner_id", "recall_part", ["partner_id"])
    tables.root_record("recall_part")


def upgrade() -> None:
    recalls()
    parts()
