"""Who may certify is confirmed by a second person. What one person named before goes on to count: facts told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("qp_capacity", sa.Column("confirmed_by", sa.String()))
