"""Which of a partner's legal entities holds a certificate."""

import sqlalchemy as sa
from alembic import op
from installation.changes import fill_too

revision = "0045"
down_revision = "0042"


def upgrade() -> None:
    # Of certificates that are there only the printed name is known: whose it is nobody has said.
    op.add_column("certificate", sa.Column("legal_entity_id", sa.Uuid(), sa.ForeignKey("legal_entity.id")))
    fill_too("certificate", "legal_entity_id")
