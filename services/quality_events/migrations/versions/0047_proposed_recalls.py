"""An impact that says that a recall is proposed names it."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0043"


def upgrade() -> None:
    # Those that were answered before it was asked for name none.
    op.add_column("distribution_impact", sa.Column("recall_id", sa.Uuid(), sa.ForeignKey("recall.id")))
