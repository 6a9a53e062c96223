"""Corrective and preventive actions."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, Begin, PartnersWrite, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

GIVEN = {"nullable": False}
INSTANTS = ("first_due_at", "due_at", "implemented_at", "check_due_at", "overdue_told_for")
OF_THE_OWNER = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "number", "source_type", "source_id", "root_cause", "category"),
            *("root_cause_category", "site_id", "partner_id", "product_id", "parties"),
        ],
        otherwise={"version": 1, "state": "open", "generation": 1, "actions": [], "recurred_in": [], "prepared_by": []},
        parties=["partner_id"],
        check=" OR ".join(
            f"EXISTS (SELECT FROM {table} AS own WHERE own.{column} = capa.site_id AND own.partner_id = {TENANT})"
            for table, column in (("known_site", "id"), ("deviation", "site_id"))
        ),
    ),
    steps=[
        Step(
            moves=["open>planned"],
            sides=["partner_id"],
            sets=["owner", "root_cause_category", "actions", "effectiveness", "first_due_at", "due_at"],
            by=["prepared_by"],
        ),
        Step(moves=["implementing>implementing"], sides=["partner_id"], sets=["actions"], by=["prepared_by"]),
    ],
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
    add_turns("capa", {})
    op.create_index("capa_partner_id", "capa", ["partner_id"])
    tables.root_record("capa", OF_THE_OWNER)
    tables.numbers("capa_number")
