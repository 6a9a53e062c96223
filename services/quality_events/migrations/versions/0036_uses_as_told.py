"""Each revision of what a maker's system says went into a batch is kept: a later one overwrites none."""

from alembic import op
from installation import tables
from installation.tables import TENANT

revision = "0036"
down_revision = "0035"

AS_ITS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
SEEN = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))"
# What a later revision says of another batch, the maker of this one does not read: only that there is one.
TOLD = f"""
CREATE FUNCTION uses_told(asked uuid) RETURNS TABLE (
    source varchar, revision int, material varchar, number varchar, use varchar, step varchar, told_at timestamptz,
    superseded boolean)
LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
SELECT used.source, used.revision, used.material, used.number, used.use, used.step, used.told_at, EXISTS (
    SELECT FROM material_use AS newer WHERE newer.source = used.source AND newer.revision > used.revision)
FROM batch JOIN material_use AS used ON used.batch_id = batch.id WHERE batch.id = asked AND {SEEN}
ORDER BY used.source, used.revision $$
"""
# Its own lot, which a system may name as what was used, is no input.
NOT_NAMED = f"""
CREATE OR REPLACE FUNCTION uses_not_named(asked uuid) RETURNS TABLE (
    material varchar, number varchar, told_at timestamptz)
LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
WITH one AS (SELECT batch.* FROM batch WHERE batch.id = asked AND {SEEN}), named AS (
    SELECT part.material, part.number FROM one JOIN batch_input_now AS part ON part.batch_id = one.id
    UNION SELECT parent.material, parent.number
    FROM one JOIN batch_link AS link ON link.child_id = one.id JOIN batch AS parent ON parent.id = link.parent_id
    UNION SELECT one.material, one.number FROM one
)
SELECT used.material, used.number, max(used.told_at) FROM uses_told(asked) AS used
WHERE used.use = 'consumed' AND NOT used.superseded
    AND NOT EXISTS (SELECT FROM named WHERE (named.material, named.number) = (used.material, used.number))
GROUP BY used.material, used.number ORDER BY used.material, used.number $$
"""


def upgrade() -> None:
    op.drop_column("material_use", "id")
    op.create_primary_key("material_use_pkey", "material_use", ["source", "revision"])
    op.execute("REVOKE UPDATE, DELETE ON material_use FROM svc_worker")
    for function in (TOLD, NOT_NAMED):
        op.execute(function)
    op.execute("REVOKE EXECUTE ON FUNCTION uses_told FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION uses_told TO {', '.join(tables.ROLES)}")
