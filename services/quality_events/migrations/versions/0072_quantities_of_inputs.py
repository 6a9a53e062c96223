"""How much of a lot went into a batch is kept, whoever tells it, and counts in what is left of the lot.

Investigations of results that are out of trend keep by when they were to be concluded at first.
"""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import TENANT

revision = "0072"
down_revision = "0071"

AS_ITS_OWNER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"
SEEN = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY ({{}}.parties))"
TOLD = f"""
CREATE FUNCTION uses_told(asked uuid) RETURNS TABLE (
    source varchar, revision int, material varchar, number varchar, use varchar, quantity numeric, unit varchar,
    step varchar, told_at timestamptz, superseded boolean)
LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
SELECT used.source, used.revision, used.material, used.number, used.use, used.quantity, used.unit, used.step,
       used.told_at, EXISTS (
    SELECT FROM material_use AS newer WHERE newer.source = used.source AND newer.revision > used.revision)
FROM batch JOIN material_use AS used ON used.batch_id = batch.id WHERE batch.id = asked AND {SEEN.format("batch")}
ORDER BY used.source, used.revision $$
"""
# As before, with the columns that the inputs have by now.
INPUTS = """
CREATE OR REPLACE VIEW batch_input_now WITH (security_invoker = true) AS
SELECT part.* FROM batch_input AS part JOIN batch AS child ON child.id = part.batch_id
WHERE CASE WHEN child.start_source = part.source THEN part.revision >= child.start_revision
      ELSE NOT EXISTS (SELECT FROM batch_input AS newer WHERE newer.batch_id = part.batch_id
                       AND newer.source = part.source AND newer.revision > part.revision) END
"""
# A partner asks of its own batches. Into which of another's one went it is not told, but what is said of the same one: what
# several say of it is not added up.
GIVEN = f"""
CREATE FUNCTION batch_given(batches uuid[]) RETURNS TABLE (
    parent_id uuid, child_id uuid, nth_child bigint, told_by text, quantity numeric, unit text)
LANGUAGE sql STABLE {AS_ITS_OWNER} AS $$
WITH asked AS (
    SELECT batch.* FROM unnest(batches) AS one (id) JOIN batch USING (id) WHERE {SEEN.format("batch")}
), told AS (
    SELECT asked.id AS parent_id, link.child_id, 'link' AS told_by, link.quantity, link.unit
    FROM asked JOIN batch_link AS link ON link.parent_id = asked.id
    UNION ALL
    SELECT asked.id, part.batch_id, 'input', part.quantity, part.unit
    FROM asked, LATERAL (SELECT * FROM batch_input_now WHERE lot_id = asked.lot_id OFFSET 0) AS part
    UNION ALL
    SELECT asked.id, used.batch_id, 'use', used.quantity, used.unit
    FROM asked, LATERAL (
        SELECT used.* FROM material_use AS used JOIN batch AS child ON child.id = used.batch_id
        WHERE (used.material, used.number) = (asked.material, asked.number) AND used.use = 'consumed'
            AND child.site_id = asked.site_id AND child.id <> asked.id OFFSET 0) AS used
    WHERE NOT EXISTS (
        SELECT FROM material_use AS newer WHERE newer.source = used.source AND newer.revision > used.revision)
), shown AS (
    SELECT told.parent_id, CASE WHEN {SEEN.format("child")} THEN told.child_id END AS child_id,
           dense_rank() OVER (PARTITION BY told.parent_id ORDER BY told.child_id) AS nth_child, told.told_by,
           told.quantity, told.unit
    FROM told JOIN batch AS child ON child.id = told.child_id
)
SELECT parent_id, child_id, nth_child, told_by, sum(quantity), unit FROM shown
GROUP BY parent_id, child_id, nth_child, told_by, unit ORDER BY parent_id, nth_child, told_by, unit $$
"""
# When those that were withdrawn were told at first, before they were, nobody kept.
AT_FIRST = "UPDATE oot_investigation SET first_aware_at = aware_at WHERE state <> 'withdrawn'"
FUNCTIONS = {"uses_told(uuid)": TOLD, "batch_given(uuid[])": GIVEN}


def upgrade() -> None:
    for table, least in (("batch_input", "quantity > 0"), ("material_use", "quantity >= 0")):
        op.add_column(table, sa.Column("quantity", sa.Numeric()))
        op.add_column(table, sa.Column("unit", sa.String()))
        op.create_check_constraint(f"{table}_is_some", table, f"{least} AND (quantity IS NULL) = (unit IS NULL)")
    changes.fill_too("batch_input", "quantity", "unit")
    op.execute("GRANT UPDATE (quantity, unit) ON material_use TO svc_worker")
    op.execute(INPUTS)
    op.create_index("material_use_number", "material_use", ["material", "number"])
    for signature, function in FUNCTIONS.items():
        op.execute(f"DROP FUNCTION {signature}")
        op.execute(function)
        op.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {', '.join(tables.ROLES)}")
    op.add_column("oot_investigation", sa.Column("first_aware_at", sa.DateTime(timezone=True)))
    changes.guard_dates("oot_investigation")
    changes.unseen("oot_investigation", AT_FIRST)
