"""What a partner's login reads of a batch; what a deviation is linked to; and of a decision, the one that was signed."""

import sqlalchemy as sa
from alembic import op
from installation import tables
from installation.tables import ACTOR, TENANT, Begin, PartnersWrite

revision = "0032"
down_revision = "0031"

NOBODY = "00000000-0000-0000-0000-000000000000"
AS_ITS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# Of what is another partner's a verdict takes no more than whether it stands against a release, and whose turn it is.
NAMELESS = f"""'{{"id": "{NOBODY}", "partner_id": "{NOBODY}", "number": "", "reason": "", "parent": null, "due": null}}'::jsonb"""
# The place of another's event among one's own, by which the first one is known; not when it was.
EVENTS = f"""
CREATE FUNCTION events_of_a_party(events jsonb, tenant text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
WITH said AS (
    SELECT event, at, event ->> 'partner_id' = tenant AS own, event ->> 'since' COLLATE "C" AS since
    FROM jsonb_array_elements(events) WITH ORDINALITY AS listed (event, at)
), placed AS (
    SELECT *, coalesce(max(since) FILTER (WHERE own) OVER by_time, '!') || '~'
           || lpad((row_number() OVER by_time)::text, 6, '0') AS place
    FROM said WINDOW by_time AS (ORDER BY since, at)
)
SELECT coalesce(jsonb_agg(CASE WHEN own THEN event
    ELSE event || {NAMELESS} || jsonb_build_object('since', place) END ORDER BY at), '[]') FROM placed $$
"""
# These are the rules of readiness.events, readiness.testing and readiness.making, by which an event stands against it.
PARTY = f"""
CREATE FUNCTION dossier_of_a_party(found jsonb, tenant text) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH deviations AS (
    SELECT at, CASE WHEN said ->> 'partner_id' = tenant THEN said WHEN
        said ->> 'state' <> 'closed' AND (said ->> 'classification' IS NULL
        OR said ->> 'classification' IN ('critical', 'major') OR coalesce(said ->> 'impact', '') = '')
        THEN said || '{{"state": "reported", "classification": null, "impact": null}}'
        ELSE said || '{{"state": "closed", "classification": "minor", "impact": null}}' END
        || CASE WHEN said ->> 'partner_id' = tenant THEN '{{}}'::jsonb ELSE turn END AS said
    FROM jsonb_array_elements(found -> 'deviations') WITH ORDINALITY AS listed (said, at), LATERAL (
        SELECT jsonb_build_object('awaited_side', CASE WHEN coalesce(said ->> 'awaited_side', 'unknown')
            IN ('sponsor', 'unknown') THEN 'sponsor' ELSE 'maker' END) AS turn) AS whose
    WHERE said ->> 'partner_id' = tenant OR said ->> 'state' <> 'cancelled'
), investigations AS (
    SELECT at, CASE WHEN said ->> 'partner_id' = tenant THEN said ELSE said || jsonb_build_object(
        'state', CASE WHEN said ->> 'state' IN ('concluded', 'phase_1') THEN said ->> 'state' ELSE 'phase_2' END,
        'conclusion', CASE WHEN (said ->> 'own')::boolean OR said ->> 'conclusion' = 'inconclusive'
            THEN said -> 'conclusion' END,
        'result_id', CASE WHEN (said ->> 'own')::boolean THEN said -> 'result_id' END,
        'awaited_side', CASE WHEN coalesce(said ->> 'awaited_side', 'unknown')
            IN ('sponsor', 'unknown') THEN 'sponsor' ELSE 'maker' END) END AS said
    FROM jsonb_array_elements(found -> 'investigations') WITH ORDINALITY AS listed (said, at)
), inputs AS (
    SELECT at, CASE WHEN coalesce(said ->> 'partner_id', tenant) = tenant THEN said
        ELSE '{{"material": "", "number": "", "batch_id": "{NOBODY}", "partner_id": "{NOBODY}"}}' || jsonb_build_object(
            'dispositions', (SELECT coalesce(jsonb_agg(jsonb_build_object('follow_up_closed', false,
                'market', one -> 'market', 'state', CASE WHEN one ->> 'state' = 'released'
                    OR one ->> 'state' = 'released_for_processing' AND (one ->> 'follow_up_closed')::boolean
                    THEN 'released' ELSE 'rejected' END)), '[]')
                FROM jsonb_array_elements(said -> 'dispositions') AS one
                WHERE one ->> 'state' NOT IN ('open', 'confirmed', 'not_intended'))) END AS said
    FROM jsonb_array_elements(found -> 'inputs') WITH ORDINALITY AS listed (said, at)
), sites AS (
    SELECT said || CASE WHEN said ->> 'partner_id' = tenant THEN '{{}}'::jsonb ELSE '{{"partner_id": "{NOBODY}"}}' END AS said
    FROM (SELECT jsonb_build_object('id', site -> 'id', 'partner_id', site -> 'partner_id',
                                    'time_zone', site -> 'time_zone') AS said
          FROM jsonb_array_elements(found -> 'sites') AS site) AS of_it
), own_sites AS (
    SELECT said ->> 'id' AS id FROM sites WHERE said ->> 'partner_id' = tenant
), worked AS (
    SELECT found ->> 'site_id' AS id UNION SELECT said ->> 'site_id' FROM jsonb_array_elements(found -> 'stages') AS said
    UNION SELECT fact -> 'said' ->> 'laboratory_site_id' FROM jsonb_array_elements(found -> 'known') AS fact
        WHERE fact ->> 'kind' = 'ResultsReported'
), known AS (
    SELECT at, fact || jsonb_build_object('said', CASE fact ->> 'kind'
        WHEN 'RegistrationChanged' THEN (
            SELECT jsonb_object_agg(key, value) FROM jsonb_each(said) WHERE key IN (
                'registration_id', 'number', 'market', 'state', 'what', 'effective_on'))
            || jsonb_build_object('sites', (SELECT coalesce(jsonb_agg(site), '[]')
                FROM jsonb_array_elements(said -> 'sites') AS site WHERE site ->> 'site_id' IN (SELECT id FROM worked)))
        WHEN 'MutualRecognitionChanged' THEN (
            SELECT jsonb_object_agg(key, value) FROM jsonb_each(said) WHERE key IN (
                'regime', 'country', 'covers', 'kinds_in', 'kinds_out', 'valid_from', 'valid_to'))
        WHEN 'SiteQualificationChanged' THEN said || jsonb_build_object('product_ids', (
                SELECT coalesce(jsonb_agg(DISTINCT CASE WHEN id = found ->> 'product_id' THEN id ELSE '{NOBODY}' END), '[]')
                FROM jsonb_array_elements_text(said -> 'product_ids') AS id))
            || CASE WHEN fact ->> 'about' IN (SELECT id FROM own_sites) THEN '{{}}'::jsonb
               ELSE '{{"partner_id": "{NOBODY}", "number": "", "reason": "", "conditions": []}}' END
        WHEN 'ResultsReported' THEN said || CASE WHEN said ->> 'laboratory_partner_id' = tenant THEN '{{}}'::jsonb
            ELSE '{{"laboratory_partner_id": "{NOBODY}"}}' END
        ELSE said END) AS said
    FROM jsonb_array_elements(found -> 'known') WITH ORDINALITY AS listed (fact, at), LATERAL (
        SELECT fact -> 'said' AS said) AS of_it
)
SELECT found - 'reworked' || jsonb_build_object(
    'deviations', events_of_a_party(coalesce((SELECT jsonb_agg(said ORDER BY at) FROM deviations), '[]'), tenant),
    'investigations', events_of_a_party(coalesce((SELECT jsonb_agg(said ORDER BY at) FROM investigations), '[]'), tenant),
    'holds', events_of_a_party(found -> 'holds', tenant),
    'inputs', coalesce((SELECT jsonb_agg(said ORDER BY at) FROM inputs), '[]'),
    'sites', coalesce((SELECT jsonb_agg(said) FROM sites), '[]'),
    'known', coalesce((SELECT jsonb_agg(said ORDER BY at) FROM known), '[]'),
    'dispositions', (SELECT coalesce(jsonb_agg(said - 'decided_by' - 'prepared_by' ORDER BY at), '[]')
        FROM jsonb_array_elements(found -> 'dispositions') WITH ORDINALITY AS listed (said, at)),
    'statements', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', '{NOBODY}', 'number', '', 'statement', '',
            'stated_by', '', 'market', said -> 'market', 'condition', said -> 'condition',
            'stated_of', said -> 'stated_of') ORDER BY at), '[]')
        FROM jsonb_array_elements(found -> 'statements') WITH ORDINALITY AS listed (said, at))
) $$
"""
DOSSIER = f"""
CREATE FUNCTION batch_dossier(asked uuid) RETURNS jsonb LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
SELECT CASE WHEN current_setting('role') = 'svc_partner' THEN dossier_of_a_party(found, {TENANT}::text) ELSE found END
FROM whole_batch_dossier(asked) AS found WHERE found IS NOT NULL $$
"""
# A partner asks of its own batches, and of no others; whether there is a circle goes by way of all.
MAY_ASK = f"""(current_setting('role') <> 'svc_partner' OR EXISTS (
    SELECT FROM batch AS own WHERE own.id = asked.id AND {TENANT} = ANY (own.parties)))"""
