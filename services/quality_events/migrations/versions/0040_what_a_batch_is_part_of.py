"""What a batch came of is judged with it: whether that was rejected, its record, and where it was made."""

from alembic import op
from installation.changes import rewrite

revision = "0040"
down_revision = "0039"

NOBODY = "00000000-0000-0000-0000-000000000000"
SAME = "('split', 'merged', 'reworked', 'reprocessed')"
ANEW = "('reworked', 'reprocessed')"
# What is split, merged or worked on again was made by its parents. What is worked on again is made good of what was
# found before: with that ends what an earlier rejection, or a confirmed result, says of it (ICH Q7 14.2, 14.3).
UP = f"""), same (id) AS (
    SELECT id FROM one
    UNION SELECT edge.parent_id FROM same, LATERAL (
        SELECT parent_id FROM batch_link WHERE child_id = same.id AND kind IN {SAME} OFFSET 0) AS edge
), as_it_is (id) AS (
    SELECT id FROM one
    UNION SELECT edge.parent_id FROM as_it_is, LATERAL (
        SELECT parent_id FROM batch_edge WHERE child_id = as_it_is.id OFFSET 0) AS edge
    WHERE NOT EXISTS (SELECT FROM batch_link AS anew WHERE anew.child_id = as_it_is.id
                      AND anew.parent_id = edge.parent_id AND anew.kind IN {ANEW} OFFSET 0)
), deviations AS ("""
VERDICTS = """(SELECT result -> 'verdicts' FROM known_fact AS told, jsonb_array_elements(told.said -> 'results') AS result
            WHERE told.kind = 'ResultsReported' AND result ->> 'result_id' = said.result_id::text AND told.about = (
                SELECT lot_id::text FROM batch WHERE batch.id = up.id)
            ORDER BY told.sequence DESC, told.key DESC LIMIT 1) AS verdicts"""
INVESTIGATIONS = f"""up.id = asked AS own, up.id IN (SELECT id FROM same) AS made,
           up.id IN (SELECT id FROM as_it_is) AS whole, {VERDICTS}
    FROM up JOIN oos_investigation AS said"""
# A batch that is packed of another one was packed, where nobody stated its stages; splitting is no making at all.
KINDS = """(SELECT coalesce(jsonb_agg(DISTINCT link.kind), '[]') FROM batch_link AS link WHERE link.child_id = {}.id)"""
STAGES = """(SELECT coalesce(jsonb_agg(jsonb_build_object('step', stage.step, 'site_id', stage.site_id,
                'started_at', stage.started_at, 'ended_at', coalesce(stage.ended_at, stage.started_at)) ORDER BY stage.step), '[]')
            FROM batch_stage AS stage WHERE stage.batch_id = said.id)"""
# Of the many lots that may have gone in only those that say something here.
PARENTS = f"""), parents AS (
    SELECT said.id, said.number, said.material, said.partner_id, said.state, said.site_id, said.started_at,
           said.completed_at, said.reviewed_side, said.record_version, said.record_digest, said.record_complete,
           said.record_received_at, said.rejected_everywhere_at AS rejected_at, said.rejected_everywhere_by AS rejected_by,
           said.id IN (SELECT id FROM as_it_is) AS whole, said.id IN (SELECT id FROM same) AS same, {STAGES} AS stages,
           {KINDS.format("said")} AS came_by,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('number', one.number, 'market', one.market, 'state', one.state)
                ORDER BY one.market), '[]') FROM disposition AS one
            WHERE one.batch_id = said.id AND one.state IN ('rejected', 'stopped', 'withdrawn')) AS dispositions,
           (SELECT coalesce(jsonb_agg(to_jsonb(given) ORDER BY given.received_at, given.id), '[]')
            FROM reported_record AS given WHERE given.batch_id = said.id) AS given
    FROM up JOIN batch AS said ON said.id = up.id
    WHERE up.id <> asked AND (up.id IN (SELECT id FROM same) OR up.id IN (SELECT id FROM as_it_is) AND (
        said.rejected_everywhere_at IS NOT NULL OR EXISTS (SELECT FROM disposition AS one
            WHERE one.batch_id = said.id AND one.state IN ('rejected', 'stopped', 'withdrawn') OFFSET 0)))
), stages AS ("""
WORKED = """SELECT site_id FROM one UNION SELECT site_id FROM stages
    UNION SELECT site_id FROM parents WHERE same
    UNION SELECT (stage ->> 'site_id')::uuid FROM parents, jsonb_array_elements(parents.stages) AS stage WHERE same"""
