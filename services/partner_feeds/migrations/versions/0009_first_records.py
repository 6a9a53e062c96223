"""A record that came first, in which message and row: what a contradiction is held against."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("contradiction", sa.Column("first_message_id", sa.Uuid(), nullable=True))
    op.add_column("contradiction", sa.Column("first_row", sa.Integer(), nullable=True))
    op.create_foreign_key(None, "contradiction", "message", ["first_message_id"], ["id"])
    op.add_column("known_record", sa.Column("message_id", sa.Uuid(), nullable=True))
    op.add_column("known_record", sa.Column("row", sa.Integer(), nullable=True))
