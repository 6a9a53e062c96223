"""The copies of partners, sites and products become those that all services keep alike."""

from alembic import op
from directory.migration import add_directory

revision = "0006"
down_revision = "0005"

# The product list is the sponsor's; a partner may know what those products are called that its own numbers name.
OF_ITS_OWN_NUMBERS = "EXISTS (SELECT FROM bucket WHERE bucket.product_id = known_product.id)"
CALLED = {"partner": "number", "site": "number", "product": "code"}


def upgrade() -> None:
    for kind, called in CALLED.items():
        op.execute(f"ALTER TABLE {kind} RENAME TO known_{kind}")
        op.execute(f"ALTER TABLE known_{kind} RENAME CONSTRAINT {kind}_pkey TO known_{kind}_pkey")
        op.execute(f"ALTER TABLE known_{kind} DROP CONSTRAINT {kind}_{called}_key")
    add_directory(products_seen_by_partners=OF_ITS_OWN_NUMBERS)
