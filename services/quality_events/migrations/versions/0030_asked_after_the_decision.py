"""The record of a batch that is decided is reviewed again, and what comes to be known of its making is asked about."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step

revision = "0030"
down_revision = "0029"

INSTANT = sa.DateTime(timezone=True)
MADE = ("id", "created_at", "updated_at")
PERSON = f"'person/' || {ACTOR}"
OPEN = ("announced", "in_process", "manufactured")
REVIEWED = ["under_review>under_review", "dispositioned>dispositioned"]
GOES_ON = [f"{state}>{state}" for state in (*OPEN, "under_review", "dispositioned")]
START = {
    "sides": ["partner_id"],
    "sets": ["product_id", "started_at", "started_on", "planned_quantity", "planned_unit", "due_on"],
    "by": ["start_source"],
    "when_it_has": {"started_at": None},
    "gives": {"start_revision": 1, "start_authority": 2},
}
RECORD = ["record_version", "record_digest", "record_complete", "record_received_at", "record_authors"]
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
            **{name: [] for name in ("aliases", "markets", "applied_changes", "record_authors")},
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
            moves=[f"{state}>{state}" for state in OPEN],
            sides=["partner_id"],
            sets=["work_order", "aliases", "manufacture_date", "expiry_date", "applied_changes"],
        ),
        Step(moves=["manufactured>under_review"], sides=["partner_id"], sets=RECORD, by=["record_received_by"]),
        Step(
            moves=REVIEWED,
            sides=["partner_id"],
            sets=[*RECORD, "reviews_undone_at"],
            clears=REVIEWS,
            by=["record_received_by"],
        ),
        Step(
            moves=REVIEWED,
            sides=["partner_id"],
            sets=["maker_reviewed_at"],
            by=["maker_reviewed_by"],
            independent_of=["record_authors", "record_received_by"],
            when_it_has={"record_complete": True, "reviewed_side": None},
            gives={"reviewed_side": "maker"},
        ),
        # Of a version that its system gave it says that nobody hands it in: the batch itself stays as it was.
        Step(moves=GOES_ON, sides=["partner_id"]),
    ],
)
ASIDE = ("set_aside_by", "set_aside_at", "set_aside_reason")
OF_ITS_VERSIONS = PartnersWrite(
    sides=["partner_id"],
    columns=ASIDE,
    updates_if=f"""
        root.state <> 'terminated' AND reported_record.authority = 2 AND reported_record.set_aside_by = {ACTOR}
    """,
)
WHOLE = "num_nonnulls(set_aside_by, set_aside_at, set_aside_reason) IN (0, 3)"
OF_ITS_INPUTS = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=["id", "batch_id", "source", "lot_id", "material", "number", "told_at"],
        otherwise={"revision": 1},
        check=f"batch_input.source = {PERSON} AND batch_input.source = root.start_source",
    ),
)
FACTS = Publishes(
    *("batch", "quality-events.batch", "batch_id"),
    types={
        "io.entente.BatchRecordReviewed.v1": {"reviewed_side": "maker"},
        "io.entente.BatchRecordRevised.v1": {"reviewed_side": None, "awaited_side": "partner"},
    },
)
# Since when is not known of those that are decided, and wait: it is said to be since their last change.
WAIT = """
UPDATE batch SET awaited_side = CASE reviewed_side WHEN 'maker' THEN 'sponsor' ELSE 'partner' END,
       awaited_partner_id = CASE WHEN reviewed_side IS NULL THEN partner_id END, awaited_since = updated_at
WHERE state = 'dispositioned' AND reviewed_side IS DISTINCT FROM 'sponsor'
"""


def upgrade() -> None:
    op.add_column("batch", sa.Column("reviews_undone_at", INSTANT))
    op.add_column("batch_input", sa.Column("told_at", INSTANT))
    op.add_column("known_fact", sa.Column("received_at", INSTANT))
    for name in ASIDE:
        op.add_column("reported_record", sa.Column(name, INSTANT if name.endswith("_at") else sa.String()))
    op.create_check_constraint("reported_record_is_set_aside_by_somebody", "reported_record", WHOLE)
    news = sa.Column("news", sa.ARRAY(sa.String()), server_default="{}", nullable=False)
    op.add_column("distribution_impact", news)
    op.alter_column("distribution_impact", "news", server_default=None)
    changes.unseen("batch", WAIT)
    tables.root_record("batch", OF_THE_BATCH)
    tables.child_record("reported_record", "batch_id", of="batch", partners=OF_ITS_VERSIONS)
    tables.child_record("batch_input", "batch_id", of="batch", partners=OF_ITS_INPUTS)
    tables.partners_publish(FACTS, beside=True)
