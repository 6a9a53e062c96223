"""What our own facts mean for batches that are released."""

from contracts.complaints import ComplaintClosed, ComplaintReceived
from contracts.impacts import ImpactCause
from contracts.quality_events import (
    DeviationAmended,
    DeviationClassified,
    DeviationFact,
    DeviationLinked,
    DeviationRaised,
    OosConcluded,
    OosConclusion,
    OosFact,
    OosLinked,
    OosOpened,
    OosReopened,
)
from quality_events.impacts import commands
from runtime.subscriptions import Subscriptions
from runtime.work import Work

GROUP = "impacts"
"""The group of the handlers: a service that begins to weigh them is given the whole history."""


def weigh_impacts(subscriptions: Subscriptions) -> None:
    """Listen to what is told of causes, the first time and whenever their batches or their class change."""
    for deviation in (DeviationRaised, DeviationAmended, DeviationLinked, DeviationClassified):
        subscriptions.on(deviation, GROUP)(_deviation)
    for oos in (OosOpened, OosLinked, OosReopened):
        subscriptions.on(oos, GROUP)(_oos)
    subscriptions.on(OosConcluded, GROUP)(_concluded)
    subscriptions.on(ComplaintReceived, GROUP)(_complaint)
    subscriptions.on(ComplaintClosed, GROUP)(_answered)


async def _deviation(work: Work, fact: DeviationFact) -> None:
    await commands.weigh(work, ImpactCause.deviation, fact.deviation_id)


async def _oos(work: Work, fact: OosFact) -> None:
    await commands.weigh(work, ImpactCause.oos, fact.investigation_id)


async def _concluded(work: Work, fact: OosConcluded) -> None:
    if fact.conclusion is OosConclusion.confirmed:
        await commands.weigh(work, ImpactCause.oos, fact.investigation_id)


async def _complaint(work: Work, fact: ComplaintReceived) -> None:
    await commands.weigh(work, ImpactCause.complaint, fact.complaint_id)


async def _answered(work: Work, fact: ComplaintClosed) -> None:
    if fact.substantiated:
        await commands.weigh(work, ImpactCause.complaint, fact.complaint_id)
