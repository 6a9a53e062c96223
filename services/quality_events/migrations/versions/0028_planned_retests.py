"""Retests are planned before they are made: what the laboratory plans, and what it tested again."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import TENANT, PartnersWrite, Step
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0027"

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
            moves=["phase_1>phase_1"],
            sides=["laboratory_partner_id"],
            sets=[
                *("planned_retests", "planned_resamples", "original_analyst", "retest_analysts"),
                *("resample_evidence", "no_retests_reason", "retests_planned_at"),
            ],
            by=["retests_planned_by"],
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

PLANNED = """
    (retests_planned_at IS NULL) = (retests_planned_by IS NULL)
    AND (retests_planned_at IS NULL) = (planned_retests IS NULL)
    AND (retests_planned_at IS NULL) = (planned_resamples IS NULL)
    AND (retests_planned_at IS NULL) = (original_analyst IS NULL)
    AND planned_retests >= 0 AND planned_resamples >= 0
    AND (planned_retests + planned_resamples > 0) = (no_retests_reason IS NULL)
    AND (planned_resamples > 0) = (resample_evidence IS NOT NULL)
"""
# The results of a lot are not a partner's to read here: of an investigation to which it is a party, those that its
# laboratory found at the same stage.
BESIDE = f"""
CREATE FUNCTION results_beside(asked uuid[]) RETURNS TABLE (
    lot_id uuid, stage varchar, laboratory uuid, sequence integer, recorded_at timestamptz, occurred_at text, said jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH place AS (
    SELECT DISTINCT one.lot_id, one.stage, one.laboratory_partner_id FROM oos_investigation AS one
    WHERE one.id = ANY (asked) AND (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (one.parties))
)
SELECT place.lot_id, place.stage, place.laboratory_partner_id, known.sequence, known.recorded_at,
       known.said ->> 'occurred_at', result.said
FROM place
JOIN known_fact AS known ON known.about = place.lot_id::text AND known.kind = 'ResultsReported'
    AND known.said ->> 'stage' = place.stage
    AND known.said ->> 'laboratory_partner_id' = place.laboratory_partner_id::text,
LATERAL jsonb_array_elements(known.said -> 'results') AS result (said) $$
"""


def upgrade() -> None:
    for name in ("planned_retests", "planned_resamples"):
        op.add_column("oos_investigation", sa.Column(name, sa.Integer()))
    for name in ("original_analyst", "resample_evidence", "no_retests_reason", "retests_planned_by"):
        op.add_column("oos_investigation", sa.Column(name, sa.String()))
    analysts = sa.Column("retest_analysts", postgresql.ARRAY(sa.String()), server_default="{}", nullable=False)
    op.add_column("oos_investigation", analysts)
    op.alter_column("oos_investigation", "retest_analysts", server_default=None)
    op.add_column("oos_investigation", sa.Column("retests_planned_at", sa.DateTime(timezone=True)))
    op.create_check_constraint("oos_investigation_plans_its_retests", "oos_investigation", PLANNED)
    tables.root_record("oos_investigation", OF_THE_INVESTIGATION)
    op.execute(BESIDE)
    op.execute("REVOKE EXECUTE ON FUNCTION results_beside FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION results_beside TO {', '.join(tables.ROLES)}")
    tables.handles_no_more("io.entente.ResultsReported.v1")
