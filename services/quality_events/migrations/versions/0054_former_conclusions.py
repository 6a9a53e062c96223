"""What was concluded of a result is kept when it is reopened: its signature is over that."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0054"
down_revision = "0053"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "former_conclusion",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("investigation_id", sa.Uuid(), sa.ForeignKey("oos_investigation.id"), **GIVEN),
        sa.Column("version", sa.Integer(), **GIVEN),
        sa.Column("content", postgresql.JSONB(), **GIVEN),
        sa.Column("created_at", sa.DateTime(timezone=True), **GIVEN),
        sa.UniqueConstraint("investigation_id", "version"),
    )
    tables.child_record("former_conclusion", "investigation_id", of="oos_investigation")
    op.execute(f"REVOKE UPDATE ON former_conclusion FROM {', '.join(tables.ROLES)}")
