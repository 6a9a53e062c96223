"""Price lists, which versions name. What one says stays as it is, for every role of the database."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import Begin, PartnersWrite, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

GIVEN = {"nullable": False}
PARTNER = ["partner_id"]
OWN = {"written_by_side": "partner"}
LISTS = PartnersWrite(
    PARTNER,
    inserts=Begin(
        fills=["id", "created_at", "updated_at", *PARTNER, "parties", "number", "title", "written_by", "lines"],
        otherwise={"version": 1, "state": "written", **OWN},
        parties=PARTNER,
    ),
    steps=[
        Step(moves=["written>disclosed", "written>withdrawn"], sides=PARTNER, when_it_has=OWN),
    ],
)
STAYS = """
CREATE FUNCTION refuse_another_price() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'what a price list says is never changed: write another one'
        USING ERRCODE = 'restrict_violation';
END $$
"""
GUARDED = """
CREATE TRIGGER refuse_another_price BEFORE UPDATE ON price_list FOR EACH ROW
WHEN ((old.lines, old.partner_id, old.number, old.title) IS DISTINCT FROM
      (new.lines, new.partner_id, new.number, new.title))
EXECUTE FUNCTION refuse_another_price()
"""


def upgrade() -> None:
    op.create_table(
        "price_list",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "title", "written_by_side", "written_by")),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("lines", postgresql.JSONB(), **GIVEN),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), **GIVEN),
    )
    add_turns("price_list", {})
    tables.root_record("price_list", LISTS)
    tables.numbers("price_list_number")
    op.execute(STAYS)
    op.execute(GUARDED)
    op.create_foreign_key(None, "agreement_version", "price_list", ["price_list_id"], ["id"])
