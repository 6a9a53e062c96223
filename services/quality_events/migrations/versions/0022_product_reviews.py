"""Product quality reviews: what both sides read of them, and what is the sponsor's alone."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
TEXTS = postgresql.ARRAY(sa.String())
MAKER = ["partner_id"]
SIGNED = ("maker_signed_by", "maker_signed_at", "sponsor_signed_by", "sponsor_signed_at")
OF_THE_MAKER = PartnersWrite(
    sides=MAKER,
    steps=[
        Step(moves=["draft>draft"], sides=MAKER, sets=["covered"], by=["prepared_by"]),
        Step(
            moves=["reviewed>draft"],
            sides=MAKER,
            sets=["return_reason"],
            clears=["seal", "digest", "reviewed_by", "reviewed_at", *SIGNED],
        ),
        Step(
            moves=["reviewed>reviewed", "reviewed>signed"],
            sides=MAKER,
            sets=["maker_signed_at", "signed_at"],
            by=["maker_signed_by"],
            independent_of=["prepared_by", "sponsor_signed_by"],
            when_it_has={"maker_signed_by": None},
        ),
    ],
)
SHARED = "section NOT IN ('variations', 'market', 'commitments')"
PARTS = PartnersWrite(
    sides=MAKER,
    inserts=Begin(
        fills=["id", "product_review_id", "section", "content", "digest", "evidence", "author", "written_at"],
        # Who writes a part is noted on the review before, and so cannot sign it.
        check=f"product_review_entry.author = {ACTOR} AND root.state = 'draft' AND {ACTOR} = ANY (root.prepared_by)",
    ),
)
FACTS = (
    Publishes(
        *("product_review", "quality-events.product-quality-review", "review_id"),
        types={"io.entente.ProductQualityReviewSigned.v1": {"state": "signed"}},
    ),
)
BOTH_SIGNED = """
    state <> 'signed' OR signed_at IS NOT NULL AND maker_signed_by IS NOT NULL AND sponsor_signed_by IS NOT NULL
    AND maker_signed_by <> sponsor_signed_by AND NOT prepared_by && ARRAY[maker_signed_by, sponsor_signed_by]
"""


def reviews() -> None:
    """The reviews."""
    op.create_table(
        "product_review",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "material", "time_zone", "opened_by")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("partner_id", "product_id")),
        sa.Column("site_ids", postgresql.ARRAY(sa.Uuid()), **GIVEN),
        *(sa.Column(name, sa.Date(), **GIVEN) for name in ("period_from", "period_to")),
        *(sa.Column(name, INSTANT, **GIVEN) for name in ("due_at", "refreshed_at")),
        sa.Column("round", sa.Integer(), **GIVEN),
        *(sa.Column(name, TEXTS, **GIVEN) for name in ("covered", "prepared_by")),
        *(sa.Column(name, sa.String()) for name in ("reviewed_by", "seal", "digest", "return_reason")),
        *(sa.Column(name, sa.String()) for name in ("maker_signed_by", "sponsor_signed_by")),
        *(sa.Column(name, INSTANT) for name in ("reviewed_at", "maker_signed_at", "sponsor_signed_at", "signed_at")),
        sa.Column("parties", postgresql.ARRAY(sa.Uuid()), **GIVEN),
        sa.CheckConstraint(BOTH_SIGNED, name="product_review_is_signed_by_both"),
        sa.CheckConstraint("period_from <= period_to", name="product_review_period_lasts"),
    )
    op.create_index("product_review_partner_id", "product_review", ["partner_id", "product_id"])
    add_turns("product_review", {})
    tables.root_record("product_review", OF_THE_MAKER)
    tables.numbers("product_review_number")


def entries(table: str, *more: sa.Column[str]) -> None:
    """Answers and parts: nobody changes one."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("product_review_id", sa.Uuid(), sa.ForeignKey("product_review.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("section", "content", "digest", "author")),
        sa.Column("written_at", INSTANT, **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("question", "evidence")),
        sa.Column("parameters", postgresql.JSONB()),
        sa.Column("round", sa.Integer()),
        *more,
    )
    op.create_index(f"{table}_product_review_id", table, ["product_review_id"])


def upgrade() -> None:
    reviews()
    entries("product_review_entry")
    op.create_check_constraint("product_review_entry_is_of_both", "product_review_entry", SHARED)
    tables.child_record("product_review_entry", "product_review_id", of="product_review", partners=PARTS)
    entries("sponsors_review_entry", sa.Column("salt", sa.String(), **GIVEN))
    tables.sponsor_record("sponsors_review_entry")
    for table in ("product_review_entry", "sponsors_review_entry"):
        op.execute(f"REVOKE UPDATE ON {table} FROM svc_sponsor, svc_worker")
    tables.partners_publish(*FACTS, beside=True)
