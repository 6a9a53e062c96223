"""Of which strength a process verification is, and which lots it leaves out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0072"
down_revision = "0071"


def upgrade() -> None:
    op.add_column("process_verification", sa.Column("strength", sa.String()))
    op.add_column("process_verification", sa.Column("left_out", JSONB(), nullable=False, server_default="[]"))
