"""The copies of partners, sites and products are those that all services keep alike."""

from alembic import op
from directory.migration import add_directory

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER INDEX ix_known_site_number RENAME TO known_site_number")
    op.execute("ALTER INDEX ix_known_product_code RENAME TO known_product_code")
    add_directory()
