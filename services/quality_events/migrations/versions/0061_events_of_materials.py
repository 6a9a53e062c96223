"""What happens to a lot that is no batch here, such as a raw material's, is of every batch that it went into."""

from installation.changes import rewrite

revision = "0061"
down_revision = "0059"

PART = """LATERAL (
        SELECT lot_id FROM batch_input_now WHERE batch_id = up.id OFFSET 0) AS part"""
# Of a lot that is a batch the edges tell. What is made good by a rework is so of what went in before it, too.
WENT_IN = f"""), went_in (lot_id, whole) AS (
    SELECT part.lot_id, bool_or(up.id IN (SELECT id FROM as_it_is)) FROM up, {PART} GROUP BY part.lot_id
), deviations AS ("""
DEVIATIONS = (
    """up.id = asked AS own, up.id IN (SELECT id FROM same) AS made, lot.impact
    FROM up JOIN deviation_lot AS lot ON lot.batch_id = up.id AND lot.left_out_by_revision IS NULL
    JOIN deviation AS said ON said.id = lot.deviation_id""",
    """coalesce(lot.batch_id = asked, false) AS own,
           coalesce(lot.batch_id IN (SELECT id FROM same), false) AS made, lot.impact
    FROM (
        SELECT lot.* FROM up JOIN deviation_lot AS lot ON lot.batch_id = up.id
        UNION ALL
        SELECT lot.* FROM went_in JOIN deviation_lot AS lot ON lot.lot_id = went_in.lot_id AND lot.batch_id IS NULL
    ) AS lot JOIN deviation AS said ON said.id = lot.deviation_id AND lot.left_out_by_revision IS NULL""",
)
OF_INVESTIGATIONS = (
    (
        """up.id = asked AS own, up.id IN (SELECT id FROM same) AS made,
           up.id IN (SELECT id FROM as_it_is) AS whole,""",
        """coalesce(said.batch_id = asked, false) AS own,
           coalesce(said.batch_id IN (SELECT id FROM same), false) AS made, said.whole,""",
    ),
    (
        """told.about = (
                SELECT lot_id::text FROM batch WHERE batch.id = up.id)""",
        "told.about = said.lot_id::text",
    ),
    (
        "FROM up JOIN oos_investigation AS said ON said.batch_id = up.id",
        """FROM (
        SELECT one.*, up.id IN (SELECT id FROM as_it_is) AS whole
        FROM up JOIN oos_investigation AS one ON one.batch_id = up.id
        UNION ALL
        SELECT one.*, went_in.whole
        FROM went_in JOIN oos_investigation AS one ON one.lot_id = went_in.lot_id AND one.batch_id IS NULL
    ) AS said""",
    ),
)
LATE = (
    "SELECT batch.lot_id FROM up JOIN batch ON batch.id = up.id",
    f"SELECT batch.lot_id FROM up JOIN batch ON batch.id = up.id UNION SELECT part.lot_id FROM up, {PART}",
)


def upgrade() -> None:
    rewrite("whole_batch_dossier(uuid)", ("), deviations AS (", WENT_IN), DEVIATIONS, *OF_INVESTIGATIONS)
    rewrite("late_amendments_of(uuid)", LATE)
