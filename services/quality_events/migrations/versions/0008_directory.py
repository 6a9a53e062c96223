"""The copies of partners, sites and products are those that all services keep alike."""

from directory.migration import add_directory

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    add_directory()
