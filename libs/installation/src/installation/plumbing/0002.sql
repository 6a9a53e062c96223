-- A record is known by its table and its id: by the id alone, a record of one table opened that of another.
-- The rows come back when the tables are put under guard again (installation.tables).
DELETE FROM party;
ALTER TABLE party DROP CONSTRAINT party_pkey, DROP COLUMN role, ADD COLUMN table_name text NOT NULL,
    ADD PRIMARY KEY (organisation_id, table_name, record_id);
DROP INDEX party_record;
CREATE INDEX party_record ON party (table_name, record_id);

CREATE OR REPLACE FUNCTION sync_party() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM public.party p USING old_rows o JOIN new_rows n ON n.id = o.id
        WHERE n.parties IS DISTINCT FROM o.parties AND p.table_name = TG_TABLE_NAME
          AND p.record_id = n.id AND p.organisation_id <> ALL (n.parties);
    END IF;
    INSERT INTO public.party (table_name, record_id, organisation_id)
    SELECT TG_TABLE_NAME, id, unnest(parties) FROM new_rows ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

-- Of a child the audit names the root too: a record's history is its own and its children's.
ALTER TABLE audit ADD COLUMN root_table text, ADD COLUMN root_id uuid, ADD COLUMN cause text;
UPDATE audit SET root_table = table_name, root_id = record_id;
ALTER TABLE audit ALTER COLUMN root_table SET NOT NULL, ALTER COLUMN root_id SET NOT NULL;
DROP INDEX audit_record;
CREATE INDEX audit_root ON audit (root_id, position);
ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
CREATE POLICY everyone ON audit FOR SELECT TO svc_sponsor, svc_worker USING (true);
CREATE POLICY party ON audit FOR SELECT TO svc_partner USING (EXISTS (
    SELECT FROM party WHERE party.table_name = root_table AND party.record_id = root_id
    AND organisation_id = (SELECT nullif(current_setting('entente.tenant', true), '')::uuid) OFFSET 0));
GRANT SELECT ON audit TO svc_partner;

-- Arguments: the root's table, and the column that names it; none where the table is a root itself.
-- ``entente.causes`` says of rows that are written in bulk, by their id, which fact each of them comes from.
CREATE OR REPLACE FUNCTION write_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who text := nullif(current_setting('entente.actor', true), '');
    roles text := coalesce(current_setting('entente.actor_roles', true), '');
    tenant text := coalesce(current_setting('entente.tenant', true), '');
    root text := coalesce(TG_ARGV[0], TG_TABLE_NAME);
    named_by text := coalesce(TG_ARGV[1], 'id');
    causes jsonb := coalesce(nullif(current_setting('entente.causes', true), '')::jsonb, '{}');
    otherwise jsonb := jsonb_build_object(
        'correlation', coalesce(current_setting('entente.correlation', true), ''),
        'reason', coalesce(current_setting('entente.reason', true), ''),
        'cause', nullif(current_setting('entente.cause', true), ''));
BEGIN
    IF who IS NULL THEN
        RAISE EXCEPTION 'a regulated record changes only on behalf of somebody: entente.actor is not set';
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit (actor, actor_roles, tenant, correlation_id, reason, cause, table_name, record_id,
                                  root_table, root_id, operation, old, new)
        SELECT who, roles, tenant, said ->> 'correlation', said ->> 'reason', said ->> 'cause', TG_TABLE_NAME, n.id,
               root, (after ->> named_by)::uuid, TG_OP, NULL, after
        FROM new_rows n, LATERAL (SELECT to_jsonb(n) AS after, coalesce(causes -> n.id::text, otherwise) AS said) AS seen;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO public.audit (actor, actor_roles, tenant, correlation_id, reason, cause, table_name, record_id,
                                  root_table, root_id, operation, old, new)
        SELECT who, roles, tenant, said ->> 'correlation', said ->> 'reason', said ->> 'cause', TG_TABLE_NAME, row.id,
               root, (coalesce(after, before) ->> named_by)::uuid, TG_OP, before, after
        FROM (SELECT coalesce(n.id, o.id) AS id, to_jsonb(o) AS before, to_jsonb(n) AS after
              FROM old_rows o FULL JOIN new_rows n ON n.id = o.id) AS row,
             LATERAL (SELECT coalesce(causes -> row.id::text, otherwise) AS said) AS seen;
    ELSE
        INSERT INTO public.audit (actor, actor_roles, tenant, correlation_id, reason, cause, table_name, record_id,
                                  root_table, root_id, operation, old, new)
        SELECT who, roles, tenant, otherwise ->> 'correlation', otherwise ->> 'reason', otherwise ->> 'cause',
               TG_TABLE_NAME, o.id, root, (to_jsonb(o) ->> named_by)::uuid, TG_OP, to_jsonb(o), NULL
        FROM old_rows o;
    END IF;
    RETURN NULL;
