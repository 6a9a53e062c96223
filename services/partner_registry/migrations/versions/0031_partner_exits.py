"""By which checklists partners leave."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "partner_exit",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "reason", "proposed_by")),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN),
        sa.Column("found", postgresql.JSONB(), **GIVEN),
        sa.Column("prepared_by", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("completed_by", sa.String()),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("number"),
    )
    op.create_index("partner_exit_partner_id", "partner_exit", ["partner_id"])
    tables.sponsor_record("partner_exit")
    tables.numbers("partner_exit_number")
