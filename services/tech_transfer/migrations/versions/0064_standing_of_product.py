"""Whose own method a laboratory's standing is to: none of one for all products, as which those told before are taken."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"


def upgrade() -> None:
    op.add_column("laboratory_standing", sa.Column("product_id", sa.Uuid()))
