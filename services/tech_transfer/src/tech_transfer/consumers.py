"""What other services' facts mean here."""

from collections.abc import Sequence

from contracts import Recorded
from contracts.entitlements import EntitlementChanged
from contracts.partner_feeds import ProcessDataReported
from contracts.partner_registry import SiteRegistered
from contracts.quality_events import OosConcluded, OosReopened
from contracts.sample_tracking import ResultsReported
from directory.copies import keep_directory
from runtime.subscriptions import Subscriptions
from runtime.work import Work
from tech_transfer.copies.commands import keep_known
from tech_transfer.foretold.copies import keep_foretold
from tech_transfer.method_transfers import told as methods
from tech_transfer.ppq_series.consumers import judge_lots
from tech_transfer.process_readings import commands as readings
from tech_transfer.timeline.commands import keep_countries

subscriptions = keep_foretold(keep_directory(Subscriptions()))
keep_known(subscriptions)
subscriptions.on_batch(ProcessDataReported, "process-data")(readings.take)
subscriptions.on_batch(SiteRegistered)(keep_countries)
judge_lots(subscriptions)


@subscriptions.on_batch(ResultsReported)
async def on_results_reported(work: Work, facts: Sequence[Recorded[ResultsReported]]) -> None:
    """Results may be of a method transfer, or amend one that is."""
    await methods.take_results(work, facts)


@subscriptions.on_batch(OosConcluded)
async def on_oos_concluded(work: Work, facts: Sequence[Recorded[OosConcluded]]) -> None:
    """A result that was found invalid is judged no more."""
    await methods.take_conclusions(work, facts)


@subscriptions.on_batch(OosReopened)
async def on_oos_reopened(work: Work, facts: Sequence[Recorded[OosReopened]]) -> None:
    """What was found invalid is not any more."""
    await methods.take_conclusions(work, facts)


@subscriptions.on_batch(EntitlementChanged)
async def on_entitlement_changed(work: Work, facts: Sequence[Recorded[EntitlementChanged]]) -> None:
    """Gates rest on how laboratories stand to their methods."""
    await methods.keep_standings(work, facts)
