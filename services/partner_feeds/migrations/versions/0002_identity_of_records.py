"""A record is known by its type too, and keeps to its lot; the same bytes under another content type are another message."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.drop_constraint("known_record_pkey", "known_record")
    op.create_primary_key("known_record_pkey", "known_record", ["feed_id", "fact", "record_id"])
    op.add_column("known_record", sa.Column("lot_id", sa.Uuid()))
    op.drop_constraint("message_feed_id_sha256_key", "message")
    op.create_unique_constraint(None, "message", ["feed_id", "sha256", "content_type"])
