"""What partners may write, step by step: how a record begins, whose step it is, and what it tells others."""

from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns

revision = "0005"
down_revision = "0004"

MADE = ("id", "created_at", "updated_at")
PERSON = f"'person/' || {ACTOR}"
"""How a statement about a batch names who made it by hand."""

START = {
    "sides": ["partner_id"],
    "sets": ["product_id", "started", "started_on", "planned_quantity", "planned_unit", "due_on"],
    "by": ["start_source"],
    "when_it_has": {"started": None},
    "gives": {"start_revision": 1, "start_authority": 2},
}
OF_THE_BATCH = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *(*MADE, "lot_id", "number", "material", "product_id", "site_id", "partner_id", "parties", "state"),
            *("started", "started_on", "planned_quantity", "planned_unit", "start_source", "start_revision", "due_on"),
        ],
        otherwise={
            **{"version": 1, "start_authority": 2, "completion_authority": 2, "completion_revision": 0},
            **{"stage_yields": [], "other_statements": []},
        },
        parties=["partner_id"],
        check=f"""
            EXISTS (SELECT FROM known_site AS own WHERE own.id = batch.site_id AND own.partner_id = {TENANT})
            AND (batch.state = 'announced' AND batch.started IS NULL AND batch.start_source IS NULL
                 AND batch.start_revision = 0
                 OR batch.state = 'in_process' AND batch.started IS NOT NULL AND batch.start_source = {PERSON}
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
                *("completed", "completed_on", "completion_reported", "actual_quantity", "actual_unit"),
                *("yield_percent", "stage_yields"),
            ],
            by=["completion_source"],
            gives={"completion_revision": 1, "completion_authority": 2},
        ),
    ],
)
OF_ITS_INPUTS = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=["id", "batch_id", "source", "lot_id", "material", "number"],
        otherwise={"revision": 1},
        check=f"batch_input.source = {PERSON} AND batch_input.source = root.start_source",
    ),
)
OPEN = ("reported", "classified", "under_investigation", "awaiting_approval")
# Of a result that is confirmed, what the investigation of it knew goes on.
OF_AN_INVESTIGATION = f"""
    EXISTS (SELECT FROM oos_investigation AS found WHERE found.partner_id = {TENANT}
            AND found.site_id = deviation.site_id AND found.aware_at = deviation.partner_aware_at
            AND found.historic = deviation.historic)
