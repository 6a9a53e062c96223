"""Corrective and preventive actions."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0004"

GIVEN = {"nullable": False}
INSTANTS = ("first_due_at", "due_at", "implemented_at", "check_due_at", "overdue_told_for")
OF_THE_OWNER = PartnersWrite(
    sides=["partner_id"],
    inserts=True,
    columns=[
        *("state", "owner", "root_cause_category", "actions", "effectiveness", "first_due_at", "due_at", "prepared_by"),
        *("version", "updated_at"),
    ],
    moves={"open": ["planned"], "implementing": ["implementing"]},
)


def upgrade() -> None:
    op.create_table(
        "capa",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "source_type", "root_cause")),
        *(sa.Column(name, sa.String()) for name in ("category", "root_cause_category", "owner")),
        sa.Column("source_id", sa.Uuid(), **GIVEN),
        sa.Column("generation", sa.Integer(), **GIVEN),
        *(sa.Column(name, sa.Uuid()) for name in ("site_id", "partner_id", "product_id")),
        sa.Column("actions", postgresql.JSONB(), **GIVEN),
        sa.Column("effectiveness", postgresql.JSONB()),
        *(sa.Column(name, sa.DateTime(timezone=True)) for name in INSTANTS),
        sa.Column("measured", sa.Numeric()),
        sa.Column("effective", sa.Boolean()),
        *(sa.Column(name, sa.ARRAY(sa.String()), **GIVEN) for name in ("recurred_in", "prepared_by")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("source_type", "source_id", "generation"),
    )
    op.create_index("capa_partner_id", "capa", ["partner_id"])
    tables.root_record("capa", OF_THE_OWNER)
    tables.numbers("capa_number")
