"""Results are amended by hand and found invalid by an investigation; a certificate is held against all that was found.

What was found in a lot is not a laboratory's to read where another found it, and it issues no certificate over that.
"""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite, Step

revision = "0019"
down_revision = "0018"

OF_A_LOT = ("lot_id", "lot_number", "material", "site_id", "partner_id", "laboratory_site_id", "laboratory_partner_id")
SAME = " AND ".join(f"own.{column} = result.{column}" for column in (*OF_A_LOT, "stage", "occurred_at"))
OWN_SITE = f"EXISTS (SELECT FROM known_site AS own WHERE own.id = {{}} AND own.partner_id = {TENANT})"
LABORATORYS = ["laboratory_partner_id"]
THAT_COUNTS = {"superseded_by": None}
OF_THE_RESULT = PartnersWrite(
    sides=LABORATORYS,
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", *OF_A_LOT, "product_id", "parties", "set_id", "test", "stage", "role"),
            *("value", "text", "qualifier", "unit", "occurred_at", "evaluation", "reason", "rounded_value"),
            *("specification_id", "applied_limit", "submitted_by", "evaluations", "evaluated_against"),
            *("method", "method_version", "methods", "reportable", "not_reportable", "amendment_reason"),
        ],
        otherwise={"version": 1, "state": "submitted"},
        parties=["partner_id", "laboratory_partner_id"],
        check=f"""
            result.submitted_by = {ACTOR} AND {OWN_SITE.format("result.laboratory_site_id")}
            AND (result.partner_id = {TENANT} AND {OWN_SITE.format("result.site_id")}
                 OR was_tested(result.lot_id, result.site_id, result.partner_id))
            AND EXISTS (SELECT FROM result_set AS own WHERE own.id = result.set_id AND {SAME})
        """,
    ),
    steps=[
        Step(
            moves=["submitted>reviewed"],
            sides=LABORATORYS,
            sets=["reviewed_at"],
            by=["reviewed_by"],
            independent_of=["submitted_by"],
            when_it_has=THAT_COUNTS,
        ),
        Step(
            moves=["reviewed>approved"],
            sides=LABORATORYS,
            sets=["approved_at"],
            by=["approved_by"],
            independent_of=["submitted_by", "reviewed_by"],
            when_it_has=THAT_COUNTS,
        ),
        Step(moves=["reviewed>submitted"], sides=LABORATORYS, when_it_has=THAT_COUNTS),
        Step(
            moves=["submitted>submitted"],
            sides=LABORATORYS,
            sets=["superseded_by"],
            when_it_has=THAT_COUNTS | {"feed_id": None},
        ),
    ],
)
FOUND_IN_THE_LOT = f"""
CREATE FUNCTION found_in_the_lot(certificate uuid) RETURNS SETOF result
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT result.* FROM coa JOIN result ON result.lot_id = coa.lot_id
    WHERE coa.id = certificate
        AND (current_setting('role') <> 'svc_partner' OR coa.laboratory_partner_id = {TENANT})
    ORDER BY result.id
$$
"""
# Deferred: what is amended is marked before its amendment is stored. A system's revisions may move to other sets.
AMENDED_BY_HAND = """
CREATE FUNCTION must_be_amended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM result AS amendment WHERE amendment.id = NEW.superseded_by
            AND (amendment.set_id, amendment.lot_id, amendment.test, amendment.stage, amendment.role)
                = (NEW.set_id, NEW.lot_id, NEW.test, NEW.stage, NEW.role)
            AND amendment.laboratory_site_id = NEW.laboratory_site_id
            AND amendment.laboratory_partner_id = NEW.laboratory_partner_id
            AND amendment.amendment_reason IS NOT NULL AND amendment.feed_id IS NULL
            AND amendment.superseded_by IS NULL
    ) OR EXISTS (
        SELECT FROM result AS other
        WHERE other.set_id = NEW.set_id AND other.superseded_by = NEW.superseded_by AND other.id <> NEW.id
    ) THEN
        RAISE EXCEPTION 'result %: what stands in its place is no amendment of it', NEW.id USING ERRCODE = '42501';
    END IF;
    RETURN NULL;
END $$
"""
MUST_BE_AMENDED = """
CREATE CONSTRAINT TRIGGER must_be_amended AFTER UPDATE ON result DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (NEW.feed_id IS NULL AND NEW.superseded_by IS DISTINCT FROM OLD.superseded_by)
EXECUTE FUNCTION must_be_amended()
"""
# Who enters a result may not read when another's lot was begun, nor who reads it the time at another's site.
STARTS_OF_MAKING = f"""
CREATE FUNCTION starts_of_making(results uuid[]) RETURNS TABLE (result_id uuid, started_on date, time_zone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT result.id, known_lot.started_on, known_site.time_zone
    FROM result JOIN known_lot USING (lot_id) LEFT JOIN known_site ON known_site.id = result.laboratory_site_id
    WHERE result.id = ANY (results) AND known_lot.started_on IS NOT NULL
        AND (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (result.parties))
$$
"""


def upgrade() -> None:
    op.add_column("result", sa.Column("amendment_reason", sa.String()))
    op.add_column("result", sa.Column("invalidated_at", sa.DateTime(timezone=True)))
    op.add_column("result", sa.Column("concluded_sequence", sa.Integer()))
    op.add_column("coa", sa.Column("revised_before", sa.Boolean()))
    op.create_check_constraint("result_amended_by_another", "result", "superseded_by <> id")
    changes.guard_dates("result")
    tables.root_record("result", OF_THE_RESULT)
    for table in ("result", "coa", "known_site"):
        op.execute(f"CREATE POLICY evaluation ON {table} FOR SELECT TO CURRENT_USER USING (true)")
    functions = {"found_in_the_lot": FOUND_IN_THE_LOT, "starts_of_making": STARTS_OF_MAKING}
    for name, function in functions.items():
        op.execute(function)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(tables.ROLES)}")
    op.execute(AMENDED_BY_HAND)
    op.execute("REVOKE EXECUTE ON FUNCTION must_be_amended FROM PUBLIC")
    op.execute(MUST_BE_AMENDED)
