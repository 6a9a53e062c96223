"""Lots are looked for among the aliases of batches: nearly none has any."""

from alembic import op

revision = "0043"
down_revision = "0040"


def upgrade() -> None:
    op.execute("CREATE INDEX batch_with_aliases ON batch (site_id, material) WHERE aliases <> '{}'")
