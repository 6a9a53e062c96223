"""Which partners may be one company, and what was decided; and what else a partner is known by."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import add_required
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

GIVEN = {"nullable": False}


def upgrade() -> None:
    add_required("partner", sa.Column("trade_names", sa.ARRAY(sa.String())), value="'{}'")
    add_required("partner", sa.Column("owner_entries", postgresql.JSONB()), value="'[]'")
    for name in ("website", "parent"):
        op.add_column("partner", sa.Column(name, sa.String()))
    op.create_table(
        "duplicate_candidate",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state")),
        *(sa.Column(name, sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN) for name in ("partner_id", "other_id")),
        sa.Column("grounds", sa.ARRAY(sa.String()), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("decided_by", "decision_reason")),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("partner_id", "other_id"),
    )
    tables.numbers("duplicate_number")
    tables.sponsor_record("duplicate_candidate")
