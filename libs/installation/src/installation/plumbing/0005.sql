-- Partners publish nothing, but where a service's migration says what: see installation.tables.partners_publish.
ALTER TABLE outbox DROP CONSTRAINT outbox_own_facts;
REVOKE INSERT ON outbox FROM svc_partner;

-- Whether a fact tells of a record that this very transaction changed, and says of it what the record says. ``known``
-- names for each type its topic, its field for the record's id, the record's table, and what the record must have.
-- A fact may tell of several records, as a set of results does. ``known`` then names, behind what the records must have,
-- the property that holds what is told of each, and the property that is the fact's key. Each is held against its own
-- record, with what the fact says of all. No property may stand in both places: a reader takes one, this the other.
CREATE FUNCTION is_own_fact(
    known jsonb, type text, topic text, key text, sequence int, parties text, data text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant text := nullif(current_setting('entente.tenant', true), '');
    field text := known -> type ->> 1;
    items text := known -> type ->> 4;
    named text[] := string_to_array(parties, ',');
    common jsonb;
    item jsonb;
    told jsonb;
    stored jsonb;
BEGIN
    -- Of a key that comes twice, another reader may take the other value. The size is that of runtime.outbox.
    IF octet_length(data) > 900000 OR data IS NOT JSON OBJECT WITH UNIQUE KEYS THEN
        RETURN false;
    END IF;
    common := data::jsonb;
    IF items IS NULL THEN
        told := jsonb_build_array(common);
        common := '{}';
    ELSE
        told := common -> items;
        common := common - items;
        IF jsonb_typeof(told) IS DISTINCT FROM 'array' OR told = '[]'
            OR key IS DISTINCT FROM common #>> string_to_array(known -> type ->> 5, '.') THEN
            RETURN false;
        END IF;
    END IF;
    FOR item IN SELECT * FROM jsonb_array_elements(told) LOOP
        IF jsonb_typeof(item) <> 'object' OR item ?| ARRAY(SELECT jsonb_object_keys(common))
            OR NOT coalesce(pg_input_is_valid(item ->> field, 'uuid'), false)
            OR items IS NULL AND key <> item ->> field THEN
            RETURN false;
        END IF;
        SELECT new INTO stored FROM public.audit
        WHERE root_id = (item ->> field)::uuid AND record_id = root_id AND table_name = coalesce(known -> type ->> 2, item ->> 'subject_type')
            AND xid = pg_current_xact_id()
        ORDER BY position DESC LIMIT 1;
        item := item || common;
        IF NOT coalesce(
            topic = known -> type ->> 0 AND sequence = (stored ->> 'version')::int
            AND tenant = ANY (named)
            AND parties = (SELECT string_agg(DISTINCT party COLLATE "C", ',' ORDER BY party COLLATE "C")
                           FROM jsonb_array_elements_text(stored -> 'parties') AS party)
            AND stored @> (known -> type -> 3)
            AND NOT EXISTS (
                SELECT FROM jsonb_each(item - field - 'occurred_at') AS said, LATERAL (
                    SELECT stored -> said.key AS kept, said.value #>> '{}' AS words) AS beside
                WHERE stored ? said.key AND jsonb_typeof(said.value) <> 'object' AND CASE
                    WHEN jsonb_typeof(kept) = 'number' THEN words::numeric IS DISTINCT FROM kept::numeric
                    WHEN said.key LIKE '%\_at' THEN words::timestamptz IS DISTINCT FROM (kept #>> '{}')::timestamptz
                    ELSE said.value <> kept END)
            AND coalesce(item #>> '{lot,id}' = stored ->> 'lot_id', true)
            AND coalesce(item ->> 'side' = coalesce(stored ->> 'awaited_side', 'nobody'), true)
            AND NOT EXISTS (
                SELECT FROM unnest('{$.**.partner_id,$.**.laboratory_partner_id}'::jsonpath[]) AS path,
                            jsonb_path_query(item - field, path) AS organisation
                WHERE organisation #>> '{}' <> ALL (named)), false) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END $$;

-- The facts that a transaction told of a record. A partner is given those that concern it, whatever its login asks for.
CREATE FUNCTION facts_told(transaction xid8, record uuid) RETURNS SETOF outbox
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM public.outbox
    WHERE xid = transaction AND (key = record::text OR strpos(data, record::text) > 0)
        AND (current_setting('role') IN ('svc_sponsor', 'svc_worker')
             OR nullif(current_setting('entente.tenant', true), '') = ANY (string_to_array(parties, ',')))
$$;
REVOKE EXECUTE ON FUNCTION facts_told FROM PUBLIC;
GRANT EXECUTE ON FUNCTION facts_told TO svc_sponsor, svc_partner, svc_worker;

-- Which steps a partner may take with a record, as JSON: see installation.tables.Step. A change is one of them, whole.
CREATE FUNCTION refuse_other_steps() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    tenant text := nullif(current_setting('entente.tenant', true), '');
    actor text := nullif(current_setting('entente.actor', true), '');
    person text[] := ARRAY[actor, 'person/' || actor];
    changed text[] := ARRAY(SELECT key FROM jsonb_each(after) WHERE value <> before -> key);
    state_of_each text[] := '{state,version,updated_at,awaited_side,awaited_partner_id,awaited_since}';
BEGIN
    IF NEW.version BETWEEN OLD.version AND OLD.version + 1 AND EXISTS (
        SELECT FROM jsonb_to_recordset(TG_ARGV[0]::jsonb) AS step (
            moves text[], sides text[], sets text[], clears text[], by text[], independent_of text[], when_it_has jsonb,
            gives jsonb)
        WHERE OLD.state || '>' || NEW.state = ANY (moves)
            AND EXISTS (SELECT FROM unnest(sides) AS side WHERE before ->> side = tenant)
            AND changed <@ (sets || clears || by || ARRAY(SELECT jsonb_object_keys(gives)) || state_of_each)
            AND before @> when_it_has AND after @> gives
            AND NOT EXISTS (SELECT FROM unnest(clears) AS cleared WHERE after ->> cleared IS NOT NULL)
            AND NOT EXISTS (SELECT FROM unnest(independent_of) AS earlier
                            WHERE before -> earlier @> to_jsonb(actor))
            AND NOT EXISTS (
                SELECT FROM unnest(by) AS who
                WHERE (CASE jsonb_typeof(after -> who)
                    WHEN 'array' THEN after -> who @> (before -> who || to_jsonb(actor))
                        AND after -> who <@ (before -> who || to_jsonb(actor))
                    ELSE after ->> who = ANY (person) END) IS NOT TRUE)
    ) THEN
        RETURN NEW;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = format(
        'no step of this partner''s takes a %s from %s to %s and changes %s',
        TG_TABLE_NAME, OLD.state, NEW.state, array_to_string(changed, ', '));
END $$;
REVOKE EXECUTE ON FUNCTION is_own_fact FROM PUBLIC;
-- All who insert: the constraint names it, though it asks it of partners alone.
GRANT EXECUTE ON FUNCTION is_own_fact TO svc_sponsor, svc_partner, svc_worker;
