"""Rows may be in conflict, unjudged, left out or without record; contradictions are records; specifications are known."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    for outcome in ("conflict", "unjudged", "left_out", "without_record"):
        op.add_column("translation", sa.Column(outcome, sa.Integer(), nullable=False, server_default="0"))
        op.alter_column("translation", outcome, server_default=None)
    contradictions()
    specifications()


def contradictions() -> None:
    op.create_table(
        "contradiction",
        *tables.versioned(),
        sa.Column("feed_id", sa.Uuid(), sa.ForeignKey("feed.id"), nullable=False),
        sa.Column("feed", sa.String(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("maker_id", sa.Uuid(), nullable=False),
        sa.Column("site_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid()),
        sa.Column("message_id", sa.Uuid(), sa.ForeignKey("message.id"), nullable=False, index=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("owner", sa.String()),
        sa.Column("state", sa.String(), nullable=False, index=True),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.UniqueConstraint("feed_id", "record", "record_id", "revision", "digest"),
    )
    add_turns("contradiction", {})
    tables.root_record("contradiction")


def specifications() -> None:
    op.create_table(
        "known_specification",
        sa.Column("product_id", sa.Uuid(), primary_key=True),
        sa.Column("market", sa.String(), primary_key=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("limits", postgresql.JSONB(), nullable=False),
    )
    tables.projection("known_specification")
