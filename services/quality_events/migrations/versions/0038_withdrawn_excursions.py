"""An excursion that its source tells of another partner's lot is withdrawn, and begins anew there."""

from alembic import op
from installation.tables import TENANT

revision = "0038"
down_revision = "0037"

SEEN = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))"
# A batch is judged by all excursions, also for a maker that may not read those of another: of these it learns that there
# are some, and whether they are open. What is withdrawn stands for nothing.
EXCURSIONS = f"""
CREATE OR REPLACE FUNCTION excursions_of(asked uuid) RETURNS TABLE (
    id uuid, number varchar, state varchar, outcome varchar, partner_id uuid, step varchar, said varchar,
    decision varchar, since timestamptz, left_open boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH RECURSIVE up (id) AS (
    SELECT batch.id FROM batch WHERE batch.id = asked AND {SEEN}
    UNION SELECT edge.parent_id FROM up, LATERAL (
        SELECT parent_id FROM batch_edge WHERE child_id = up.id OFFSET 0) AS edge
), one AS (
    SELECT said.*, (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (said.parties)) AS theirs,
           said.deviation_id IS NOT NULL AND NOT EXISTS (
               SELECT FROM deviation AS dealt JOIN deviation_lot AS named ON named.deviation_id = dealt.id
               WHERE dealt.id = said.deviation_id AND dealt.state <> 'cancelled'
               AND named.lot_id = said.lot_id AND named.left_out_by_revision IS NULL) AS left_open
    FROM up JOIN process_excursion AS said ON said.batch_id = up.id AND said.state <> 'withdrawn'
)
SELECT CASE WHEN theirs THEN id END, CASE WHEN theirs THEN number END, state, CASE WHEN theirs THEN outcome END,
       CASE WHEN theirs THEN partner_id END, CASE WHEN theirs THEN step END,
       CASE WHEN theirs THEN concat_ws(' ', kind, text) END, CASE WHEN theirs THEN decision END,
       CASE WHEN theirs THEN created_at END, left_open
FROM one ORDER BY one.number $$
"""


def upgrade() -> None:
    op.drop_constraint("process_excursion_source_key", "process_excursion", type_="unique")
    op.create_unique_constraint("process_excursion_once", "process_excursion", ["source", "partner_id"])
    op.execute(EXCURSIONS)
