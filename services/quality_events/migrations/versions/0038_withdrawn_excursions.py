"""An excursion that its source tells of another partner's lot is withdrawn, and begins anew there."""

from alembic import op
from installation.changes import rewrite

revision = "0038"
down_revision = "0037"

EVERY = "FROM up JOIN process_excursion AS said ON said.batch_id = up.id"
# What is withdrawn stands for nothing.
STANDING = f"{EVERY} AND said.state <> 'withdrawn'"


def upgrade() -> None:
    op.drop_constraint("process_excursion_source_key", "process_excursion", type_="unique")
    op.create_unique_constraint("process_excursion_once", "process_excursion", ["source", "partner_id"])
    rewrite("excursions_of(uuid)", (EVERY, STANDING))
