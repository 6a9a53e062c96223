"""What else is known of a batch, its stages, and the review of its record."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

GIVEN = {"nullable": False}
INSTANT = sa.DateTime(timezone=True)
MADE = ("id", "created_at", "updated_at")
PERSON = f"'person/' || {ACTOR}"
"""How a statement about a batch names who made it by hand."""

LISTS = ("aliases", "markets", "applied_changes", "record_authors")
LINES = (
    *("work_order", "manufacture_date", "expiry_date", "termination_reason", "record_version", "record_digest"),
    *("record_received_by", "reviewed_side", "maker_reviewed_by", "sponsor_reviewed_by"),
)
INSTANTS = ("record_received_at", "maker_reviewed_at", "sponsor_reviewed_at")
OPEN = ("announced", "in_process", "manufactured")
STAYS = [f"{state}>{state}" for state in OPEN]
START = {
    "sides": ["partner_id"],
    "sets": ["product_id", "started_at", "started_on", "planned_quantity", "planned_unit", "due_on"],
    "by": ["start_source"],
    "when_it_has": {"started_at": None},
    "gives": {"start_revision": 1, "start_authority": 2},
}
RECORD = {
    "sides": ["partner_id"],
    "sets": ["record_version", "record_digest", "record_complete", "record_received_at", "record_authors"],
    "by": ["record_received_by"],
}
REVIEWS = ("reviewed_side", "maker_reviewed_by", "maker_reviewed_at", "sponsor_reviewed_by", "sponsor_reviewed_at")
OF_THE_BATCH = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *(*MADE, "lot_id", "number", "material", "product_id", "site_id", "partner_id", "parties", "state"),
            *("started_at", "started_on", "planned_quantity", "planned_unit", "start_source", "start_revision"),
            "due_on",
        ],
        otherwise={
            **{"version": 1, "start_authority": 2, "completion_authority": 2, "completion_revision": 0},
            **{"stage_yields": [], "other_statements": [], "ppq": False},
            **{name: [] for name in LISTS},
        },
        parties=["partner_id"],
        check=f"""
            EXISTS (SELECT FROM known_site AS own WHERE own.id = batch.site_id AND own.partner_id = {TENANT})
            AND (batch.state = 'announced' AND batch.started_at IS NULL AND batch.start_source IS NULL
                 AND batch.start_revision = 0
                 OR batch.state = 'in_process' AND batch.started_at IS NOT NULL AND batch.start_source = {PERSON}
                 AND batch.start_revision = 1)
        """,
    ),
    steps=[
        Step(moves=["announced>in_process"], **START),
        Step(moves=["manufactured>manufactured"], **START),
        Step(
            moves=["announced>manufactured", "in_process>manufactured"],
            sides=["partner_id"],
            sets=[
                *("completed_at", "completed_on", "completion_reported", "actual_quantity", "actual_unit"),
                *("yield_percent", "stage_yields"),
            ],
            by=["completion_source"],
            gives={"completion_revision": 1, "completion_authority": 2},
        ),
        Step(
            moves=["announced>terminated", "in_process>terminated"],
            sides=["partner_id"],
            sets=["termination_reason"],
        ),
        Step(
            moves=STAYS,
            sides=["partner_id"],
            sets=["work_order", "aliases", "manufacture_date", "expiry_date", "applied_changes"],
        ),
        Step(moves=["manufactured>under_review"], **RECORD),
        Step(moves=["under_review>under_review"], clears=REVIEWS, **RECORD),
        Step(
            moves=["under_review>under_review"],
            sides=["partner_id"],
            sets=["maker_reviewed_at"],
            by=["maker_reviewed_by"],
            independent_of=["record_authors", "record_received_by"],
            when_it_has={"record_complete": True, "reviewed_side": None},
            gives={"reviewed_side": "maker"},
        ),
    ],
)
QUANTITIES = ("planned_quantity", "actual_quantity")
SAID = (
    *("site_id", "equipment", "started_at", "ended_at", "recorded_by"),
    *(*QUANTITIES, "planned_unit", "actual_unit"),
)
OF_ITS_STAGES = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=["id", "batch_id", "step", *SAID],
        check=f"""
            root.state IN {OPEN} AND batch_stage.recorded_by = ARRAY[{ACTOR}]::varchar[]
            AND EXISTS (SELECT FROM known_site AS own WHERE own.id = batch_stage.site_id AND own.partner_id = {TENANT})
        """,
    ),
    columns=SAID,
    updates_if=f"""
        root.state IN {OPEN} AND {ACTOR} = ANY (batch_stage.recorded_by)
        AND EXISTS (SELECT FROM known_site AS own WHERE own.id = batch_stage.site_id AND own.partner_id = {TENANT})
    """,
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
        *("batch_hold", "quality-events.batch-hold", "hold_id"),
        types={
            "io.entente.BatchHeld.v1": {"state": "open", "by_side": "maker"},
            "io.entente.BatchHoldLifted.v1": {"state": "lifted", "by_side": "maker"},
        },
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


def upgrade() -> None:
    for name in LISTS:
        op.add_column("batch", sa.Column(name, sa.ARRAY(sa.String()), server_default="{}", **GIVEN))
    op.add_column("batch", sa.Column("ppq", sa.Boolean(), server_default="false", **GIVEN))
    for name in LINES:
        op.add_column("batch", sa.Column(name, sa.String()))
    op.add_column("batch", sa.Column("record_complete", sa.Boolean()))
    for name in INSTANTS:
        op.add_column("batch", sa.Column(name, INSTANT))
    op.create_table(
        "batch_stage",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("batch_id", sa.Uuid(), sa.ForeignKey("batch.id"), **GIVEN),
        sa.Column("step", sa.String(), **GIVEN),
        sa.Column("site_id", sa.Uuid(), **GIVEN),
        *(sa.Column(name, postgresql.ARRAY(sa.String()), **GIVEN) for name in ("equipment", "recorded_by")),
        *(sa.Column(name, sa.Numeric()) for name in QUANTITIES),
        *(sa.Column(name, sa.String()) for name in ("planned_unit", "actual_unit", "ended_at")),
        sa.Column("started_at", sa.String(), **GIVEN),
        sa.UniqueConstraint("batch_id", "step"),
    )
    tables.root_record("batch", OF_THE_BATCH)
    tables.child_record("batch_stage", "batch_id", of="batch", partners=OF_ITS_STAGES)
    tables.partners_publish(*FACTS)
