"""An investigation says what of several units its result rests on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    op.add_column("oos_investigation", sa.Column("found", postgresql.JSONB()))
