"""Results about which quality has decided: they are open rows no more."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "interpreted_result",
        sa.Column("feed_id", sa.Uuid(), primary_key=True),
        sa.Column("record_id", sa.String(), primary_key=True),
        sa.Column("revision", sa.Integer(), primary_key=True),
    )
    tables.projection("interpreted_result")