GENEALOGY = (
    f"""
    CREATE OR REPLACE FUNCTION batch_given(batches uuid[])
    RETURNS TABLE (parent_id uuid, quantity numeric, unit text) LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
    SELECT parent_id, sum(quantity), unit FROM unnest(batches) AS asked (id) JOIN batch_link ON parent_id = asked.id
    WHERE {MAY_ASK} GROUP BY parent_id, unit $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION batch_goes_into(batch uuid, others uuid[])
    RETURNS boolean LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
    WITH RECURSIVE down (id) AS (
        SELECT asked.id FROM unnest(ARRAY[batch]) AS asked (id) WHERE {MAY_ASK}
        UNION SELECT edge.child_id FROM down, LATERAL (
            SELECT child_id FROM batch_edge WHERE parent_id = down.id OFFSET 0) AS edge)
    SELECT EXISTS (SELECT FROM down JOIN unnest(others) AS asked (id) USING (id) WHERE {MAY_ASK}) $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION batch_is_merged(batch uuid) RETURNS boolean LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
    SELECT EXISTS (SELECT FROM batch_link, unnest(ARRAY[batch]) AS asked (id)
        WHERE kind = 'merged' AND asked.id IN (parent_id, child_id) AND {MAY_ASK}) $$
    """,
)


