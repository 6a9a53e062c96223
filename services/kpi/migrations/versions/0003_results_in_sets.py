"""Results are told in sets: of single ones no handler is left."""

from installation import tables

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    tables.handles_no_more("io.entente.ResultReported.v1")
