"""A batch of which more is told to have gone into others than was made: what came of it, and is out, is asked about.

The genealogy is wrong somewhere, and nobody knows at which of them. Each is asked about once, whichever was told last.
"""

from typing import Final
from uuid import UUID

from contracts import clock
from quality_events.batches.locking import after_decisions
from quality_events.genealogy.overdrawn import OverdrawnBatch, found_overdrawn
from quality_events.impacts.commands import weigh_overdrawn
from runtime.timers import Timer
from runtime.work import Work

_WENT_INTO: Final = """
SELECT DISTINCT child.lot_id FROM batch_edge AS edge JOIN batch AS child ON child.id = edge.child_id
WHERE edge.parent_id = ANY ($1::uuid[]) ORDER BY child.lot_id
"""


async def look(work: Work) -> None:
    """Keep which batches are overdrawn by now, and ask wherever they went."""
    if found := await found_overdrawn(work):
        await _ask(work, found)


async def _ask(work: Work, ids: list[UUID]) -> None:
    await after_decisions(work, ids)
    asked_at = clock.now()
    work.session.add_all(OverdrawnBatch(id=id, asked_at=asked_at) for id in ids)
    await work.flush()
    rows = await work.connection.fetch(_WENT_INTO, ids)
    await weigh_overdrawn(work, [row["lot_id"] for row in rows])


overdrawing: Final = Timer("overdrawn-batches", 5.0, look)
