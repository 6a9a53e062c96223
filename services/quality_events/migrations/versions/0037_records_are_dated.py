"""A record that a partner's login hands in or revises is dated now: no decision seems to have known of it."""

from alembic import op

revision = "0037"
down_revision = "0036"

# A policy does not see what a row was before. A minute is what clocks differ by, of who writes and of the database; who
# decided before that minute is asked for.
DATED = """
CREATE FUNCTION refuse_undated_records() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    since timestamptz := now() - interval '1 minute';
    until timestamptz := clock_timestamp() + interval '1 minute';
    other bool := (NEW.record_version, NEW.record_digest, NEW.record_complete, NEW.record_received_at)
        IS DISTINCT FROM (OLD.record_version, OLD.record_digest, OLD.record_complete, OLD.record_received_at);
    undone bool := NEW.reviews_undone_at IS DISTINCT FROM OLD.reviews_undone_at;
BEGIN
    IF other AND (NEW.record_received_at BETWEEN since AND until) IS NOT TRUE THEN
        RAISE insufficient_privilege USING MESSAGE = 'a record is received when it is handed in';
    END IF;
    IF undone AND (NEW.reviews_undone_at BETWEEN since AND until) IS NOT TRUE
        OR other AND OLD.record_version IS NOT NULL AND NOT undone
        OR undone AND EXISTS (
            SELECT FROM disposition AS said WHERE said.batch_id = NEW.id AND said.decided_at > NEW.reviews_undone_at)
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'a record that is revised undoes its reviews when it is revised';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(DATED)
    op.execute("REVOKE EXECUTE ON FUNCTION refuse_undated_records FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER partner_records BEFORE UPDATE ON batch FOR EACH ROW "
        "WHEN (current_user = 'svc_partner') EXECUTE FUNCTION refuse_undated_records()"
    )
