"""Audits of sites, their findings, and what the auditors say to each other."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import PartnersWrite, Publishes, Step
from installation.waiting import add_turns
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
CONFIRMED = PartnersWrite(
    sides=["partner_id"],
    steps=[Step(moves=["planned>confirmed"], sides=["partner_id"], sets=["confirmed_at"], by=["confirmed_by"])],
)
ANSWERED = PartnersWrite(
    sides=["partner_id"],
    steps=[
        Step(
            moves=["raised>responded"],
            sides=["partner_id"],
            sets=["actions", "responded_at"],
            by=["responded_by"],
        )
    ],
)
FACTS = (
    Publishes(
        *("capa", "quality-events.capa", "capa_id"),
        types={"io.entente.CapaOpened.v1": {"state": "open"}},
    ),
    Publishes(None, "quality-events.ball", "subject_id", types={"io.entente.quality-events.BallHeld.v1": {}}),
    Publishes(
        *("batch", "quality-events.batch", "batch_id"),
        types={
            "io.entente.BatchStarted.v1": {},
            "io.entente.BatchManufactured.v1": {"state": "manufactured"},
            "io.entente.BatchTerminated.v1": {"state": "terminated"},
            "io.entente.BatchRecordReceived.v1": {"state": "under_review", "reviewed_side": None},
            "io.entente.BatchRecordReviewed.v1": {"state": "under_review", "reviewed_side": "maker"},
            "io.entente.BatchRecordRevised.v1": {"state": "under_review", "reviewed_side": None},
        },
    ),
    Publishes(
        *("batch_link", "quality-events.batch-link", "link_id"),
        types={"io.entente.BatchesLinked.v1": {}},
    ),
    Publishes(
        *("batch_hold", "quality-events.batch-hold", "hold_id"),
        types={
            "io.entente.BatchHeld.v1": {"state": "open", "by_side": "maker"},
            "io.entente.BatchHoldLifted.v1": {"state": "lifted", "by_side": "maker"},
        },
    ),
    Publishes(
        *("site_audit", "quality-events.audit", "audit_id"),
        types={"io.entente.AuditScheduled.v1": {"state": "confirmed"}},
    ),
    Publishes(
        *("audit_finding", "quality-events.audit-finding", "finding_id"),
        types={"io.entente.FindingResponded.v1": {"state": "responded"}},
    ),
    Publishes(
        *("deviation", "quality-events.deviation", "deviation_id"),
        types={"io.entente.DeviationRaised.v1": {"state": "reported"}},
    ),
    Publishes(
        *("oos_investigation", "quality-events.oos-investigation", "investigation_id"),
        types={
            "io.entente.OosNotified.v1": {},
            "io.entente.OosInvalidationProposed.v1": {"state": "awaiting_approval"},
            "io.entente.OosConcluded.v1": {"state": "concluded"},
        },
    ),
)


def audits() -> None:
    """The audits, and the remarks that no partner reads."""
    op.create_table(
        "site_audit",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "kind", "mode", "scope")),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("site_id", "partner_id")),
        *(sa.Column(name, sa.Date(), **GIVEN) for name in ("planned_on", "first_planned_on")),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("team", "postponements")),
        sa.Column("conducted_on", sa.Date()),
        *(sa.Column(name, sa.String()) for name in ("confirmed_by", "conducted_by", "outcome", "report")),
        *(sa.Column(name, INSTANT) for name in ("confirmed_at", "report_due_at", "reported_at", "closed_at")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index(
        "site_audit_surveillance",
        "site_audit",
        ["site_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'surveillance' AND state IN ('planned', 'confirmed', 'conducted')"),
    )
    op.create_index("site_audit_site_id", "site_audit", ["site_id"])
    op.create_index("site_audit_partner_id", "site_audit", ["partner_id"])
    add_turns("site_audit", {})
    tables.root_record("site_audit", CONFIRMED)
    tables.numbers("audit_number")
    op.create_table(
        "audit_remark",
        *tables.versioned(),
        sa.Column("audit_id", sa.Uuid(), sa.ForeignKey("site_audit.id"), **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("remark", "said_by")),
    )
    op.create_index("audit_remark_audit_id", "audit_remark", ["audit_id"])
    tables.sponsor_record("audit_remark")


def next_audits() -> None:
    """By when the newest plan of each site wants the next one."""
    op.create_table(
        "next_audit",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("partner_id", sa.Uuid(), **GIVEN),
        sa.Column("due_on", sa.Date()),
        sa.Column("told_at", INSTANT, **GIVEN),
    )
    tables.projection("next_audit")


def findings() -> None:
    """What the audits found."""
    op.create_table(
        "audit_finding",
        *tables.versioned(),
        sa.Column("number", sa.String(), unique=True, **GIVEN),
        *(sa.Column(name, sa.String(), **GIVEN) for name in ("state", "classification", "area", "clause", "evidence")),
        sa.Column("audit_id", sa.Uuid(), sa.ForeignKey("site_audit.id"), **GIVEN),
        *(sa.Column(name, sa.Uuid(), **GIVEN) for name in ("site_id", "partner_id")),
        sa.Column("round", sa.Integer(), **GIVEN),
        *(sa.Column(name, INSTANT, **GIVEN) for name in ("first_due_at", "due_at")),
        *(sa.Column(name, postgresql.JSONB(), **GIVEN) for name in ("actions", "rejections")),
        *(sa.Column(name, sa.String()) for name in ("responded_by", "accepted_by", "closed_by")),
        *(sa.Column(name, sa.String()) for name in ("evidence_seen", "capa_number")),
        sa.Column("done_on", sa.Date()),
        *(sa.Column(name, INSTANT) for name in ("responded_at", "accepted_at", "closed_at", "overdue_reported_for")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **GIVEN),
    )
    op.create_index("audit_finding_audit_id", "audit_finding", ["audit_id"])
    op.create_index("audit_finding_partner_id", "audit_finding", ["partner_id"])
    add_turns("audit_finding", {})
    tables.root_record("audit_finding", ANSWERED)
    tables.numbers("finding_number")


def upgrade() -> None:
    audits()
    next_audits()
    findings()
    tables.partners_publish(*FACTS)
