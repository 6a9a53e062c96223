"""Complaints: the sponsor's, and the maker's from when they are shared with it."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite, Step
from installation.waiting import add_turns

revision = "0016"
down_revision = "0015"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
INVESTIGATED = PartnersWrite(
    sides=["partner_id"],
    steps=[
        Step(
            moves=["triaged>investigating"],
            sides=["partner_id"],
            sets=["findings", "retention_sample", "evidence", "investigated_at"],
            by=["investigated_by"],
        )
    ],
)


def upgrade() -> None:
    op.create_table(
        "complaint",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "description", "market", "category")),
        sa.Column("severity", sa.String()),
        *(sa.Column(name, INSTANT, **GIVEN) for name in ("received_at", "first_aware_at", "due_at")),
        sa.Column("product_id", sa.Uuid()),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id")),
        sa.Column("lot_as_printed", sa.String()),
        sa.Column("lot_id", sa.Uuid()),
        *(sa.Column(name, sa.String()) for name in ("lot_number", "material")),
        *(sa.Column(name, sa.Uuid()) for name in ("site_id", "partner_id")),
        *(sa.Column(name, INSTANT) for name in ("shared_at", "safety_due_at", "safety_passed_at")),
        *(sa.Column(name, sa.String()) for name in ("findings", "retention_sample", "evidence", "investigated_by")),
        sa.Column("investigated_at", INSTANT),
        sa.Column("substantiated", sa.Boolean()),
        sa.Column("answer", sa.String()),
        sa.Column("answered_at", INSTANT),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index("complaint_batch_id", "complaint", ["batch_id"])
    op.create_index("complaint_product_id", "complaint", ["product_id"])
    add_turns("complaint", {})
    tables.root_record("complaint", INVESTIGATED)
    tables.numbers("complaint_number")
