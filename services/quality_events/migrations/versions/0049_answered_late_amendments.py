"""What was amended after a deviation had ended waits for an answer, and stands against the release of its lots."""

import sqlalchemy as sa
from alembic import op
from installation import changes, tables
from installation.tables import TENANT

revision = "0049"
down_revision = "0048"

SEEN = f"(current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (batch.parties))"
# Of what is there nobody answered any. The classes in the order of their gravity.
WAITING = """
WITH grave (class, gravity) AS (VALUES ('minor', 1), ('major', 2), ('critical', 3)), own AS (
    SELECT one.id, coalesce(max(grave.gravity), 0) AS gravity, ARRAY(
        SELECT lot_id FROM deviation_lot AS lot WHERE lot.deviation_id = one.id AND lot.left_out_by_revision IS NULL) AS lots
    FROM deviation AS one LEFT JOIN grave ON grave.class IN (one.classification, one.proposed_classification)
    WHERE one.state IN ('closed', 'cancelled') AND jsonb_array_length(one.late_amendments) > 0 GROUP BY one.id
), said AS (
    SELECT own.*, coalesce(grave.gravity, 0) > own.gravity AS graver, ARRAY(
        SELECT (lot ->> 'id')::uuid FROM jsonb_array_elements(late -> 'lots') AS lot) AS named
    FROM own JOIN deviation AS one USING (id), jsonb_array_elements(one.late_amendments) AS late
    LEFT JOIN grave ON grave.class = late ->> 'proposed_classification'
), found AS (
    SELECT said.id, array_agg(DISTINCT lot_id ORDER BY lot_id) AS lots FROM said, LATERAL (
        SELECT unnest(named) AS lot_id UNION SELECT unnest(lots) WHERE graver) AS lot
    WHERE graver OR lot_id <> ALL (lots) GROUP BY said.id
)
UPDATE deviation SET late_lot_ids = found.lots, awaited_side = 'sponsor', awaited_partner_id = NULL,
       awaited_since = updated_at
FROM found WHERE found.id = deviation.id
"""
# A batch is judged by all of them, also for a maker that is no party to the deviation: it learns that there is one.
LATE = f"""
CREATE FUNCTION late_amendments_of(asked uuid) RETURNS TABLE (id uuid, number varchar, state varchar, since text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
WITH RECURSIVE up (id) AS (
    SELECT batch.id FROM batch WHERE batch.id = asked AND {SEEN}
    UNION SELECT edge.parent_id FROM up, LATERAL (
        SELECT parent_id FROM batch_edge WHERE child_id = up.id OFFSET 0) AS edge
), one AS (
    SELECT said.*, (current_setting('role') <> 'svc_partner' OR {TENANT} = ANY (said.parties)) AS theirs
    FROM deviation AS said WHERE said.late_lot_ids IS NOT NULL
    AND said.late_lot_ids && ARRAY(SELECT batch.lot_id FROM up JOIN batch ON batch.id = up.id)
)
SELECT CASE WHEN theirs THEN id END, CASE WHEN theirs THEN number END, CASE WHEN theirs THEN state END,
       CASE WHEN theirs THEN late_amendments -> -1 ->> 'reported_at' END
FROM one ORDER BY one.number $$
"""


def upgrade() -> None:
    op.add_column("deviation", sa.Column("late_lot_ids", sa.ARRAY(sa.Uuid())))
    changes.unseen("deviation", WAITING)
    some = sa.text("late_lot_ids IS NOT NULL")
    op.create_index(
        "deviation_late_lot_ids", "deviation", ["late_lot_ids"], postgresql_using="gin", postgresql_where=some
    )
    op.execute(LATE)
    op.execute("REVOKE EXECUTE ON FUNCTION late_amendments_of FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION late_amendments_of TO {', '.join(tables.ROLES)}")
