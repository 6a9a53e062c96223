"""Of a product's limits in a market there may be several, each for a purpose."""

import sqlalchemy as sa
from alembic import op
from installation import changes

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    changes.add_required("known_specification", sa.Column("purpose", sa.String()), value="'release'")
    op.drop_constraint("known_specification_pkey", "known_specification")
    op.create_primary_key("known_specification_pkey", "known_specification", ["product_id", "market", "purpose"])
