"""Reads of distribution impacts."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from quality_events import clocks
from quality_events.batches.locking import locked_beside_batch
from quality_events.batches.names import of_batch, refs_of
from quality_events.impacts.causes import causes_of
from quality_events.impacts.model import DistributionImpact
from quality_events.impacts.schemas import ImpactRead, ImpactState
from quality_events.recalls.queries import recall_refs
from quality_events.settings import sponsor
from runtime.work import Work
from serving.listing import days, equal, whether

_OPEN = DistributionImpact.state == ImpactState.open
FILTERS = (
    equal(DistributionImpact, *("number", "state", "batch_id", "market", "cause_type", "cause_id", "outcome"))
    | {
        "overdue": whether(DistributionImpact.overdue, "it is open, and its time has passed"),
        "open": whether(lambda _: _OPEN, "it is not assessed"),
    }
    | of_batch(DistributionImpact, "product_id", "partner_id")
    | days(DistributionImpact.sponsor_aware_at, "known")
)


_OPEN_OF: Final = """
SELECT id, number, market, cause_type, created_at AS since, due_at AS due FROM distribution_impact
WHERE batch_id = $1 AND state = 'open' ORDER BY number
"""


async def open_of(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """What is asked about a batch, in any market, and nobody has assessed. The sponsor's alone."""
    return [dict(row) for row in await work.connection.fetch(_OPEN_OF, batch_id)]


async def locked(work: Work, key: str) -> DistributionImpact:
    """An impact by its id, in a command with its batch's row held before it: a decision waits for this, or was seen."""
    return await locked_beside_batch(work, DistributionImpact, key, "distribution impact")


async def show(work: Work, impacts: Sequence[DistributionImpact]) -> list[ImpactRead]:
    """The impacts with their batches, causes and clocks."""
    batches, causes = await refs_of(work, {one.batch_id for one in impacts}), await causes_of(work, impacts)
    recalls = await recall_refs(work, {one.recall_id for one in impacts if one.recall_id})
    zone = sponsor().zone.key
    return [
        ImpactRead.model_validate(
            dict(one)
            | {"batch": batches[one.batch_id], "cause": causes[one.cause_type, one.cause_id]}
            | {
                "recall": recalls.get(one.recall_id) if one.recall_id else None,
                "due_on": clocks.last_day(one.due_at, zone),
                "overdue": one.is_overdue(work.now),
                "in_time": one.was_in_time(work.now),
            }
        )
        for one in impacts
    ]
