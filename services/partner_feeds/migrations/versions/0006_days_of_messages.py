"""Messages by when they were received: a month of long ago would else be sought among all of them."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index("message_received_at", "message", ["received_at"])
