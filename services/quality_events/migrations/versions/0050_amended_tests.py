"""What was amended since a finding is read beside it, also under another name."""

from alembic import op
from installation.tables import TENANT

revision = "0050"
down_revision = "0049"

# Of the results of a place, which may be thousands, those that ever were retests or resamples, that are investigated,
# or that were recorded after that of the same test or amended at any time, each with its whole lineage: what it amends,
# and what amends it, whatever that is called.
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
    UNION SELECT told.id FROM told JOIN named USING (lot_id, stage, laboratory) JOIN near ON near.id = told.id
        WHERE told.said ->> 'test' = named.test
    UNION SELECT near.other FROM wanted JOIN near ON near.id = wanted.id
)
SELECT told.lot_id, told.stage, told.laboratory, told.sequence, told.recorded_at, told.occurred_at, told.said
FROM told JOIN wanted ON wanted.id = told.id $$
"""


def upgrade() -> None:
    op.execute(BESIDE)
