"""Which differences between a laboratory's limits and the specification were told, and of which products a feed tells."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "known_mismatch",
        *(sa.Column(name, sa.Uuid(), primary_key=True) for name in ("feed_id", "specification_id")),
        *(sa.Column(name, sa.String(), primary_key=True) for name in ("test", "stage", "unit", "lower", "upper")),
    )
    tables.projection("known_mismatch")
    op.create_table(
        "feed_product",
        *(sa.Column(name, sa.Uuid(), primary_key=True) for name in ("feed_id", "product_id")),
    )
    tables.projection("feed_product")
