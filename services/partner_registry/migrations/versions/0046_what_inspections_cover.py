"""What an authority's inspection covers, as somebody of the sponsor has read it in the report."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    op.add_column("inspection", sa.Column("covered", postgresql.JSONB()))
