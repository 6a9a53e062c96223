"""Work that was begun with a partner to which none is given is judged with its batch: it was suspended, or had left."""

from installation.changes import rewrite

revision = "0055"
down_revision = "0054"

DIGEST = "encode(sha256({}::text::bytea), 'hex')"
# Whose a site was, from a day until another: only of these partners is it asked, and by the site.
OWNERS = f""" WHERE about = ANY (ARRAY(SELECT site_id::text FROM sites)) AND kind <> 'SiteTransferred'
), sold AS (
    SELECT site_id, sequence, said FROM sites JOIN known_fact AS told ON told.about = site_id::text
    WHERE told.kind = 'SiteTransferred'
), owners AS (
    SELECT site_id, said ->> 'partner_id' AS partner_id, said ->> 'effective_on' AS since,
           lead(said ->> 'effective_on') OVER (PARTITION BY site_id ORDER BY sequence) AS until FROM sold
    UNION ALL (SELECT DISTINCT ON (site_id) site_id, said ->> 'from_partner_id', NULL, said ->> 'effective_on'
        FROM sold ORDER BY site_id, sequence)
    UNION ALL SELECT site_id, known_site.partner_id::text, NULL, NULL FROM sites JOIN known_site ON known_site.id = site_id
        WHERE site_id NOT IN (SELECT site_id FROM sold)
), works AS (
    SELECT {DIGEST.format("one.id")} AS work FROM one UNION SELECT work FROM parents WHERE same
    UNION SELECT said ->> 'work' FROM known WHERE kind = 'TestOrdered'
), of_owners AS (
    SELECT told.kind, site_id::text AS about, site_id::text AS key, told.sequence,
           told.said || jsonb_build_object('since', since, 'until', until, 'decided', (
               SELECT coalesce(jsonb_object_agg(work, said -> 'decided' -> work), '{{}}')
               FROM works WHERE told.said -> 'decided' ? work)) AS said
    FROM owners JOIN known_fact AS told ON told.about = owners.partner_id
        AND told.kind IN ('PartnerStatusChanged', 'PartnerWorkDecided')
"""
PARENT = "SELECT said.id, said.number, said.material, said.partner_id, said.state,"
WHOLE = (
    (" WHERE about = ANY (ARRAY(SELECT site_id::text FROM sites))\n", OWNERS),
    (
        "SELECT * FROM known UNION ALL SELECT * FROM of_sites",
        "SELECT * FROM known UNION ALL SELECT * FROM of_sites UNION ALL SELECT * FROM of_owners",
    ),
    (PARENT, f"SELECT {DIGEST.format('said.id')} AS work,{PARENT.removeprefix('SELECT')}"),
)
# Which laboratory was ordered to test it a maker learns by what that reported.
PARTY = (
    (
        "FROM jsonb_array_elements(found -> 'known') WITH ORDINALITY AS listed (fact, at), LATERAL (\n"
        "        SELECT fact -> 'said' AS said) AS of_it",
        "FROM jsonb_array_elements(found -> 'known') WITH ORDINALITY AS listed (fact, at), LATERAL (\n"
        "        SELECT fact -> 'said' AS said) AS of_it\n"
        "    WHERE fact ->> 'kind' <> 'TestOrdered' OR said ->> 'laboratory_site_id' IN (SELECT id FROM worked)",
    ),
)


def upgrade() -> None:
    rewrite("whole_batch_dossier(uuid)", *WHOLE)
    rewrite("dossier_of_a_party(jsonb, text)", *PARTY)
