"""What fails is told whether or not it is reportable; what a laboratory's login may do and read by itself is less."""

from alembic import op
from installation import tables

revision = "0017"
down_revision = "0016"

# A policy does not see what a row was before.
ANSWERS = """
CREATE FUNCTION refuse_the_sponsors_part() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    actor text := current_setting('entente.actor', true);
    said jsonb := jsonb_path_query_array(
        NEW.not_tested, format('$[%s to last]', jsonb_array_length(OLD.not_tested))::jsonpath);
    undecided jsonb := '{"accepted": null, "decision_reason": null, "decided_by": null, "decided_at": null}';
BEGIN
    IF NEW.not_tested IS DISTINCT FROM OLD.not_tested || said OR EXISTS (
        SELECT FROM jsonb_array_elements(said) AS one
        WHERE (one @> undecided AND one ->> 'reported_by' = actor) IS NOT TRUE)
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'a partner adds to what is not tested, and decides nothing of it';
    END IF;
    IF NEW.state = 'accepted' AND (
        NEW.due_at <= now() + make_interval(days => NEW.agreed_working_days * 3 + 30)) IS NOT TRUE
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'it is due within the working days that were agreed';
    END IF;
    RETURN NEW;
END $$
"""
# Methods are the sponsor's, and who enters a result is judged by them; of entitlements each reads what is its own.
KNOWN_METHODS = """
CREATE FUNCTION known_methods(codes text[])
RETURNS TABLE (method_id uuid, code text, major int, minor int, product_id uuid, effective_from date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id, code, major, minor, product_id, effective_from FROM method
    WHERE code = ANY (codes) AND state = 'registered'
$$
"""
KNOWN = """
CREATE OR REPLACE FUNCTION known_entitlements(codes text[], laboratories uuid[])
RETURNS TABLE (method_id uuid, code text, major int, minor int, product_id uuid, effective_from date,
    laboratory_site_id uuid, standing text, valid_from date)
LANGUAGE sql STABLE SECURITY INVOKER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT method.*, entitlement.laboratory_site_id, entitlement.standing, entitlement.valid_from
    FROM known_methods(codes) AS method LEFT JOIN entitlement
        ON entitlement.method_id = method.method_id AND entitlement.laboratory_site_id = ANY (laboratories)
    ORDER BY method.method_id, entitlement.id
$$
"""


def upgrade() -> None:
    op.drop_column("result", "oos_withheld")
    op.execute(ANSWERS)
    op.execute(
        "CREATE TRIGGER partner_answers BEFORE UPDATE ON test_order FOR EACH ROW "
        "WHEN (current_user = 'svc_partner') EXECUTE FUNCTION refuse_the_sponsors_part()"
    )
    op.execute(KNOWN_METHODS)
    op.execute("REVOKE EXECUTE ON FUNCTION known_methods FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION known_methods TO {', '.join(tables.ROLES)}")
    op.execute(KNOWN)
    op.execute("DROP POLICY evaluation ON entitlement")
