"""Notes and what was heard."""

import sqlalchemy as sa
from alembic import op
from runtime import schema
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def versioned() -> list[sa.Column]:
    """The columns of every record."""
    return [
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    ]


def upgrade() -> None:
    schema.install()
    op.create_table(
        "note",
        *versioned(),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), nullable=False),
    )
    op.create_table("memo", *versioned(), sa.Column("text", sa.String(), nullable=False))
    op.create_table(
        "remark",
        *versioned(),
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
    schema.root_record("note")
    schema.sponsor_record("memo")
    schema.child_record("remark", "note_id")
    schema.projection("heard")