END $$;

-- What an operator does to the plumbing itself, on the record that is nobody's: see serving.audit.
CREATE FUNCTION note_operation(what text, detail jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    INSERT INTO public.audit (actor, actor_roles, tenant, correlation_id, reason, table_name, record_id,
                              root_table, root_id, operation, new)
    SELECT current_setting('entente.actor'), current_setting('entente.actor_roles', true), '',
           coalesce(current_setting('entente.correlation', true), ''),
           coalesce(current_setting('entente.reason', true), ''), 'operation', nil, 'operation', nil, what, detail
    FROM (SELECT '00000000-0000-0000-0000-000000000000'::uuid AS nil) AS nobodys
$$;
REVOKE EXECUTE ON FUNCTION note_operation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION note_operation TO svc_worker;

-- A stored answer is shown to whom it was given, and to nobody else.
ALTER TABLE idempotency
    ADD COLUMN actor text NOT NULL DEFAULT coalesce(current_setting('entente.actor', true), ''),
    ADD COLUMN tenant text NOT NULL DEFAULT coalesce(current_setting('entente.tenant', true), '');
CREATE INDEX idempotency_answered_at ON idempotency (answered_at);
ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON idempotency TO svc_sponsor, svc_partner
    USING (actor = (SELECT current_setting('entente.actor', true))
           AND tenant = (SELECT coalesce(current_setting('entente.tenant', true), '')));
CREATE POLICY everyone ON idempotency FOR DELETE TO svc_worker USING (true);
CREATE POLICY ages ON idempotency FOR SELECT TO svc_worker USING (true);
GRANT SELECT (answered_at), DELETE ON idempotency TO svc_worker;

-- A partner publishes only what it is a party to. Not by row-level security: COPY, which bulk writers need, refuses it.
ALTER TABLE outbox ADD CONSTRAINT outbox_own_facts CHECK (
    current_user <> 'svc_partner'
    OR coalesce(strpos(parties, nullif(current_setting('entente.tenant', true), '')) > 0, false));

-- Which way a partner may take a record, as state>state; see installation.tables.
CREATE FUNCTION refuse_other_moves() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF OLD.state || '>' || NEW.state = ANY (TG_ARGV) THEN
        RETURN NEW;
    END IF;
    RAISE insufficient_privilege USING MESSAGE =
        format('a partner does not take a %s from %s to %s', TG_TABLE_NAME, OLD.state, NEW.state);
END $$;

-- Infinity is what the driver makes of a year that it cannot hold, and no clock can be read from it.
CREATE FUNCTION require_finite(guarded regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text;
BEGIN
    FOR name IN
        SELECT attname FROM pg_attribute
        WHERE attrelid = guarded AND attnum > 0 AND NOT attisdropped
          AND atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
          AND NOT EXISTS (SELECT FROM pg_constraint WHERE conrelid = guarded AND conname = attname || '_is_finite')
    LOOP
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I CHECK (isfinite(%I))', guarded, name || '_is_finite', name);
    END LOOP;
END $$;

-- Numbers that people use must not tell how many there are: a rival would read its rival's volume from them. A
-- sequence's values are scattered by a Feistel network over their digits, with a key that no role can read.
CREATE TABLE number_key (single boolean PRIMARY KEY DEFAULT true CHECK (single), key bytea NOT NULL);
INSERT INTO number_key (key) VALUES (sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())));
CREATE FUNCTION next_number(sequence regclass) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    given bigint := nextval(sequence) - 1;
    digits int := greatest(5, length(given::text));
    low bigint := CASE WHEN digits = 5 THEN 0 ELSE (10::numeric ^ (digits - 1))::bigint END;
    size bigint := (10::numeric ^ digits)::bigint - low;
    half int := ceil(log(2, size) / 2)::int;
    mask bigint := (1::bigint << half) - 1;
    secret bytea := (SELECT key FROM public.number_key) || convert_to(sequence::oid::text || digits, 'UTF8');
    found bigint := given - low;
    held bigint;
BEGIN
    LOOP  -- values outside are sent round again: what is left is a permutation of the numbers with so many digits
        FOR round IN 1..4 LOOP
            held := found & mask;
            found := held << half | ((found >> half) # (
                ('x' || left(encode(sha256(secret || int4send(round) || int8send(held)), 'hex'), 15))::bit(60)::bigint
                & mask));
        END LOOP;
        EXIT WHEN found < size;
    END LOOP;
    RETURN lpad((low + found)::text, digits, '0');
END $$;
REVOKE EXECUTE ON FUNCTION next_number, require_finite FROM PUBLIC;
GRANT EXECUTE ON FUNCTION next_number TO svc_sponsor, svc_partner, svc_worker;
