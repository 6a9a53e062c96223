"""The tables and functions that every service's database has, and how a domain table is put under their guard.

Called from migrations only. Roles: ``svc_sponsor`` and ``svc_worker`` see every row; ``svc_partner`` sees a record
when ``party`` says that its organisation is one of the record's parties.
"""

from alembic import op

ROLES = ("svc_sponsor", "svc_partner", "svc_worker")

_PLUMBING = """
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id uuid NOT NULL, type text NOT NULL, topic text NOT NULL, key text NOT NULL,
    time timestamptz NOT NULL, sequence int NOT NULL, correlation_id text NOT NULL, causation_id text,
    traceparent text, parties text NOT NULL, data text NOT NULL);
CREATE INDEX outbox_xid ON outbox (xid, position);
CREATE INDEX outbox_time ON outbox (time);
CREATE TABLE relay_cursor (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    epoch bigint NOT NULL, low pg_snapshot NOT NULL, high pg_snapshot, position bigint NOT NULL DEFAULT 0,
    sent_up_to bigint NOT NULL DEFAULT 0, floor bigint NOT NULL DEFAULT 0, system_identifier bigint NOT NULL);
CREATE TABLE replay (
    id uuid PRIMARY KEY, since timestamptz NOT NULL, until bigint NOT NULL, position bigint NOT NULL DEFAULT 0,
    sent bigint NOT NULL DEFAULT 0, requested_by text NOT NULL, requested_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz);
CREATE TABLE consumer_offset (
    topic text, partition int, next bigint NOT NULL, last_id text, PRIMARY KEY (topic, partition));
CREATE TABLE inbox (event_id text PRIMARY KEY, received_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL, partition int NOT NULL, "offset" bigint NOT NULL, key text NOT NULL, event_id text NOT NULL,
    type text NOT NULL, headers jsonb NOT NULL, value bytea NOT NULL, reason text NOT NULL, detail text NOT NULL,
    blocks boolean NOT NULL, attempts int NOT NULL DEFAULT 0, parked_at timestamptz NOT NULL DEFAULT now(),
    last_tried_at timestamptz, UNIQUE (topic, partition, "offset"));
CREATE INDEX parked_key ON parked (topic, key);
CREATE TABLE idempotency (
    key text PRIMARY KEY, request text NOT NULL, status int NOT NULL, headers jsonb NOT NULL, body bytea NOT NULL,
    answered_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE party (
    record_id uuid, organisation_id uuid, role text NOT NULL DEFAULT 'party', PRIMARY KEY (organisation_id, record_id));
CREATE INDEX party_record ON party (record_id);
CREATE TABLE audit (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(), at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL, actor_roles text NOT NULL, tenant text NOT NULL, correlation_id text NOT NULL,
    reason text NOT NULL,    table_name text NOT NULL, record_id uuid NOT NULL, operation text NOT NULL, old jsonb, new jsonb);
CREATE INDEX audit_record ON audit (record_id, position);

GRANT INSERT ON outbox TO svc_sponsor, svc_partner;
GRANT SELECT, INSERT ON outbox TO svc_worker;
GRANT SELECT, INSERT, UPDATE ON relay_cursor, replay, consumer_offset TO svc_worker;
GRANT SELECT, INSERT ON inbox TO svc_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON parked TO svc_worker;
GRANT SELECT, INSERT ON idempotency TO svc_sponsor, svc_partner;
GRANT SELECT ON party, audit TO svc_sponsor, svc_worker;
GRANT SELECT ON party TO svc_partner;
ALTER TABLE party ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON party TO svc_sponsor, svc_worker USING (true);
CREATE POLICY own ON party TO svc_partner
    USING (organisation_id = (SELECT nullif(current_setting('entente.tenant', true), '')::uuid));
"""

