"""What facts mean for batches that are released: our own, and what partners' systems tell of how a batch was made."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from contracts import Fact, Recorded
from contracts.batch_records import BatchRecordReported, MaterialUseReported, ProcessExcursionReported
from contracts.batches import BatchesLinked, BatchHeld, BatchRecordRevised
from contracts.changes import ChangeFact, ChangeImplemented, ChangeRefused
from contracts.complaints import ComplaintClosed, ComplaintReceived
from contracts.data_integrity import DataIntegrityFlagged
from contracts.dispositions import BatchRejected, BatchStopped
from contracts.impacts import ImpactCause, ImpactGround
from contracts.partner_feeds import BatchCompletionReported, BatchStartReported
from contracts.qualifications import SiteQualificationChanged
from contracts.quality_events import (
    BatchManufactured,
    BatchStarted,
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
from contracts.registrations import RegistrationChanged
from contracts.sample_tracking import ResultsReported
from quality_events.batches.aliases import told_of_batches
from quality_events.impacts import commands
from quality_events.impacts.taken_away import weigh_taken_away
from runtime.subscriptions import Subscriptions
from runtime.work import Work

GROUP = "impacts"
"""The group of the handlers: a service that begins to weigh them is given the whole history."""

OF_MAKING: Final[Mapping[type[Fact], Sequence[ImpactGround]]] = {
    BatchStartReported: (ImpactGround.record, ImpactGround.inputs),
    BatchCompletionReported: (ImpactGround.record,),
    BatchRecordReported: (ImpactGround.record,),
    BatchRecordRevised: (ImpactGround.record,),
    # What a person stated of a start, or of the making once the record was here.
    BatchStarted: (ImpactGround.inputs,),
    BatchManufactured: (ImpactGround.record,),
    BatchesLinked: (ImpactGround.inputs,),
    ResultsReported: (ImpactGround.results,),
    DataIntegrityFlagged: (ImpactGround.results,),
    ProcessExcursionReported: (ImpactGround.excursions,),
    MaterialUseReported: (ImpactGround.inputs,),
}
"""What may be news of how a batch was made or tested. It is weighed after what keeps it, which stands before."""


def weigh_impacts(subscriptions: Subscriptions) -> None:
    """Listen to what is told of causes, the first time and whenever their batches or their class change."""
    for deviation in (DeviationRaised, DeviationAmended, DeviationLinked, DeviationClassified):
        subscriptions.on(deviation, GROUP)(_deviation)
    for oos in (OosOpened, OosLinked, OosReopened):
        subscriptions.on(oos, GROUP)(_oos)
    subscriptions.on(OosConcluded, GROUP)(_concluded)
    subscriptions.on(ComplaintReceived, GROUP)(_complaint)
    subscriptions.on(ComplaintClosed, GROUP)(_answered)
    for kept_back in (BatchRejected, BatchStopped, BatchHeld):
        subscriptions.on(kept_back, GROUP)(_kept_back)
    for change in (ChangeImplemented, ChangeRefused):
        subscriptions.on(change, GROUP)(_change)
    for taken in (SiteQualificationChanged, RegistrationChanged):
        subscriptions.on_batch(taken, GROUP)(weigh_taken_away)
    for report, grounds in OF_MAKING.items():
        subscriptions.on_batch(report, GROUP)(_making(grounds))


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


async def _kept_back(work: Work, fact: Any) -> None:
    await commands.weigh_kept_back(work, fact.batch_id)


async def _change(work: Work, fact: ChangeFact) -> None:
    await commands.weigh_change(work, fact.change_id)


def _making(grounds: Sequence[ImpactGround]) -> Callable[[Work, Sequence[Recorded[Any]]], Awaitable[None]]:
    async def weigh(work: Work, facts: Sequence[Recorded[Any]]) -> None:
        if not any(isinstance(each.fact, BatchesLinked) for each in facts):
            facts = await told_of_batches(work, facts)
        lots = [each.fact.child_lot if isinstance(each.fact, BatchesLinked) else each.fact.lot for each in facts]
        of_lots = {lot.id: each for lot, each in zip(lots, facts, strict=True) if lot}
        await commands.weigh_making(work, of_lots, grounds)

    return weigh
