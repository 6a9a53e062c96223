"""A certificate of analysis says what its lot, its maker and its specification are called.

Those that are there keep what they said, and their digests.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("coa", sa.Column("about", JSONB()))
