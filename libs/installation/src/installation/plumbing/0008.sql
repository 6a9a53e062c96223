-- What may not know yet what was told last: topics that were rewound and not read to their end since, those of the types
-- that are asked for or everywhere, and of the types, each with its handler group, those that nobody registered. Who
-- decides on facts asks: see docs/adr/0010. It tells nothing of any record, so everybody may.
CREATE FUNCTION unread(types text[], groups text[], everywhere boolean) RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT topic FROM consumer_offset WHERE read_to_end_at IS NULL AND topic IN (
        SELECT topic FROM handled WHERE registered AND (everywhere OR type = ANY (types)))
    UNION
    SELECT asked.type FROM unnest(types, groups) AS asked (type, handler_group)
    WHERE NOT EXISTS (
        SELECT FROM handled
        WHERE registered AND handled.type = asked.type AND handled.handler_group = asked.handler_group)
    ORDER BY 1
$$;
REVOKE EXECUTE ON FUNCTION unread FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unread TO svc_sponsor, svc_partner, svc_worker;
