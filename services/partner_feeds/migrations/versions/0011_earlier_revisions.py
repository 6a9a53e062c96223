"""Revisions that a higher one stands in place of: one that comes late is taken once, and not twice."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "earlier_revision",
        sa.Column("feed_id", sa.Uuid(), primary_key=True),
        sa.Column("fact", sa.String(), primary_key=True),
        sa.Column("record_id", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
    )
    tables.projection("earlier_revision")
