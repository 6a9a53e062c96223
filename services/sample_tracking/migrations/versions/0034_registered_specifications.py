"""A specification for a market is held against the registration that names it."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.add_column("specification", sa.Column("registered_version", sa.String()))
    op.add_column("specification", sa.Column("held_back", sa.Boolean(), server_default="false", **GIVEN))
    op.create_table(
        "known_registration",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("product_id", sa.Uuid(), **GIVEN),
        sa.Column("key", sa.String(), **GIVEN),
        sa.Column("sequence", sa.Integer(), **GIVEN),
        sa.Column("said", postgresql.JSONB(), **GIVEN),
    )
    op.create_index("known_registration_of_product", "known_registration", ["product_id"])
    tables.projection("known_registration")
