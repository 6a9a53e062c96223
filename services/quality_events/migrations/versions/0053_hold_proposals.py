"""What becomes known of a site asks for a hold of batches that nobody decided on. The sponsor's alone."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.waiting import add_turns

revision = "0053"
down_revision = "0052"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "hold_proposal",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        sa.Column("state", sa.String(), **GIVEN),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        sa.Column("site_id", sa.Uuid(), **GIVEN),
        sa.Column("reasons", sa.ARRAY(sa.String()), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("proposed_by", "answered_by", "decline_reason")),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("hold_id", sa.Uuid(), sa.ForeignKey("batch_hold.id")),
        sa.CheckConstraint("(state = 'placed') = (hold_id IS NOT NULL)", name="hold_proposal_placed"),
        sa.CheckConstraint("(state = 'declined') = (decline_reason IS NOT NULL)", name="hold_proposal_declined"),
    )
    add_turns("hold_proposal", {})
    op.create_index("hold_proposal_batch_id", "hold_proposal", ["batch_id"])
    tables.sponsor_record("hold_proposal")
    tables.numbers("hold_proposal_number")
