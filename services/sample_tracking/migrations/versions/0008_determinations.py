"""A result may be made of several determinations, and keeps whether it is of the past."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("result", sa.Column("determinations", ARRAY(sa.Numeric())))
    op.add_column("result", sa.Column("is_history", sa.Boolean()))
