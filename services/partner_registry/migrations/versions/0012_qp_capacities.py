"""Who may certify batches, and by which authorisation."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0012"
down_revision = "0011"

GIVEN = {"nullable": False}
LINES = ("number", "state", "side", "subject", "printed_name", "regime", "legal_entity", "authorisation", "evidence")


def upgrade() -> None:
    op.create_table(
        "qp_capacity",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in (*LINES, "recorded_by")),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id")),
        sa.Column("site_ids", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.Column("product_kinds", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("valid_from", sa.Date(), **GIVEN),
        sa.Column("valid_to", sa.Date()),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("deputy_of", sa.Uuid(), sa.ForeignKey("qp_capacity.id")),
        sa.Column("reason", sa.String()),
        sa.Column("warned_days", sa.Integer()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index("qp_capacity_person", "qp_capacity", ["subject"])
    op.create_index("qp_capacity_authorisation", "qp_capacity", ["authorisation", "regime"])
    tables.root_record("qp_capacity")
    tables.numbers("qp_capacity_number")
