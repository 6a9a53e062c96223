"""What other services' facts mean here."""

from collections.abc import Sequence

from contracts import Recorded
from contracts.batch_records import BatchRecordReported, MaterialUseReported, ProcessExcursionReported
from contracts.batches import BatchTerminated
from contracts.out_of_trend import OotDetected
from contracts.oversight import OversightPlanChanged
from contracts.partner_feeds import BatchCompletionReported, BatchStartReported, DeviationReported, ProcessDataReported
from contracts.partner_registry import ProductRegistered, SiteRegistered
from contracts.quality_events import BatchManufactured, BatchStarted, DeviationAmended, DeviationCancelled
from contracts.sample_tracking import OosDetected
from directory.copies import keep_directory
from quality_events import joining
from quality_events.audits import surveillance
from quality_events.batches import intake, materials, records
from quality_events.batches.aliases import told_of_batches
from quality_events.changes import commands as changes
from quality_events.copies.known import keep_known
from quality_events.deviations import commands as deviations
from quality_events.dispositions import opening
from quality_events.excursions import commands as excursions
from quality_events.genealogy.overdrawn import keep_amounts
from quality_events.hold_proposals.consumers import propose_holds
from quality_events.impacts.consumers import weigh_impacts
from quality_events.limit_explanations import commands as limit_explanations
from quality_events.oos_investigations import commands as investigations
from quality_events.oot_investigations import commands as trends
from quality_events.stages import commands as stages
from quality_events.stages.takeovers import listen_to_sales
from quality_events.takeovers import take_over_batches
from runtime.subscriptions import Subscriptions
from runtime.work import Work

subscriptions = keep_directory(Subscriptions())


@subscriptions.on_batch(BatchStartReported)
async def on_batch_start_reported(work: Work, facts: Sequence[Recorded[BatchStartReported]]) -> None:
    """Batches begin, or what was said about their start is amended."""
    await intake.starts(work, await told_of_batches(work, facts))


@subscriptions.on_batch(BatchCompletionReported)
async def on_batch_completion_reported(work: Work, facts: Sequence[Recorded[BatchCompletionReported]]) -> None:
    """Batches are made, perhaps before anybody told of their start."""
    await intake.completions(work, await told_of_batches(work, facts))


@subscriptions.on_batch(ProcessDataReported)
async def on_process_data_reported(work: Work, facts: Sequence[Recorded[ProcessDataReported]]) -> None:
    """A press or a coater told what it did."""
    facts = await told_of_batches(work, facts)
    await intake.process_data(work, facts)
    await joining.join(work, {recorded.fact.lot.id: recorded for recorded in facts})


@subscriptions.on(DeviationReported)
async def on_deviation_reported(work: Work, fact: DeviationReported) -> None:
    """The sponsor is told of a departure by the partner's own system."""
    (told,) = await told_of_batches(work, [work.handled])
    await deviations.take_report(work, told.fact, told.time)
    await joining.join(work, dict.fromkeys((lot.id for lot in told.fact.lots), told))


@subscriptions.on_batch(BatchStarted)
async def on_batch_started(work: Work, facts: Sequence[Recorded[BatchStarted]]) -> None:
    """A batch of our own began: deviations may have named its lot before. A person's request cannot join the two."""
    await joining.join(work, {recorded.fact.lot.id: recorded for recorded in facts})


@subscriptions.on_batch(BatchManufactured)
async def on_batch_manufactured(work: Work, facts: Sequence[Recorded[BatchManufactured]]) -> None:
    """A batch of our own is made, perhaps before anybody told of its start."""
    await joining.join(work, {recorded.fact.lot.id: recorded for recorded in facts})


@subscriptions.on(OosDetected)
async def on_oos_detected(work: Work, fact: OosDetected) -> None:
    """Every out-of-specification result is investigated (21 CFR 211.192)."""
    (told,) = await told_of_batches(work, [work.handled])
    await investigations.open(work, told.fact, told.time)
    await trends.give_way(work, told.fact.result_id)
    await joining.join(work, {told.fact.lot.id: told})


