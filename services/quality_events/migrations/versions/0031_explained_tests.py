"""What was tested outside of the plan is explained, and nothing is proposed without a plan."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.changes import add_required
from installation.tables import TENANT, PartnersWrite, Step
from sqlalchemy.dialects import postgresql

revision = "0031"
down_revision = "0030"

UNDER_WAY = ("phase_1", "awaiting_approval", "phase_2")
PROPOSED = ["invalidation_proposed_by"]
PLAN = [
    *("planned_retests", "planned_resamples", "original_analyst", "resample_evidence", "no_retests_reason"),
    "retests_planned_at",
]
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
            moves=["phase_1>phase_1"],
            sides=["laboratory_partner_id"],
            sets=[*PLAN, "retest_analysts"],
            by=["retests_planned_by"],
            when_it_has={"retests_planned_at": None},
        ),
        Step(
            moves=["phase_1>phase_1"],
            sides=["partner_id"],
            sets=["return_reason"],
            clears=[*PLAN, "retests_planned_by"],
            gives={"retest_analysts": []},
            independent_of=["retests_planned_by"],
        ),
        Step(
            moves=["phase_1>awaiting_approval"],
            sides=["laboratory_partner_id"],
            sets=["cause", "evidence", "retest_plan", "explained_tests", "invalidation_proposed_at"],
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
            clears=["cause", "evidence", "retest_plan", "explained_tests", "invalidation_proposed_at", *PROPOSED],
            gives={"without_plan": False},
            independent_of=PROPOSED,
        ),
        Step(
            moves=["phase_1>phase_2"],
            sides=["partner_id"],
            sets=["phase_2_reason", "phase_2_at"],
            by=["phase_2_by"],
        ),
        *(
            Step(
                moves=["phase_2>concluded"],
                sides=["partner_id"],
                sets=["cause", "evidence", "concluded_at", *more],
                gives={"conclusion": conclusion},
                independent_of=["phase_2_by"],
            )
            for conclusion, more in (("confirmed", ["deviation_id"]), ("inconclusive", []))
        ),
    ],
)
# Of the results of a place, which may be thousands, those that ever were retests or resamples, that are investigated,
# or that were recorded after that of the same test, each with its whole lineage: what it amends, and what amends it.
BESIDE = f"""
CREATE OR REPLACE FUNCTION results_beside(asked uuid[]) RETURNS TABLE (
    lot_id uuid, stage varchar, laboratory uuid, sequence integer, recorded_at timestamptz, occurred_at text, said jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH RECURSIVE place AS (
    SELECT DISTINCT one.lot_id, one.stage, one.laboratory_partner_id AS laboratory FROM oos_investigation AS one
    WHERE one.id = ANY (asked) AND (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (one.parties))
), told AS MATERIALIZED (
    SELECT place.*, known.sequence, known.recorded_at, known.said ->> 'occurred_at' AS occurred_at, result.said,
           result.said ->> 'result_id' AS id, result.said ->> 'role' AS role
    FROM place
    JOIN known_fact AS known ON known.about = place.lot_id::text AND known.kind = 'ResultsReported'
        AND known.said ->> 'stage' = place.stage
        AND known.said ->> 'laboratory_partner_id' = place.laboratory::text,
    LATERAL jsonb_array_elements(known.said -> 'results') AS result (said)
), amends (id, other) AS MATERIALIZED (
    SELECT told.id, beside.id FROM told, unnest(ARRAY[told.said ->> 'supersedes', told.said ->> 'superseded_by'])
        AS beside (id) WHERE beside.id IS NOT NULL
), near (id, other) AS MATERIALIZED (
    SELECT id, other FROM amends UNION SELECT other, id FROM amends
), investigated AS MATERIALIZED (
    SELECT place.*, one.result_id::text AS id, one.test, one.opened_at FROM place JOIN oos_investigation AS one
        ON one.lot_id = place.lot_id AND one.stage = place.stage AND one.laboratory_partner_id = place.laboratory
), own (id, of) AS (
    SELECT id, id FROM investigated UNION SELECT near.other, own.of FROM own JOIN near ON near.id = own.id
), named AS (
    SELECT lot_id, stage, laboratory, test, opened_at FROM investigated
    UNION SELECT one.lot_id, one.stage, one.laboratory, told.said ->> 'test', one.opened_at
        FROM investigated AS one JOIN own ON own.of = one.id JOIN told ON told.id = own.id
), wanted (id) AS (
    SELECT id FROM told WHERE role IN ('retest', 'resample')
    UNION SELECT id FROM investigated
    UNION SELECT told.id FROM told JOIN named USING (lot_id, stage, laboratory)
        WHERE told.said ->> 'test' = named.test AND told.recorded_at > named.opened_at
    UNION SELECT near.other FROM wanted JOIN near ON near.id = wanted.id
)
SELECT told.lot_id, told.stage, told.laboratory, told.sequence, told.recorded_at, told.occurred_at, told.said
FROM told JOIN wanted ON wanted.id = told.id $$
"""


def upgrade() -> None:
    op.add_column("oos_investigation", sa.Column("explained_tests", postgresql.JSONB()))
    # Proposed before there were plans: it may be decided as it is, and once it is returned, is not spared again.
    before = "state = 'awaiting_approval' AND retests_planned_at IS NULL"
    add_required("oos_investigation", sa.Column("without_plan", sa.Boolean()), value=before)
    planned = "state <> 'awaiting_approval' OR retests_planned_at IS NOT NULL OR without_plan"
    op.create_check_constraint("oos_investigation_proposes_by_a_plan", "oos_investigation", planned)
    tables.root_record("oos_investigation", OF_THE_INVESTIGATION)
    op.execute(BESIDE)
