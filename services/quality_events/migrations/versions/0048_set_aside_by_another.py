"""Who made or handed in the record of a batch sets aside no version of a system that says something else."""

from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Step

revision = "0048"
down_revision = "0047"

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
        Step(moves=GOES_ON, sides=["partner_id"], independent_of=["record_authors", "record_received_by"]),
    ],
)
OF_ITS_VERSIONS = PartnersWrite(
    sides=["partner_id"],
    columns=("set_aside_by", "set_aside_at", "set_aside_reason"),
    updates_if=f"""
        root.state <> 'terminated' AND reported_record.authority = 2 AND reported_record.set_aside_by = {ACTOR}
        AND root.record_received_by IS DISTINCT FROM {ACTOR} AND NOT {ACTOR} = ANY (root.record_authors)
    """,
)


def upgrade() -> None:
    tables.root_record("batch", OF_THE_BATCH)
    tables.child_record("reported_record", "batch_id", of="batch", partners=OF_ITS_VERSIONS)
