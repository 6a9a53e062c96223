"""Of what another laboratory found in a lot, a certificate's issuer reads no more than how it counts, also by its login."""

from alembic import op
from installation.tables import TENANT

revision = "0024"
down_revision = "0021"

# By what `changed` tells that a draft does not say any more what is found. Of the other laboratory's tests those are
# named that the certificate has, which is of both.
HOW_IT_COUNTS = (
    *("id", "version", "lot_id", "stage", "state", "reason", "reportable", "evaluation", "superseded_by"),
    *("created_at", "invalidated_at", "concluded_sequence"),
)
VERDICTS = """
    CASE jsonb_typeof(result.{0}) WHEN 'array' THEN (
        SELECT jsonb_agg(jsonb_build_object('specification_id', each -> 'specification_id', 'market', each -> 'market',
                                            'verdict', each -> 'verdict'))
        FROM jsonb_array_elements(result.{0}) AS each) END
"""
FOUND_IN_THE_LOT = f"""
CREATE OR REPLACE FUNCTION found_in_the_lot(certificate uuid) RETURNS SETOF result
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT own.*
    FROM coa JOIN result ON result.lot_id = coa.lot_id,
    LATERAL (SELECT coalesce(result.interpretation ->> 'test', result.test) AS read_test) AS test,
    LATERAL (SELECT CASE
        WHEN current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (result.parties) THEN result
        ELSE jsonb_populate_record(NULL::result, jsonb_build_object(
            {", ".join(f"'{name}', result.{name}" for name in HOW_IT_COUNTS)},
            'test', CASE WHEN coa.results @> jsonb_build_array(jsonb_build_object('test', read_test)) THEN read_test
                         ELSE '' END,
            'evaluations', {VERDICTS.format("evaluations")},
            'evaluated_against', {VERDICTS.format("evaluated_against")})) END AS shown) AS said,
    LATERAL (SELECT (said.shown).*) AS own
    WHERE coa.id = certificate
        AND (current_setting('role') <> 'svc_partner' OR coa.laboratory_partner_id = {TENANT})
    ORDER BY own.id
$$
"""


def upgrade() -> None:
    op.execute(FOUND_IN_THE_LOT)
