"""Registrations and qualified persons name a legal entity; the sponsor has some of its own; by which application it was."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    op.alter_column("legal_entity", "partner_id", nullable=True)
    for table in ("registration", "qp_capacity"):
        op.add_column(table, sa.Column("legal_entity_id", sa.Uuid(), sa.ForeignKey("legal_entity.id")))
    op.add_column("registration", sa.Column("application_type", sa.String()))
