"""Impacts and notifications say whose turn it is; an investigation keeps by what evidence it was reopened."""

import sqlalchemy as sa
from alembic import op
from installation.waiting import add_turns

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    add_turns("distribution_impact", {"open": ("sponsor", None)})
    add_turns("authority_notification", {"due": ("sponsor", None)})
    op.add_column("oos_investigation", sa.Column("reopening_evidence", sa.String()))
