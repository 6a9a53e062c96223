"""What partners are: one that is suspended, or has left, is given no orders."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0033"
down_revision = "0031"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "laboratory_partner",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("sequence", sa.Integer(), **GIVEN),
        sa.Column("status", sa.String(), **GIVEN),
    )
    tables.projection("laboratory_partner")
