"""Reads of distribution impacts."""

from collections.abc import Sequence

from quality_events.impacts.model import DistributionImpact
from quality_events.impacts.schemas import ImpactRead, ImpactState
from runtime.work import Work
from serving.listing import days, equal, whether

_OPEN = DistributionImpact.state == ImpactState.open
FILTERS = (
    equal(DistributionImpact, *("number", "state", "batch_id", "market", "cause_type", "cause_id", "outcome"))
    | {
        "overdue": whether(DistributionImpact.overdue, "it is open, and its time has passed"),
        "open": whether(lambda _: _OPEN, "it is not assessed"),
    }
    | days(DistributionImpact.sponsor_aware_at, "known")
)


async def show(work: Work, impacts: Sequence[DistributionImpact]) -> list[ImpactRead]:
    """The impacts with their clocks."""
    return [
        ImpactRead.model_validate(
            dict(one) | {"overdue": one.is_overdue(work.now), "in_time": one.was_in_time(work.now)}
        )
        for one in impacts
    ]
