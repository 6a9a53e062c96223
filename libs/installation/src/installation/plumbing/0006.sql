-- A moment is as precise as it was given: a month or a day is no instant, and is compared as it is written.
CREATE FUNCTION is_instant(words text) RETURNS boolean LANGUAGE sql STABLE
RETURN coalesce(length(words) > 10 AND pg_input_is_valid(words, 'timestamptz'), false);

-- Of is_own_fact one line changes.
DO $$
DECLARE
    before text := pg_get_functiondef('is_own_fact'::regproc);
    after text := replace(before, $line$WHEN said.key LIKE '%\_at' THEN$line$,
        $line$WHEN said.key LIKE '%\_at' AND public.is_instant(words) AND public.is_instant(kept #>> '{}') THEN$line$);
BEGIN
    ASSERT before <> after;
    EXECUTE after;
END $$;
