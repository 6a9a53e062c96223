"""Whom to ask at a partner, and at the sponsor about it."""

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0023"
down_revision = "0022"

GIVEN = {"nullable": False}


def upgrade() -> None:
    op.create_table(
        "partner_contact",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "side", "function", "person", "recorded_by")),
        *(sa.Column(name, sa.String()) for name in ("email", "phone")),
        sa.Column("partner_id", sa.Uuid(), sa.ForeignKey("partner.id"), **GIVEN),
        sa.Column("ended_on", sa.Date()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index(
        "partner_contact_one",
        "partner_contact",
        ["partner_id", "side", "function"],
        unique=True,
        postgresql_where=sa.text("state = 'current' AND function = 'project_manager'"),
    )
    tables.root_record("partner_contact")
