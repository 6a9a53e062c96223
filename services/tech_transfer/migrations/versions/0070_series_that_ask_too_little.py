"""What the protocol of a PPQ series asks less than the quality attributes of its transfer do by now."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0070"
down_revision = "0066"


def upgrade() -> None:
    op.add_column("ppq_series", sa.Column("lacking", ARRAY(sa.String()), nullable=False, server_default="{}"))
