"""What others' facts mean here."""

from collections.abc import Sequence

from contracts import Recorded
from contracts.partner_feeds import TestResultsReported
from contracts.partner_registry import ProductRegistered, SiteRegistered
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from sample_tracking.reference import commands as reference
from sample_tracking.results import commands as results

subscriptions = Subscriptions()


@subscriptions.on(ProductRegistered, group="joining")  # so that an upgrade is told of all products once more
async def on_product_registered(work: Work, fact: ProductRegistered) -> None:
    """A product may have specifications from now on, and what was tested before is its, too."""
    await reference.note_product(work, fact)
    await results.learn_product(work, fact.code, fact.product_id)


@subscriptions.on(SiteRegistered)
async def on_site_registered(work: Work, fact: SiteRegistered) -> None:
    """Lots made and tests done at a site are its partner's."""
    await reference.note_site(work, fact)


@subscriptions.on_batch(TestResultsReported)
async def on_test_results_reported(work: Work, facts: Sequence[Recorded[TestResultsReported]]) -> None:
    """Every reported result is recorded, evaluated and told; out of specification, at once."""
    await results.take_reports(work, facts)