WHOLE = (
    ("), deviations AS (", UP),
    (
        "up.id = asked AS own, lot.impact",
        "up.id = asked AS own, up.id IN (SELECT id FROM same) AS made, lot.impact",
    ),
    ("up.id = asked AS own\n    FROM up JOIN oos_investigation AS said", INVESTIGATIONS),
    ("), stages AS (", PARENTS),
    ("SELECT site_id FROM one UNION SELECT site_id FROM stages", WORKED),
    (
        "SELECT FROM batch_link WHERE child_id = one.id AND kind IN ('reworked', 'reprocessed')",
        f"SELECT FROM same JOIN batch_link ON child_id = same.id WHERE kind IN {ANEW}",
    ),
    (
        "'reworked', EXISTS (",
        f"'came_by', {KINDS.format('one')},\n    "
        "'parents', (SELECT coalesce(jsonb_agg(to_jsonb(parents) ORDER BY material, number), '[]') FROM parents),\n"
        "    'reworked', EXISTS (",
    ),
)
# Of another maker's batch by which names it is known is nobody's here; which of its versions is which stays so.
OTHERS = f"""), parents AS (
    SELECT at, CASE WHEN said ->> 'partner_id' = tenant THEN said ELSE said || '{{"id": "{NOBODY}", "number": "",
            "material": "", "partner_id": "{NOBODY}"}}'::jsonb || jsonb_build_object(
        'rejected_by', CASE WHEN said ->> 'rejected_by' IS NOT NULL THEN '' END,
        'rejected_at', CASE WHEN said ->> 'rejected_at' IS NOT NULL THEN '1970-01-01T00:00:00+00:00' END,
        'record_version', CASE WHEN said ->> 'record_version' IS NOT NULL THEN '' END,
        'record_digest', md5(said ->> 'record_digest'),
        'dispositions', (SELECT coalesce(jsonb_agg(one || '{{"number": "", "state": "rejected"}}'), '[]')
            FROM jsonb_array_elements(said -> 'dispositions') AS one),
        'given', (SELECT coalesce(jsonb_agg(jsonb_build_object('source', md5(one ->> 'source'), 'revision', one -> 'revision',
                'record_version', '', 'digest', md5(one ->> 'digest'), 'complete', one -> 'complete',
                'changed_at', one -> 'changed_at', 'authority', one -> 'authority', 'received_at', one -> 'received_at',
                'set_aside_at', one -> 'set_aside_at')), '[]') FROM jsonb_array_elements(said -> 'given') AS one)) END AS said
    FROM jsonb_array_elements(found -> 'parents') WITH ORDINALITY AS listed (said, at)
), worked AS ("""
PARTY = (
    ("), worked AS (", OTHERS),
    (
        "UNION SELECT fact -> 'said' ->> 'laboratory_site_id'",
        "UNION SELECT said ->> 'site_id' FROM jsonb_array_elements(found -> 'parents') AS said\n"
        "    UNION SELECT stage ->> 'site_id' FROM jsonb_array_elements(found -> 'parents') AS said,\n"
        "        jsonb_array_elements(said -> 'stages') AS stage\n"
        "    UNION SELECT fact -> 'said' ->> 'laboratory_site_id'",
    ),
    (
        "CASE WHEN (said ->> 'own')::boolean OR said ->> 'conclusion' = 'inconclusive'",
        "CASE WHEN (said ->> 'own')::boolean OR said ->> 'conclusion' IN ('confirmed', 'inconclusive')",
    ),
    (
        "'sites', coalesce(",
        "'parents', coalesce((SELECT jsonb_agg(said ORDER BY at) FROM parents), '[]'),\n    'sites', coalesce(",
    ),
)


def upgrade() -> None:
    rewrite("whole_batch_dossier(uuid)", *WHOLE)
    rewrite("dossier_of_a_party(jsonb, text)", *PARTY)
    op.execute("CREATE POLICY dossier ON reported_record FOR SELECT TO CURRENT_USER USING (true)")
