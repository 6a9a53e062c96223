"""A deviation names equipment that other lots are made on, too: it counts for each batch that was made on it."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import TENANT

revision = "0052"
down_revision = "0051"

SEEN = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))"
# A batch is judged by all of them, also for a maker that is no party to the deviation: it learns that there is one. A
# making of which nobody stated the steps was made on nobody knows what.
# What a maker's records call PRESS-07 a person types as Press 07: neither case nor blanks nor hyphens tell presses apart.
EQUIPMENT_ID = r"""
CREATE FUNCTION equipment_id(written varchar) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
SELECT lower(regexp_replace(normalize(written, NFKC), '[\s\u00ad\u2010-\u2015\u2212-]', '', 'g')) $$
"""
SAME = """
CREATE FUNCTION same_equipment(used varchar[], said varchar[]) RETURNS varchar[]
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT ARRAY(SELECT DISTINCT one FROM unnest(used) AS one
             WHERE equipment_id(one) IN (SELECT equipment_id(other) FROM unnest(said) AS other) ORDER BY 1) $$
"""
FUNCTIONS = ("equipment_id", "same_equipment", "shared_deviations_of")
SHARED = f"""
CREATE FUNCTION shared_deviations_of(asked uuid) RETURNS TABLE (
    id uuid, number varchar, classification varchar, state varchar, occurred_at varchar, since timestamptz,
    step varchar, ended_at varchar, equipment varchar[], known boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH RECURSIVE up (id) AS (
    SELECT batch.id FROM batch WHERE batch.id = asked AND {SEEN}
    UNION SELECT edge.parent_id FROM up, LATERAL (
        SELECT parent_id FROM batch_edge WHERE child_id = up.id OFFSET 0) AS edge
), used AS (
    SELECT stage.site_id, stage.step, stage.ended_at, stage.equipment FROM up JOIN batch_stage AS stage ON stage.batch_id = up.id
    UNION ALL SELECT batch.site_id, 'making', batch.completed_at, '{{}}' FROM up JOIN batch ON batch.id = up.id
    WHERE coalesce(batch.started_at, batch.completed_at) IS NOT NULL
        AND NOT EXISTS (SELECT FROM batch_stage AS stage WHERE stage.batch_id = batch.id)
), one AS (
    SELECT said.*, used.step, used.ended_at, same_equipment(used.equipment, said.shared_equipment) AS on_which,
           used.equipment <> '{{}}' AS known,
           (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (said.parties)) AS theirs
    FROM deviation AS said JOIN used ON used.site_id = said.site_id
        AND (used.equipment = '{{}}' OR same_equipment(used.equipment, said.shared_equipment) <> '{{}}')
    WHERE said.shared_equipment <> '{{}}' AND said.state NOT IN ('closed', 'cancelled')
        AND NOT EXISTS (SELECT FROM deviation_lot AS lot JOIN up ON up.id = lot.batch_id
                        WHERE lot.deviation_id = said.id AND lot.left_out_by_revision IS NULL)
)
SELECT CASE WHEN theirs THEN id END, CASE WHEN theirs THEN number END, classification, state, occurred_at,
       CASE WHEN theirs THEN created_at END, step, ended_at, CASE WHEN theirs THEN on_which ELSE '{{}}' END, known
FROM one ORDER BY one.number, step, ended_at $$
"""


def upgrade() -> None:
    changes.add_required("deviation", sa.Column("shared_equipment", sa.ARRAY(sa.String())), value="'{}'")
    changes.fill_too("deviation", "shared_equipment")
    some = sa.text("shared_equipment <> '{}' AND state NOT IN ('closed', 'cancelled')")
    op.create_index("deviation_shared_equipment", "deviation", ["site_id"], postgresql_where=some)
    for function in (EQUIPMENT_ID, SAME, SHARED):
        op.execute(function)
    for name in FUNCTIONS:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {', '.join(tables.ROLES)}")
