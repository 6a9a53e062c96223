"""What others' facts mean here."""

from collections.abc import Sequence

from contracts import Recorded
from contracts.batches import BatchTerminated
from contracts.companies import PartnerAbsorbed
from contracts.laboratory_orders import TestOrderAccepted
from contracts.method_transfers import MethodTransferCompleted, MethodTransferRepeated
from contracts.partner_feeds import TestResultsReported
from contracts.partner_registry import PartnerStatusChanged, ProductRegistered, SiteRegistered
from contracts.qualifications import SiteQualificationChanged
from contracts.quality_events import BatchManufactured, BatchStarted, OosConcluded, OosReopened
from contracts.registrations import RegistrationChanged
from contracts.sample_tracking import ResultApproved, ResultInterpreted, ResultsReported
from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from sample_tracking.entitlements import following
from sample_tracking.flags import commands as flags
from sample_tracking.laboratories import commands as laboratories
from sample_tracking.lots import commands as lots
from sample_tracking.lots.whose import keep_makers
from sample_tracking.orders import commands as orders
from sample_tracking.orders import queries as order_queries
from sample_tracking.results import commands as results
from sample_tracking.results import conclusions
from sample_tracking.specifications import registrations
from sample_tracking.trends import commands as trends

subscriptions = keep_makers(keep_directory(Subscriptions()))


@subscriptions.on(ProductRegistered, group="joining")  # so that an upgrade is told of all products once more
async def on_product_registered(work: Work, fact: ProductRegistered) -> None:
    """What was tested before is the product's, too."""
    await results.learn_product(work, fact.code, fact.product_id)


@subscriptions.on_batch(BatchStarted)
async def on_batch_started(work: Work, facts: Sequence[Recorded[BatchStarted]]) -> None:
    """A lot is judged by what was in force when it was made."""
    await lots.started(work, facts)
    await flags.judge_lots(work, {each.fact.lot.id for each in facts})


@subscriptions.on_batch(BatchManufactured)
async def on_batch_manufactured(work: Work, facts: Sequence[Recorded[BatchManufactured]]) -> None:
    """The day of completion counts more than that of the start."""
    await lots.manufactured(work, facts)
    await flags.judge_lots(work, {each.fact.lot.id for each in facts})


@subscriptions.on_batch(BatchTerminated)
async def on_batch_terminated(work: Work, facts: Sequence[Recorded[BatchTerminated]]) -> None:
    """No later revision looks back at it."""
    await lots.terminated(work, facts)


@subscriptions.on_batch(OosConcluded)
async def on_oos_concluded(work: Work, facts: Sequence[Recorded[OosConcluded]]) -> None:
    """A result that was found invalid stands on no certificate, and answers no order."""
    await _take_conclusions(work, facts)


@subscriptions.on_batch(OosReopened)
async def on_oos_reopened(work: Work, facts: Sequence[Recorded[OosReopened]]) -> None:
    """What was found invalid is not any more."""
    await _take_conclusions(work, facts)


async def _take_conclusions(work: Work, facts: Sequence[conclusions.Conclusion]) -> None:
    lots = {each.fact.lot.id: each for each in facts}
    await order_queries.lock(work, lots)
    await conclusions.take(work, facts)
    await orders.settle(work, lots)
    await trends.judge(work, {each.fact.result_id for each in facts})


@subscriptions.on_batch(TestResultsReported)
async def on_test_results_reported(work: Work, facts: Sequence[Recorded[TestResultsReported]]) -> None:
    """Every reported result is recorded, evaluated and told; out of specification, at once."""
    await results.take_reports(work, facts)


@subscriptions.on_batch(SiteRegistered, group="countries")  # of all sites, also at an upgrade
async def on_site_registered(work: Work, facts: Sequence[Recorded[SiteRegistered]]) -> None:
    """The working days of a laboratory are those of its country."""
    await laboratories.keep_countries(work, facts)


@subscriptions.on_batch(RegistrationChanged)
async def on_registration_changed(work: Work, facts: Sequence[Recorded[RegistrationChanged]]) -> None:
    """Which specification a market's registration names."""
    await registrations.keep(work, facts)


@subscriptions.on_batch(SiteQualificationChanged)
async def on_site_qualification_changed(work: Work, facts: Sequence[Recorded[SiteQualificationChanged]]) -> None:
    """Whether a laboratory may be given orders."""
    await laboratories.keep_qualifications(work, facts)


@subscriptions.on_batch(PartnerStatusChanged)
async def on_partner_status_changed(work: Work, facts: Sequence[Recorded[PartnerStatusChanged]]) -> None:
    """A laboratory of a partner that is suspended, or has left, is given no orders."""
    await laboratories.keep_partners(work, facts)


@subscriptions.on_batch(PartnerAbsorbed)
async def on_partner_absorbed(work: Work, facts: Sequence[Recorded[PartnerAbsorbed]]) -> None:
    """One that merged into another is there no more."""
    await laboratories.keep_partners(work, facts)


@subscriptions.on_batch(ResultsReported)
async def on_results_reported(work: Work, facts: Sequence[Recorded[ResultsReported]]) -> None:
    """Results of our own may answer an order, or open one again, and something may speak against their data. Nobody
    who records results waits for that."""
    await orders.settle(work, {each.fact.lot.id: each for each in facts})
    told = {result.result_id for each in facts for result in each.fact.results}
    await flags.judge(work, told)
    amended = {result.supersedes for each in facts for result in each.fact.results if result.supersedes}
    await trends.judge(work, told | amended)


@subscriptions.on_batch(ResultInterpreted)
async def on_result_interpreted(work: Work, facts: Sequence[Recorded[ResultInterpreted]]) -> None:
    """Read as another test, it may answer an order."""
    await orders.settle(work, {each.fact.lot.id: each for each in facts})


@subscriptions.on_batch(ResultApproved)
async def on_result_approved(work: Work, facts: Sequence[Recorded[ResultApproved]]) -> None:
    """It may have been the last that an order waited for."""
    await orders.settle(work, {each.fact.lot.id: each for each in facts})


@subscriptions.on_batch(TestOrderAccepted)
async def on_test_order_accepted(work: Work, facts: Sequence[Recorded[TestOrderAccepted]]) -> None:
    """Results that were there before may answer it."""
    await orders.settle(work, {each.fact.lot.id: each for each in facts})


@subscriptions.on_batch(MethodTransferCompleted)
async def on_method_transfer_completed(work: Work, facts: Sequence[Recorded[MethodTransferCompleted]]) -> None:
    """A laboratory that passed is entitled from the day of the signature on, and not before."""
    await following.completed(work, facts)


@subscriptions.on_batch(MethodTransferRepeated)
async def on_method_transfer_repeated(work: Work, facts: Sequence[Recorded[MethodTransferRepeated]]) -> None:
    """An entitlement that rests on what does not stand any more is suspended."""
    await following.repeated(work, facts)
