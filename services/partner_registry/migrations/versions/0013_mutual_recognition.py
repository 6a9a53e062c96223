"""Whose inspections and batch tests are recognised. What is shipped counts as none until two people have checked it."""

from datetime import UTC, date, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from installation import tables

revision = "0013"
down_revision = "0012"

GIVEN = {"nullable": False}
BOTH = ["inspection", "batch_testing"]
SHIPPED = [
    ("eu", "AU", date(1999, 1, 1), [], "EU and Australia: agreement on mutual recognition"),
    ("eu", "CA", date(2017, 9, 21), [], "EU and Canada: CETA, protocol on good manufacturing practice"),
    ("eu", "CH", date(2002, 6, 1), [], "EU and Switzerland: agreement on mutual recognition, chapter 15"),
    ("eu", "IL", date(2013, 1, 19), [], "EU and Israel: agreement on conformity assessment (ACAA)"),
    ("eu", "JP", date(2004, 5, 29), [], "EU and Japan: agreement on mutual recognition"),
    ("eu", "NZ", date(1999, 1, 1), [], "EU and New Zealand: agreement on mutual recognition"),
    ("eu", "US", date(2019, 7, 11), ["vaccine", "plasma"], "EU and United States: annex on good manufacturing practice"),
    *(
        ("gb", country, date(2021, 1, 1), [], "GB: list of countries approved for import")
        for country in ("AU", "CA", "CH", "EU", "IL", "JP", "NZ", "US")
    ),
]
SHIPPER = "migration:partner_registry:0013"


def upgrade() -> None:
    table = op.create_table(
        "mutual_recognition",
        *tables.versioned(),
        *(
            sa.Column(name, sa.String(), **GIVEN)
            for name in ("number", "state", "regime", "country", "source", "recorded_by")
        ),
        *(sa.Column(name, sa.ARRAY(sa.String()), **GIVEN) for name in ("covers", "kinds_in", "kinds_out")),
        sa.Column("valid_from", sa.Date(), **GIVEN),
        sa.Column("valid_to", sa.Date()),
        *(sa.Column(name, sa.String()) for name in ("checked_by", "confirmed_by")),
        sa.UniqueConstraint("number"),
    )
    op.create_index("mutual_recognition_asked", "mutual_recognition", ["regime", "country"])
    tables.sponsor_record("mutual_recognition")
    tables.numbers("mutual_recognition_number")
    now = datetime.now(UTC)
    op.execute(sa.text("SELECT set_config('entente.actor', :shipper, true)").bindparams(shipper=SHIPPER))
    # The owner, too, is held by the policies, and by none of them: it steps over them for this alone.
    op.execute("ALTER TABLE mutual_recognition NO FORCE ROW LEVEL SECURITY")
    for regime, country, since, out, source in SHIPPED:
        row = {"id": uuid4(), "version": 1, "created_at": now, "updated_at": now, "state": "unconfirmed"}
        row |= {"number": f"MRA-{regime.upper()}-{country}", "regime": regime, "country": country, "source": source}
        row |= {"covers": BOTH, "kinds_in": [], "kinds_out": out, "valid_from": since, "recorded_by": SHIPPER}
        op.execute(table.insert().values(row))
    op.execute("ALTER TABLE mutual_recognition FORCE ROW LEVEL SECURITY")
