"""Of a decision for every market, the one that was signed."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0029"


def upgrade() -> None:
    op.add_column("disposition_decision", sa.Column("follows", sa.String()))
