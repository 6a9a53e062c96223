"""Which fact a plan of oversight was derived after. Of those that are there nobody kept it."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"


def upgrade() -> None:
    op.add_column("oversight_plan", sa.Column("caused_by_id", sa.Uuid()))
    op.add_column("oversight_plan", sa.Column("caused_by_type", sa.String()))