_WRITE_AUDIT = """
CREATE FUNCTION write_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE actor text := nullif(current_setting('entente.actor', true), '');
BEGIN
    IF actor IS NULL THEN
        RAISE EXCEPTION 'a regulated record changes only on behalf of somebody: entente.actor is not set';
    END IF;
    INSERT INTO public.audit
        (actor, actor_roles, tenant, correlation_id, reason, table_name, record_id, operation, old, new)
    VALUES (actor, coalesce(current_setting('entente.actor_roles', true), ''),
            coalesce(current_setting('entente.tenant', true), ''),
            coalesce(current_setting('entente.correlation', true), ''),
            coalesce(current_setting('entente.reason', true), ''), TG_TABLE_NAME,
            coalesce(NEW.id, OLD.id), TG_OP,
            CASE WHEN TG_OP = 'INSERT' THEN NULL ELSE to_jsonb(OLD) END,
            CASE WHEN TG_OP = 'DELETE' THEN NULL ELSE to_jsonb(NEW) END);
    RETURN NULL;
END $$
"""

_SYNC_PARTY = """
CREATE FUNCTION sync_party() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.party WHERE record_id = NEW.id AND organisation_id <> ALL (NEW.parties);
    END IF;
    INSERT INTO public.party (record_id, organisation_id) SELECT NEW.id, unnest(NEW.parties) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$
"""
TENANT = "(SELECT nullif(current_setting('entente.tenant', true), '')::uuid)"


def install() -> None:
    """Create what every service's database has: outbox, inbox, offsets, parked facts, party, audit."""
    for statement in (_PLUMBING, _WRITE_AUDIT, _SYNC_PARTY):
        for part in [statement] if "$$" in statement else statement.split(";\n"):
            if part.strip():
                op.execute(part)


def _guard(table: str, changes: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, {changes} ON {table} TO svc_sponsor, svc_worker")
    op.execute(f"CREATE POLICY everyone ON {table} TO svc_sponsor, svc_worker USING (true) WITH CHECK (true)")


def audited(table: str) -> None:
    """Every change of the table writes who, when, old, new and why."""
    op.execute(
        f"CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION write_audit()"
    )


def root_record(table: str) -> None:
    """Guard a table of root records, which have ``id`` and ``parties uuid[]``: policies, audit, party rows."""
    _guard(table, "INSERT, UPDATE")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO svc_partner")
    op.execute(
        f"CREATE POLICY party ON {table} TO svc_partner USING (EXISTS (SELECT FROM party "
        f"WHERE record_id = {table}.id AND organisation_id = {TENANT})) WITH CHECK ({TENANT} = ANY (parties))"
    )
    op.execute(
        f"CREATE TRIGGER sync_party AFTER INSERT OR UPDATE OF parties ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION sync_party()"
    )
    audited(table)


def child_record(table: str, root: str) -> None:
    """Guard a table whose column ``root`` names its root record: seen by whoever sees the root."""
    _guard(table, "INSERT, UPDATE")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO svc_partner")
    op.execute(
        f"CREATE POLICY party ON {table} TO svc_partner USING (EXISTS (SELECT FROM party "
        f"WHERE record_id = {table}.{root} AND organisation_id = {TENANT}))"
    )
    audited(table)


def sponsor_record(table: str) -> None:
    """Guard a table that is the sponsor's alone: no partner sees a row of it."""
    _guard(table, "INSERT, UPDATE")
    audited(table)


def projection(table: str, *, partner_column: str | None = None, partners_read_all: bool = False) -> None:
    """Guard a table that the service's own consumers build from facts: only the worker writes it.

    A partner reads the rows that name it in ``partner_column``, or all, or none.
    """
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO svc_worker")
    op.execute(f"GRANT SELECT ON {table} TO svc_sponsor")
    op.execute(f"CREATE POLICY everyone ON {table} TO svc_sponsor, svc_worker USING (true) WITH CHECK (true)")
    if partner_column or partners_read_all:
        op.execute(f"GRANT SELECT ON {table} TO svc_partner")
        rule = "true" if partners_read_all else f"{partner_column} = {TENANT}"
        op.execute(f"CREATE POLICY party ON {table} FOR SELECT TO svc_partner USING ({rule})")


def numbers(sequence: str) -> None:
    """A sequence for the numbers that people use, such as DEV-2026-00042."""
    op.execute(f"CREATE SEQUENCE {sequence}")
    op.execute(f"GRANT USAGE ON SEQUENCE {sequence} TO {', '.join(ROLES)}")
