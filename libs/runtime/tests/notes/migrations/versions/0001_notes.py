"""Notes and what was heard."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

WRITING = tables.PartnersWrite(
    sides=["partner_id"],
    inserts=tables.Begin(
        fills=["id", "created_at", "updated_at", "text", "rank", "partner_id", "parties"],
        otherwise={"version": 1, "state": "draft", "pinned": False},
    ),
    steps=[
        tables.Step(moves=["draft>issued"], sides=["partner_id"], by=["issued_by"]),
        tables.Step(moves=["draft>draft", "issued>issued"], sides=["partner_id"], sets=["text", "rank"]),
    ],
)


def upgrade() -> None:
    op.create_table(
        "note",
        *tables.versioned(),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("issued_by", sa.String()),
        sa.Column("partner_id", sa.Uuid()),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), nullable=False),
    )
    op.create_table("memo", *tables.versioned(), sa.Column("text", sa.String(), nullable=False))
    op.create_table(
        "remark",
        *tables.versioned(),
        sa.Column("note_id", sa.Uuid(), sa.ForeignKey("note.id"), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
    )
    op.create_table(
        "heard",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
    )
    add_turns("note", {})
    tables.root_record("note", WRITING)
    tables.sponsor_record("memo")
    tables.child_record("remark", "note_id", of="note")
    tables.projection("heard")
    tables.numbers("note_number")
    product, partner = "io.entente.ProductRegistered.v1", "io.entente.PartnerStatusChanged.v1"
    tables.partners_publish(
        tables.Publishes("note", "partner-registry.product", "product_id", {product: {}}),
        tables.Publishes("note", "partner-registry.partner", "partner_id", {partner: {}}),
    )
