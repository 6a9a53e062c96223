"""What others' facts mean here."""

from collections.abc import Sequence

from contracts import Recorded
from contracts.batches import BatchTerminated
from contracts.partner_feeds import TestResultsReported
from contracts.partner_registry import ProductRegistered
from contracts.quality_events import BatchManufactured, BatchStarted
from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from sample_tracking.lots import commands as lots
from sample_tracking.results import commands as results

subscriptions = keep_directory(Subscriptions())


@subscriptions.on(ProductRegistered, group="joining")  # so that an upgrade is told of all products once more
async def on_product_registered(work: Work, fact: ProductRegistered) -> None:
    """What was tested before is the product's, too."""
    await results.learn_product(work, fact.code, fact.product_id)


@subscriptions.on_batch(BatchStarted)
async def on_batch_started(work: Work, facts: Sequence[Recorded[BatchStarted]]) -> None:
    """A lot is judged by what was in force when it was made."""
    await lots.started(work, facts)


@subscriptions.on_batch(BatchManufactured)
async def on_batch_manufactured(work: Work, facts: Sequence[Recorded[BatchManufactured]]) -> None:
    """The day of completion counts more than that of the start."""
    await lots.manufactured(work, facts)


@subscriptions.on_batch(BatchTerminated)
async def on_batch_terminated(work: Work, facts: Sequence[Recorded[BatchTerminated]]) -> None:
    """No later revision looks back at it."""
    await lots.terminated(work, facts)


@subscriptions.on_batch(TestResultsReported)
async def on_test_results_reported(work: Work, facts: Sequence[Recorded[TestResultsReported]]) -> None:
    """Every reported result is recorded, evaluated and told; out of specification, at once."""
    await results.take_reports(work, facts)
