"""Partners that merged into others. The consumers are told of those from before."""

import sqlalchemy as sa
from alembic import op

from installation import tables

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "absorbed_partner",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("successor_number", sa.String(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
    )
    tables.projection("absorbed_partner", partner_column="id")