WHOSE = {
    **dict.fromkeys(("deviation", "complaint", "change"), "own.partner_id"),
    "oos_investigation": "own.partner_id, own.laboratory_partner_id",
}
OF_ITS_OWN = " ".join(
    f"WHEN '{kind}' THEN EXISTS (SELECT FROM {kind} AS own WHERE own.id = linked_event.event_id AND {TENANT} IN ({whose}))"
    for kind, whose in WHOSE.items()
)
OF_THE_OWNER = PartnersWrite(
    sides=["partner_id"],
    inserts=Begin(
        fills=[
            *("id", "created_at", "updated_at", "deviation_id", "kind", "event_id", "linked_by", "partner_id"),
            "parties",
        ],
        otherwise={"version": 1},
        parties=["partner_id"],
        check=f"""
            linked_event.linked_by = {ACTOR} AND CASE linked_event.kind {OF_ITS_OWN} END
            AND EXISTS (SELECT FROM deviation AS own WHERE own.id = linked_event.deviation_id AND own.partner_id = {TENANT})
        """,
    ),
)


def links() -> None:
    """What a deviation has to do with, to be seen by its partner where that sees both ends."""
    given = {"nullable": False}
    op.create_table(
        "linked_event",
        *tables.versioned(),
        sa.Column("deviation_id", sa.Uuid(), sa.ForeignKey("deviation.id"), **given),
        *(sa.Column(name, sa.Uuid(), **given) for name in ("event_id", "partner_id")),
        *(sa.Column(name, sa.String(), **given) for name in ("kind", "linked_by")),
        sa.Column("parties", sa.ARRAY(sa.Uuid()), **given),
    )
    for column in ("deviation_id", "event_id"):
        op.create_index(f"linked_event_{column}", "linked_event", [column])
    tables.root_record("linked_event", OF_THE_OWNER)


def upgrade() -> None:
    links()
    op.add_column("disposition_decision", sa.Column("follows", sa.String()))
    roles = ", ".join(tables.ROLES)
    op.execute("ALTER FUNCTION batch_dossier(uuid) RENAME TO whole_batch_dossier")
    op.execute(f"REVOKE EXECUTE ON FUNCTION whole_batch_dossier FROM {roles}")
    run = op.get_bind().exec_driver_sql
    for function in (EVENTS, PARTY, DOSSIER, *GENEALOGY):
        run(function)
    op.execute("REVOKE EXECUTE ON FUNCTION events_of_a_party, dossier_of_a_party, batch_dossier FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION batch_dossier TO {roles}")
