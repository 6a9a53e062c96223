"""Certificates of analysis of lots, for each market."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"

GIVEN = {"nullable": False}
LABORATORY = ["laboratory_partner_id"]
OF_THE_LABORATORY = PartnersWrite(
    sides=LABORATORY,
    steps=[
        Step(
            moves=["draft>issued"],
            sides=LABORATORY,
            sets=["issued_at"],
            by=["issued_by"],
            independent_of=["drafted_by"],
        ),
        Step(moves=["issued>superseded"], sides=LABORATORY, sets=["superseded_by"]),
    ],
)
FACTS = (
    Publishes(
        *("coa", "sample-tracking.certificate-of-analysis", "coa_id"),
        types={"io.entente.CoaIssued.v1": {"state": "issued"}, "io.entente.CoaSuperseded.v1": {"state": "superseded"}},
    ),
)


def upgrade() -> None:
    texts = ("number", "state", "lot_number", "material", "market", "digest", "drafted_by")
    op.create_table(
        "coa",
        *tables.versioned(),
        *(sa.Column(name, sa.String(), **GIVEN) for name in texts),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("lot_id", "product_id", "site_id", "partner_id")),
        sa.Column("laboratory_partner_id", sa.Uuid()),
        sa.Column("specification_id", sa.Uuid(), **GIVEN),
        sa.Column("revision", sa.Integer(), **GIVEN),
        sa.Column("results", postgresql.JSONB(), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("partner_pdf_digest", "issued_by", "withdrawal_reason")),
        sa.Column("issued_at", sa.DateTime(timezone=True)),
        sa.Column("superseded_by", sa.Uuid(), sa.ForeignKey("coa.id", deferrable=True, initially="DEFERRED")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.UniqueConstraint("number"),
    )
    op.create_index("coa_lot_id", "coa", ["lot_id", "market"])
    add_turns("coa", {})
    tables.root_record("coa", OF_THE_LABORATORY)
    tables.numbers("coa_number")
    tables.partners_publish(*FACTS, beside=True)
