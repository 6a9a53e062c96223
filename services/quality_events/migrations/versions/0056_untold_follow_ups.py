"""Follow-ups that were closed before there was a fact of it are told, each once."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.create_table("untold_follow_up", sa.Column("id", sa.Uuid(), primary_key=True))
    # Those that were told since are told twice, which says nothing new: who was told of which only the whole ledger says.
    op.execute("INSERT INTO untold_follow_up SELECT id FROM disposition WHERE follow_up_closed_at IS NOT NULL")
    tables.projection("untold_follow_up")
