"""What others' facts mean here."""

from collections.abc import Sequence

from contracts import Recorded
from contracts.partner_feeds import TestResultsReported
from contracts.partner_registry import ProductRegistered
from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from sample_tracking.results import commands as results

subscriptions = keep_directory(Subscriptions())


@subscriptions.on(ProductRegistered, group="joining")  # so that an upgrade is told of all products once more
async def on_product_registered(work: Work, fact: ProductRegistered) -> None:
    """What was tested before is the product's, too."""
    await results.learn_product(work, fact.code, fact.product_id)


@subscriptions.on_batch(TestResultsReported)
async def on_test_results_reported(work: Work, facts: Sequence[Recorded[TestResultsReported]]) -> None:
    """Every reported result is recorded, evaluated and told; out of specification, at once."""
    await results.take_reports(work, facts)
