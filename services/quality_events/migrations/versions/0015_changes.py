"""Changes at sites, what passed with authorities on them, and reworks that follow one."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
SITES = ["partner_id"]
SITE = "EXISTS (SELECT FROM known_site AS own WHERE own.id = change.site_id AND own.partner_id = change.partner_id)"
APPROVES = {"sides": SITES, "sets": ["maker_approved_at"], "by": ["maker_approved_by"]}
OF_THE_SITE = PartnersWrite(
    sides=SITES,
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "number", "site_id", "partner_id", "product_ids", "materials"),
            *("title", "description", "proposed_by", "told_at", "effective_from", "parties"),
        ],
        otherwise={"version": 1, "state": "proposed", "proposed_side": "owner", "markets": [], "authorities": {}},
        parties=["partner_id"],
        check=f"change.proposed_by = {ACTOR} AND {SITE}",
    ),
    steps=[
        Step(
            moves=["assessed>assessed", "assessed>approved", "assessed>implemented"],
            independent_of=["proposed_by", "sponsor_approved_by"],
            when_it_has={"maker_approved_by": None},
            **APPROVES,
        ),
        Step(
            moves=["approved>implemented"],
            sides=SITES,
            sets=["first_batch_id", "implemented_at"],
            by=["implemented_by"],
            when_it_has={"first_batch_id": None},
        ),
        Step(
            moves=[f"{state}>{state}" for state in ("proposed", "classified", "assessed")],
            sides=SITES,
            sets=["first_batch_id", "implemented_at", "emergency_reason", "deviation_id"],
            by=["implemented_by"],
            when_it_has={"first_batch_id": None},
        ),
    ],
)
BOTH_APPROVED = """
    state NOT IN ('approved', 'implemented', 'effective', 'reverted')
    OR sponsor_approved_by IS NOT NULL AND maker_approved_by IS NOT NULL AND sponsor_approved_by <> maker_approved_by
"""
OWN = " AND ".join(
    f"EXISTS (SELECT FROM batch AS own WHERE own.id = batch_link.{column} AND own.partner_id = {TENANT})"
    for column in ("parent_id", "child_id")
)
FOLLOWS = f"""
    EXISTS (SELECT FROM change AS followed WHERE followed.id = batch_link.change_id AND followed.partner_id = {TENANT}
            AND followed.state IN ('approved', 'implemented', 'effective'))
"""
OF_THE_MAKER = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "parent_id", "child_id", "kind", "quantity", "unit", "deviation_id"),
            *("change_id", "stability", "linked_by", "partner_id", "parties"),
        ],
        otherwise={"version": 1},
        parties=["partner_id"],
        check=f"batch_link.linked_by = {ACTOR} AND (batch_link.kind <> 'reworked' OR {FOLLOWS}) AND {OWN}",
    ),
)
FACTS = (
    Publishes(
        *("change", "quality-events.change", "change_id"),
        types={
            "io.entente.ChangeProposed.v1": {"state": "proposed", "proposed_side": "owner"},
            "io.entente.ChangeApproved.v1": {},
            "io.entente.ChangeImplemented.v1": {},
        },
    ),
)


def changes() -> None:
    """The changes."""
    op.create_table(
        "change",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "title", "description")),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("proposed_side", "proposed_by")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("site_id", "partner_id")),
        sa.Column("product_ids", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.Column("materials", sa.ARRAY(sa.String()), **GIVEN),
        sa.Column("told_at", INSTANT, **GIVEN),
        sa.Column("effective_from", sa.Date(), **GIVEN),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("markets", "authorities")),
        *(sa.Column(name, sa.String()) for name in ("classification", "lots_already_made", "refusal_reason")),
        *(sa.Column(name, sa.String()) for name in ("sponsor_approved_by", "maker_approved_by", "implemented_by")),
        *(sa.Column(name, sa.String()) for name in ("emergency_reason", "finding")),
        *(sa.Column(name, INSTANT) for name in ("sponsor_approved_at", "maker_approved_at", "implemented_at")),
        sa.Column("first_batch_id", sa.Uuid(), sa.ForeignKey("batch.id")),
        sa.Column("deviation_id", sa.Uuid(), sa.ForeignKey("deviation.id")),
        sa.Column("reverted_on", sa.Date()),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
        sa.CheckConstraint(BOTH_APPROVED, name="change_is_approved_by_both"),
    )
    op.create_index("change_site_id", "change", ["site_id"])
    op.create_index("change_partner_id", "change", ["partner_id"])
    add_turns("change", {})
    tables.root_record("change", OF_THE_SITE)
    tables.numbers("change_number")


def filings() -> None:
    """What no partner reads."""
    op.create_table(
        "change_filing",
        *tables.versioned(),
        sa.Column("change_id", sa.Uuid(), sa.ForeignKey("change.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("market", "kind", "recorded_by")),
        sa.Column("happened_on", sa.Date(), **GIVEN),
        *(sa.Column(name, sa.String()) for name in ("reference", "remark")),
    )
    op.create_index("change_filing_change_id", "change_filing", ["change_id"])
    tables.sponsor_record("change_filing")


def calendars() -> None:
    """In which country each site is."""
    op.create_table(
        "site_calendar",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("country", sa.String(), **GIVEN),
    )
    tables.projection("site_calendar", partner_column="partner_id")


def reworks() -> None:
    """A rework names the change that it follows, and what shows that its stability was looked at."""
    op.add_column("batch_link", sa.Column("change_id", sa.Uuid(), sa.ForeignKey("change.id")))
    op.add_column("batch_link", sa.Column("stability", sa.String()))
    named = "(kind = 'reworked') = (change_id IS NOT NULL AND stability IS NOT NULL)"
    op.create_check_constraint("batch_link_rework_follows_a_change", "batch_link", named)
    tables.root_record("batch_link", OF_THE_MAKER)


def upgrade() -> None:
    changes()
    filings()
    calendars()
    reworks()
    tables.partners_publish(*FACTS, beside=True)
