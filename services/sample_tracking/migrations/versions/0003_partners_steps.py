"""What partners may write, step by step: how a result begins, whose step it is, and what it tells others."""

from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Publishes, Step
from installation.waiting import add_turns

revision = "0003"
down_revision = "0002"

# In a function, for a policy that reads its own table goes round in circles. What the statement itself writes is not
# seen by it (STABLE), and of what was there only what the caller may see.
TESTED_BEFORE = """
CREATE FUNCTION was_tested(lot uuid, site uuid, maker uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM result WHERE lot_id = lot AND site_id = site AND partner_id = maker)
$$
"""
THAT_COUNTS = {"superseded_by": None}
OF_THE_RESULT = PartnersWrite(
    sides=["laboratory_partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "lot_id", "lot_number", "material", "product_id", "site_id"),
            *("partner_id", "laboratory_site_id", "laboratory_partner_id", "parties", "test", "stage", "role", "value"),
            *("text", "below_quantitation", "unit", "occurred_at", "evaluation", "reason", "rounded_value"),
            *("specification_id", "applied_limit", "submitted_by"),
        ],
        otherwise={"version": 1, "state": "submitted"},
        parties=["partner_id", "laboratory_partner_id"],
        check=f"""
            result.submitted_by = {ACTOR}
            AND EXISTS (SELECT FROM site AS own WHERE own.id = result.laboratory_site_id AND own.partner_id = {TENANT})
            AND (result.partner_id = {TENANT} AND EXISTS (
                     SELECT FROM site AS own WHERE own.id = result.site_id AND own.partner_id = {TENANT})
                 OR was_tested(result.lot_id, result.site_id, result.partner_id))
        """,
    ),
    steps=[
        Step(
            moves=["submitted>reviewed"],
            sides=["laboratory_partner_id"],
            sets=["reviewed_at"],
            by=["reviewed_by"],
            independent_of=["submitted_by"],
            when_it_has=THAT_COUNTS,
        ),
        Step(
            moves=["reviewed>approved"],
            sides=["laboratory_partner_id"],
            sets=["approved_at"],
            by=["approved_by"],
            independent_of=["submitted_by", "reviewed_by"],
            when_it_has=THAT_COUNTS,
        ),
    ],
)
FACTS = (
    Publishes(None, "sample-tracking.ball", "subject_id", types={"io.entente.sample-tracking.BallHeld.v1": {}}),
    Publishes(
    *("result", "sample-tracking.result", "result_id"),
    types={
        "io.entente.ResultReported.v1": {"state": "submitted"},
        "io.entente.OosDetected.v1": {"state": "submitted", "evaluation": "oos"},
        "io.entente.ResultApproved.v1": {"state": "approved"},
    },
    ),
)
LABORATORYS = "laboratory_partner_id"


def upgrade() -> None:
    op.execute(TESTED_BEFORE)
    op.execute("REVOKE EXECUTE ON FUNCTION was_tested FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION was_tested TO svc_partner")
    add_turns("result", {"submitted": ("partner", LABORATORYS), "reviewed": ("both", LABORATORYS)})
    add_turns("specification", {"draft": ("sponsor", None)})
    tables.root_record("result", OF_THE_RESULT)
    tables.partners_publish(*FACTS)
