"""When lots expire, as their makers stated it, for the certificates that name it."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.add_column("known_lot", sa.Column("expiry_date", sa.String()))
