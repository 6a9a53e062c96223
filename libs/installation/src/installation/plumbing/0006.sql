-- A fact may tell of several records, as a set of results does. ``known`` then names, behind what the records must have,
-- the property that holds what is told of each, and the property that is the fact's key. Each is held against its own
-- record, with what the fact says of all. No property may stand in both places: a reader takes one, this the other.
CREATE OR REPLACE FUNCTION is_own_fact(
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
        WHERE root_id = (item ->> field)::uuid AND record_id = root_id AND table_name = known -> type ->> 2
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
            AND NOT EXISTS (
                SELECT FROM unnest('{$.**.partner_id,$.**.laboratory_partner_id}'::jsonpath[]) AS path,
                            jsonb_path_query(item - field, path) AS organisation
                WHERE organisation #>> '{}' <> ALL (named)), false) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN true;
END $$;
