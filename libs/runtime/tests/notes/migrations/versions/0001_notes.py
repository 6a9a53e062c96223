"""Notes and what was heard."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


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
    writing = tables.PartnersWrite(
        sides=["partner_id"],
        inserts=True,
        columns=["text", "rank", "issued_by", "state", "version", "updated_at"],
        moves={"draft": ["draft", "issued"], "issued": ["issued"]},
    )
    tables.root_record("note", writing)
    tables.sponsor_record("memo")
    tables.child_record("remark", "note_id", of="note")
    tables.projection("heard")
    tables.numbers("note_number")
