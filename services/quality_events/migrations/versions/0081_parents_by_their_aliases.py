"""A batch that is named by another number of it as what went in is a parent like one that is named by its own.

An alias names no lot of another maker.
"""

from dataclasses import replace

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.changes import rewrite

revision = "0081"
down_revision = "0080"

SEEN = f"(current_setting('role') <> 'svc_partner' OR {tables.TENANT} = ANY (batch.parties))"
AS_ITS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
# Under an alias another maker's batch may stand: what names that is about it alone. None of who asks sees all of these.
ALIASES = f"""
CREATE FUNCTION aliases_of(asked uuid) RETURNS varchar[] LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
SELECT ARRAY(
    SELECT alias FROM batch AS one, unnest(one.aliases) AS alias
    WHERE one.id = asked AND alias <> one.number AND NOT EXISTS (
        SELECT FROM batch AS own WHERE (own.site_id, own.material, own.number) = (one.site_id, one.material, alias)
        AND own.partner_id <> one.partner_id)) $$
"""
# Who made it, who began it before its site was sold, and who took the place of one of them by law.
MAKERS = f"""
CREATE FUNCTION makers_of(asked uuid) RETURNS uuid[] LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
WITH RECURSIVE one AS (SELECT * FROM batch WHERE id = asked AND {SEEN}), maker (id) AS (
    SELECT partner_id FROM one
    UNION SELECT (seller ->> 'partner_id')::uuid FROM one, jsonb_array_elements(coalesce(one.sellers, '[]')) AS seller
    UNION SELECT (sold.said ->> 'partner_id')::uuid
    FROM maker JOIN known_fact AS sold ON sold.said ->> 'from_partner_id' = maker.id::text
    WHERE sold.kind = 'SiteTransferred' AND sold.about = (SELECT site_id::text FROM one)
        AND (sold.said ->> 'by_succession')::boolean
)
SELECT ARRAY(SELECT id FROM maker) $$
"""
SOLD = f"""
CREATE FUNCTION site_sold_since(asked uuid) RETURNS text LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
SELECT min(sold.said ->> 'effective_on') FROM batch JOIN known_fact AS sold ON sold.about = batch.site_id::text
WHERE batch.id = asked AND {SEEN} AND sold.kind = 'SiteTransferred'
    AND sold.said ->> 'from_partner_id' = batch.partner_id::text
    AND (batch.started_on IS NULL OR (sold.said ->> 'effective_on')::date >= batch.started_on) $$
"""
FUNCTIONS = {"aliases_of": ALIASES, "makers_of": MAKERS, "site_sold_since": SOLD}
# As before, with how the lot is named.
USED = """
CREATE OR REPLACE VIEW lot_used AS
SELECT used.batch_id, used.lot_id, used.told_at, used.material, used.number
FROM material_use AS used JOIN batch ON batch.id = used.batch_id
WHERE used.use = 'consumed' AND used.lot_id <> batch.lot_id
    AND (current_user <> 'svc_partner' OR {tenant} = ANY (batch.parties))
    AND NOT EXISTS (SELECT FROM material_use AS newer WHERE newer.source = used.source AND newer.revision > used.revision)
""".format(tenant=tables.TENANT)
# Batches that are known by other numbers are few, and are asked for at the site of what they went into.
PARENTS = """
CREATE VIEW {view} WITH (security_invoker = true) AS
SELECT part.*, parent.id AS parent_id FROM {parts} AS part JOIN batch AS parent ON parent.lot_id = part.lot_id
UNION ALL
SELECT part.*, whole.id FROM {parts} AS part JOIN batch AS child ON child.id = part.batch_id
JOIN batch AS whole ON (whole.site_id, whole.material) = (child.site_id, part.material)
    AND part.number = ANY (whole.aliases)
WHERE whole.aliases <> '{{}}' AND whole.id <> child.id AND part.number = ANY (aliases_of(whole.id))
"""
EDGES = """
CREATE OR REPLACE VIEW batch_edge WITH (security_invoker = true) AS
SELECT parent_id, child_id, kind, jsonb_build_object('value', quantity::text, 'unit', unit) AS quantity, id AS link_id
FROM batch_link
UNION ALL
SELECT DISTINCT part.parent_id, part.batch_id, 'consumed', NULL::jsonb, NULL::uuid
FROM input_parent AS part
WHERE NOT EXISTS (SELECT FROM batch_link AS known WHERE known.parent_id = part.parent_id
                  AND known.child_id = part.batch_id AND known.kind = 'consumed')
UNION ALL
SELECT DISTINCT used.parent_id, used.batch_id, 'consumed', NULL::jsonb, NULL::uuid
FROM used_parent AS used
WHERE NOT EXISTS (
        SELECT FROM batch_link AS known WHERE known.parent_id = used.parent_id AND known.child_id = used.batch_id)
    AND NOT EXISTS (SELECT FROM input_parent AS named
                    WHERE named.batch_id = used.batch_id AND named.parent_id = used.parent_id)
"""
INPUTS = (
    (
        """SELECT DISTINCT ON (part.lot_id) part.material, part.number, parent.id AS batch_id, parent.partner_id
    FROM one JOIN batch_input_now AS part ON part.batch_id = one.id LEFT JOIN batch AS parent
        ON parent.lot_id = part.lot_id
""",
        """SELECT DISTINCT ON (part.lot_id, parent.id) part.material, part.number, parent.id AS batch_id, parent.partner_id
    FROM one JOIN batch_input_now AS part ON part.batch_id = one.id
    LEFT JOIN input_parent AS known ON known.batch_id = one.id AND known.id = part.id
    LEFT JOIN batch AS parent ON parent.id = known.parent_id
""",
    ),
)
GIVEN = (
    (
        "(SELECT * FROM batch_input_now WHERE lot_id = asked.lot_id OFFSET 0)",
        "(SELECT * FROM input_parent WHERE parent_id = asked.id OFFSET 0)",
    ),
    (
        "WHERE (used.material, used.number) = (asked.material, asked.number) AND",
        """WHERE used.material = asked.material AND used.number = ANY (
            CASE WHEN asked.aliases = '{}' THEN ARRAY[asked.number] ELSE asked.number || aliases_of(asked.id) END) AND""",
    ),
)


def upgrade() -> None:
    everybody = ", ".join(tables.ROLES)
    for name, function in FUNCTIONS.items():
        op.execute(function)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {everybody}")
    op.create_index("batch_input_number", "batch_input", ["material", "number"])
    op.execute(USED)
    for view, parts in (("input_parent", "batch_input_now"), ("used_parent", "lot_used")):
        op.execute(PARENTS.format(view=view, parts=parts))
        op.execute(f"GRANT SELECT ON {view} TO {everybody}")
    op.execute(EDGES)
    rewrite("whole_batch_dossier(uuid)", *INPUTS)
    rewrite("batch_given(uuid[])", *GIVEN)
    since_when()


def since_when() -> None:
    """It is kept since when the numbers of a batch are these: what was decided after that knew them."""
    op.add_column("batch", sa.Column("aliases_at", sa.DateTime(timezone=True)))
    changes.guard_dates("batch")
    changes.change_steps(
        "batch", lambda step: replace(step, sets=[*step.sets, "aliases_at"]) if "aliases" in step.sets else step
    )
    op.execute("GRANT UPDATE (aliases_at) ON batch TO svc_partner")