@subscriptions.on(OotDetected)
async def on_oot_detected(work: Work, fact: OotDetected) -> None:
    """A result lies outside of what those before it let expect, or does so no more."""
    (told,) = await told_of_batches(work, [work.handled])
    await trends.follow(work, told)
    await joining.join(work, {told.fact.lot.id: told})


@subscriptions.on(OversightPlanChanged)
async def on_oversight_plan_changed(work: Work, fact: OversightPlanChanged) -> None:
    """The sponsor's plan says by when a site is audited next."""
    await surveillance.follow(work, work.handled)


@subscriptions.on(SiteRegistered, group="time-zones")  # so that an upgrade is told of all sites once more
async def on_site_registered(work: Work, fact: SiteRegistered) -> None:
    """The days of what happened at the site are local days."""
    await joining.learn_zone(work, fact)


@subscriptions.on(ProductRegistered, group="joining")  # and here of all products
async def on_product_registered(work: Work, fact: ProductRegistered) -> None:
    """A material that is a product's code names the product, also in what was reported before."""
    await joining.learn_product(work, work.handled)


@subscriptions.on(SiteRegistered, group="calendars")  # of all sites, also at an upgrade
async def on_site_registered_somewhere(work: Work, fact: SiteRegistered) -> None:
    """The working days of a site are those of its country."""
    await changes.keep_calendar(work, fact)


@subscriptions.on_batch(BatchRecordReported)
async def on_batch_record_reported(work: Work, facts: Sequence[Recorded[BatchRecordReported]]) -> None:
    """A partner's MES gave a version of its record of a batch."""
    facts = await told_of_batches(work, facts)
    await records.records(work, facts)
    await joining.join(work, {recorded.fact.lot.id: recorded for recorded in facts})


@subscriptions.on(ProcessExcursionReported)
async def on_process_excursion_reported(work: Work, fact: ProcessExcursionReported) -> None:
    """A maker's system recorded an exception, or an alarm at a limit."""
    (told,) = await told_of_batches(work, [work.handled])
    await excursions.take(work, told)
    await joining.join(work, {told.fact.lot.id: told})


@subscriptions.on(DeviationCancelled, group="excursions")
async def on_deviation_cancelled(work: Work, fact: DeviationCancelled) -> None:
    """A deviation of our own was none: nothing deals with the excursions, or explains the limits, that it did."""
    await excursions.follow(work, fact.deviation_id)
    await limit_explanations.end_all_by(work, fact.deviation_id)


@subscriptions.on(DeviationAmended, group="excursions")
async def on_deviation_amended(work: Work, fact: DeviationAmended) -> None:
    """A deviation of our own may name other batches than before."""
    await excursions.follow(work, fact.deviation_id)


@subscriptions.on(BatchTerminated, group="dispositions")
async def on_batch_terminated(work: Work, fact: BatchTerminated) -> None:
    """The making of a batch of our own was given up. Its maker's request closes nothing that the sponsor decides."""
    await opening.leave_terminated(work, fact.batch_id)
    await stages.leave_terminated(work, fact.batch_id)


@subscriptions.on_batch(MaterialUseReported)
async def on_material_use_reported(work: Work, facts: Sequence[Recorded[MaterialUseReported]]) -> None:
    """A maker's system tells which lots went into its batches."""
    facts = await told_of_batches(work, facts)
    await materials.uses(work, facts)


@subscriptions.on_batch(MaterialUseReported, group="quantities")  # so that an upgrade learns those of all uses
async def on_quantities_reported(work: Work, facts: Sequence[Recorded[MaterialUseReported]]) -> None:
    """How much of a lot was used, also where its use was kept before its quantity was."""
    await materials.quantities(work, facts)


keep_known(subscriptions)
take_over_batches(subscriptions)
keep_amounts(subscriptions)
listen_to_sales(subscriptions)
propose_holds(subscriptions)
weigh_impacts(subscriptions)
