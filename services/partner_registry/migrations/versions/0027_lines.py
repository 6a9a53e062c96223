"""Lines of sites: with what they share, and what they can make in a year."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"

GIVEN = {"nullable": False}
OF_THE_SITE = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "number", "site_id", "partner_id", "code", "activity", "valid_from"),
            *("uses", "parties"),
        ],
        otherwise={"version": 1, "state": "in_use", "capacities": []},
        parties=["partner_id"],
        check=f"EXISTS (SELECT FROM site WHERE site.id = line.site_id AND site.partner_id = {TENANT})",
    ),
    steps=[
        Step(moves=["in_use>in_use"], sides=["partner_id"], sets=["uses"]),
        Step(moves=["in_use>in_use"], sides=["partner_id"], sets=["capacities"]),
        Step(moves=["in_use>retired"], sides=["partner_id"], sets=["valid_until", "reason"]),
    ],
)
TOLD = Publishes(
    *("line", "partner-registry.line", "line_id"),
    types={"io.entente.LineShared.v1": {"state": "in_use"}, "io.entente.CapacityChanged.v1": {"state": "in_use"}},
)


def upgrade() -> None:
    op.create_table(
        "line",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("number", "state", "code", "activity")),
        sa.Column("site_id", sa.Uuid(), sa.ForeignKey("site.id"), **GIVEN),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("valid_from", sa.Date(), **GIVEN),
        sa.Column("valid_until", sa.Date()),
        sa.Column("reason", sa.String()),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("uses", "capacities")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index(
        "line_in_use",
        "line",
        ["site_id", "code"],
        unique=True,
        postgresql_where=sa.text("state = 'in_use'"),
    )
    add_turns("line", {})
    tables.root_record("line", OF_THE_SITE)
    tables.numbers("line_number")
    tables.partners_publish(TOLD, beside=True)
