"""What stands against the lots of which a batch came, and since when it is known here that it came of them."""

from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.impacts import ImpactCause
from quality_events.deviations.shared import may_concern
from runtime.work import Work

# Of several ways from a cause to the batch the one that was told first counts: a release after it weighed the cause.
# A lot of which one telling is from before the moment was kept was always known.
_INHERITED: Final = """
WITH RECURSIVE part (lot_id, told_at) AS (
    SELECT told.lot_id, told.told_at FROM batch_input_now AS part JOIN batch_input AS told ON told.id = part.id
    WHERE part.batch_id = $1
    UNION ALL SELECT lot_id, told_at FROM lot_used WHERE batch_id = $1
    UNION ALL SELECT parent.lot_id, link.created_at
    FROM batch_link AS link JOIN batch AS parent ON parent.id = link.parent_id WHERE link.child_id = $1
), went_in AS (
    SELECT lot_id, min(told_at) AS told_at FROM part GROUP BY lot_id HAVING count(*) = count(told_at)
), up (id, told_at) AS (
    SELECT batch.id, went_in.told_at FROM went_in JOIN batch ON batch.lot_id = went_in.lot_id
    UNION SELECT named.parent_id, went_in.told_at FROM went_in JOIN (
        SELECT lot_id, parent_id FROM input_parent WHERE batch_id = $1
        UNION SELECT lot_id, parent_id FROM used_parent WHERE batch_id = $1) AS named USING (lot_id)
    UNION SELECT edge.parent_id, up.told_at FROM up, LATERAL (
        SELECT parent_id FROM batch_edge WHERE child_id = up.id OFFSET 0) AS edge
), lot AS (
    SELECT lot_id, told_at FROM went_in
    UNION SELECT batch.lot_id, up.told_at FROM up JOIN batch ON batch.id = up.id
    UNION SELECT part.lot_id, up.told_at FROM up, LATERAL (
        SELECT lot_id FROM lot_went_in WHERE batch_id = up.id OFFSET 0) AS part
), cause AS (
    SELECT 'deviation' AS type, one.id, lot.told_at, NULL AS occurred_at, NULL AS ended_at
    FROM lot JOIN deviation_lot AS named ON named.lot_id = lot.lot_id AND named.left_out_by_revision IS NULL
    JOIN deviation AS one ON one.id = named.deviation_id AND one.state <> 'cancelled'
    UNION ALL SELECT 'deviation', one.id, up.told_at, coalesce(one.equipment_since, one.occurred_at), stage.ended_at
    FROM up JOIN stage_at AS stage ON stage.batch_id = up.id
    JOIN deviation AS one ON one.site_id = stage.site_id AND one.shared_equipment <> '{}' AND one.state <> 'cancelled'
        AND same_equipment(stage.equipment, one.shared_equipment) <> '{}'
    UNION ALL SELECT 'oos', one.id, lot.told_at, NULL, NULL
    FROM lot JOIN oos_investigation AS one ON one.lot_id = lot.lot_id
)
SELECT type, id, occurred_at, ended_at, min(told_at) AS told_at FROM cause
GROUP BY type, id, occurred_at, ended_at ORDER BY type, id, told_at
"""


async def inherited(work: Work, batch_id: UUID) -> list[tuple[ImpactCause, UUID, datetime]]:
    """Each deviation and OOS of a lot that went into a batch, over all steps, or of what that was made on, and when it
    was told here first that it went in.
    """
    found: dict[tuple[ImpactCause, UUID], datetime] = {}
    for row in await work.connection.fetch(_INHERITED, batch_id):
        if row["occurred_at"] is None or may_concern(row["ended_at"], row["occurred_at"]):
            found.setdefault((ImpactCause(row["type"]), row["id"]), row["told_at"])
    return [(*cause, told_at) for cause, told_at in found.items()]
