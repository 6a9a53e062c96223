"""When the protocol of a PPQ series was approved: its batches are begun no earlier.

Of what was approved before this was kept it is not known: nothing is held against it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"


def upgrade() -> None:
    for table in ("ppq_series", "transfer_batch"):
        op.add_column(table, sa.Column("protocol_approved_at", sa.DateTime(timezone=True)))
