"""Equipment that a deviation is of and that other lots are made on, too: it counts for each of these (EU GMP 8.13).

Which lots a departure concerns its record names. Of equipment that is shared it names the equipment, and the batches'
own records say what was made on it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from quality_events import moments
from quality_events.deviations.model import Deviation
from runtime.work import Work

_A_DAY: Final = timedelta(days=1)
_SHARED: Final = "SELECT * FROM shared_deviations_of($1)"
_MADE_ON: Final = """
SELECT stage.batch_id, stage.ended_at FROM stage_at AS stage
WHERE stage.site_id = $1 AND same_equipment(stage.equipment, $2::varchar[]) <> '{}' ORDER BY stage.batch_id
"""

_UNKNOWN: Final = """
SELECT said.id, array_agg(one ORDER BY one) AS equipment
FROM deviation AS said, unnest(said.shared_equipment) AS one
WHERE said.id = ANY ($1) AND NOT EXISTS (
    SELECT FROM stage_at AS stage WHERE stage.site_id = said.site_id
    AND same_equipment(stage.equipment, ARRAY[one]) <> '{}')
GROUP BY said.id
"""


def may_concern(ended_at: str | None, occurred_at: str) -> bool:
    """Whether work may have gone on when something happened: not where it had ended before, on whichever local day."""
    if ended_at is None:
        return True
    return moments.ends(moments.read(ended_at)) + _A_DAY >= moments.sortable(moments.read(occurred_at))


async def shared_with(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """Open deviations of equipment that a batch, or what it came of, was made on, or may have been (``known``).

    Who is no party to one learns that there is one: it has no number then, and is for the sponsor to read.
    """
    rows = [dict(row) for row in await work.connection.fetch(_SHARED, batch_id)]
    found = [each for each in rows if may_concern(each["ended_at"], each["occurred_at"])]
    return [each | {"reader": "everybody" if each["number"] else None} for each in found]


async def made_on(work: Work, deviation: Deviation) -> list[UUID]:
    """The batches of which a stage says that it was made on its equipment, and that had not ended before."""
    if not deviation.shared_equipment:
        return []
    rows = await work.connection.fetch(_MADE_ON, deviation.site_id, deviation.shared_equipment)
    since = deviation.equipment_since or deviation.occurred_at
    return list(dict.fromkeys(row["batch_id"] for row in rows if may_concern(row["ended_at"], since)))


async def not_known(work: Work, deviations: Sequence[Deviation]) -> Mapping[UUID, list[str]]:
    """Of each deviation the equipment that no stage at its site names, of the batches that who asks sees: it may be
    written wrongly, and then stands against nothing."""
    ids = [each.id for each in deviations if each.shared_equipment]
    rows = await work.connection.fetch(_UNKNOWN, ids) if ids else ()
    return {row["id"]: row["equipment"] for row in rows}