"""
OF_THE_DEVIATION = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *(*MADE, "number", "title", "description", "category", "site_id", "partner_id", "product_id", "batch_ids"),
            *("occurred", "discovered_at", "partner_aware_at", "sponsor_aware_at", "reported_aware_at", "reporter"),
            *("proposed_classification", "notification_limit_hours", "due_at", "first_due_at", "due_zone", "historic"),
            "parties",
        ],
        otherwise={
            **{"version": 1, "state": "reported", "source_revision": 1, "awareness_accepted_revision": 0},
            **{"prepared_by": [], "late_amendments": []},
        },
        parties=["partner_id"],
        # A local day more than thirty, wherever it is; the hours are those of clocks.NOTIFICATION_HOURS.
        check=f"""
            deviation.reporter = {ACTOR}
            AND deviation.due_at = deviation.first_due_at
            AND deviation.due_at BETWEEN deviation.partner_aware_at AND deviation.partner_aware_at + interval '32 days'
            AND deviation.reported_aware_at = deviation.partner_aware_at
            AND deviation.notification_limit_hours IS NOT DISTINCT FROM
                CASE deviation.proposed_classification WHEN 'critical' THEN 24 WHEN 'major' THEN 72 END
            AND NOT EXISTS (
                SELECT FROM unnest(deviation.batch_ids) AS named (id)
                WHERE NOT EXISTS (SELECT FROM batch AS own WHERE own.id = named.id OFFSET 0))
            AND (NOT deviation.historic AND EXISTS (
                     SELECT FROM known_site AS own WHERE own.id = deviation.site_id AND own.partner_id = {TENANT})
                 OR {OF_AN_INVESTIGATION})
        """,
    ),
    steps=[
        # A result that is confirmed may open a CAPA together with its deviation.
        Step(moves=["reported>reported"], sides=["partner_id"], sets=["capa_reference"]),
        Step(moves=["classified>under_investigation"], sides=["partner_id"], sets=["owner"], by=["prepared_by"]),
        Step(
            moves=["under_investigation>under_investigation"],
            sides=["partner_id"],
            sets=["root_cause_category", "root_cause", "impact", "capa_reference", "capa_justification"],
            by=["prepared_by"],
        ),
        Step(
            moves=["under_investigation>awaiting_approval"],
            sides=["partner_id"],
            clears=["return_reason"],
            by=["approval_requested_by", "prepared_by"],
        ),
        Step(
            moves=[f"{state}>{state}" for state in OPEN],
            sides=["partner_id"],
            sets=["requested_due_at", "extension_reason"],
            by=["extension_requested_by"],
        ),
    ],
)
OF_ITS_LOTS = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "deviation_id", "lot_id", "number", "material", "product_id", "site_id", "partner_id", "batch_id"),
        ],
        check=f"""
            deviation_lot.partner_id = {TENANT} AND root.state = 'reported' AND root.version = 1
            AND (deviation_lot.batch_id IS NULL OR deviation_lot.batch_id = ANY (root.batch_ids))
        """,
    ),
    columns=["impact"],
    updates_if="root.state = 'under_investigation'",
)
UNDER_WAY = ("phase_1", "awaiting_approval", "phase_2")
PROPOSED = ["invalidation_proposed_by"]
OF_THE_INVESTIGATION = PartnersWrite(
    sides=["partner_id", "laboratory_partner_id"],
    steps=[
        Step(
            moves=[f"{state}>{state}" for state in UNDER_WAY],
            sides=["partner_id", "laboratory_partner_id"],
            sets=["notified_at"],
            when_it_has={"notified_at": None},
        ),
        Step(
            moves=["phase_1>awaiting_approval"],
            sides=["laboratory_partner_id"],
            sets=["cause", "evidence", "retest_plan", "invalidation_proposed_at"],
            clears=["return_reason"],
            by=PROPOSED,
        ),
        Step(
            moves=["awaiting_approval>concluded"],
            sides=["partner_id"],
            sets=["concluded_at"],
            gives={"conclusion": "invalidated"},
            independent_of=PROPOSED,
        ),
        Step(
            moves=["awaiting_approval>phase_1"],
            sides=["partner_id"],
            sets=["return_reason"],
            clears=["cause", "evidence", "retest_plan", "invalidation_proposed_at", *PROPOSED],
            independent_of=PROPOSED,
        ),
        Step(moves=["phase_1>phase_2"], sides=["partner_id"], sets=["phase_2_reason", "phase_2_at"]),
        *(
            Step(
                moves=["phase_2>concluded"],
                sides=["partner_id"],
                sets=["cause", "evidence", "concluded_at", *more],
                gives={"conclusion": conclusion},
            )
            for conclusion, more in (("confirmed", ["deviation_id"]), ("inconclusive", []))
        ),
    ],
)
FACTS = (
    # Its table comes with the next step.
    Publishes(*("capa", "quality-events.capa", "capa_id"), types={"io.entente.CapaOpened.v1": {"state": "open"}}),
    Publishes(None, "quality-events.ball", "subject_id", types={"io.entente.quality-events.BallHeld.v1": {}}),
    Publishes(
        *("batch", "quality-events.batch", "batch_id"),
        types={
            "io.entente.BatchStarted.v1": {},
            "io.entente.BatchManufactured.v1": {"state": "manufactured"},
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


SPONSORS, OWNERS, LABORATORYS = ("sponsor", None), ("partner", "partner_id"), ("partner", "laboratory_partner_id")
TURNS = {
    "batch": {"announced": OWNERS, "in_process": OWNERS},
    "deviation": {
        **{"reported": SPONSORS, "awaiting_approval": SPONSORS},
        **{"classified": OWNERS, "under_investigation": OWNERS},
    },
    "oos_investigation": {
        **{"phase_1": LABORATORYS, "phase_2": OWNERS},
        "awaiting_approval": ("both", "partner_id"),
    },
}


def upgrade() -> None:
    for table, turns in TURNS.items():
        add_turns(table, turns)
    tables.root_record("batch", OF_THE_BATCH)
    tables.child_record("batch_input", "batch_id", of="batch", partners=OF_ITS_INPUTS)
    tables.root_record("deviation", OF_THE_DEVIATION)
    tables.child_record("deviation_lot", "deviation_id", of="deviation", partners=OF_ITS_LOTS)
    tables.root_record("oos_investigation", OF_THE_INVESTIGATION)
    tables.partners_publish(*FACTS)
