"""Amendments that came after a deviation had ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column(
        "deviation", sa.Column("late_amendments", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'"))
    )
