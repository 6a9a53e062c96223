"""Reads of distribution impacts."""

from collections.abc import Sequence

from quality_events import clocks
from quality_events.batches.names import of_batch, refs_of
from quality_events.impacts.causes import causes_of
from quality_events.impacts.model import DistributionImpact
from quality_events.impacts.schemas import ImpactRead, ImpactState
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


async def show(work: Work, impacts: Sequence[DistributionImpact]) -> list[ImpactRead]:
    """The impacts with their batches, causes and clocks."""
    batches, causes = await refs_of(work, {one.batch_id for one in impacts}), await causes_of(work, impacts)
    zone = sponsor().zone.key
    return [
        ImpactRead.model_validate(
            dict(one)
            | {"batch": batches[one.batch_id], "cause": causes[one.cause_type, one.cause_id]}
            | {
                "due_on": clocks.last_day(one.due_at, zone),
                "overdue": one.is_overdue(work.now),
                "in_time": one.was_in_time(work.now),
            }
        )
        for one in impacts
    ]
