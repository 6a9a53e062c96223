"""When each feed sent: how long it is silent, and how long it ever was, is looked up every minute."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_index("message_of_feed_received_at", "message", ["feed_id", "received_at"])
