"""A result of a stability study says which pull it is of."""

import sqlalchemy as sa
from alembic import op
from installation.changes import fill_too
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.add_column("result", sa.Column("stability", postgresql.JSONB()))
    fill_too("result", "stability")
