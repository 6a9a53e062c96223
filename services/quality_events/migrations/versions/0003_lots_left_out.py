"""Lots that a later revision of the partner's record leaves out of a deviation."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("deviation_lot", sa.Column("left_out_by_revision", sa.Integer()))
