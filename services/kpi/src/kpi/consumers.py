"""What other services' facts mean here: what was measured."""

from collections.abc import Sequence

from contracts import Classification, Recorded
from contracts.companies import PartnerAbsorbed
from contracts.partner_feeds import RecordContradicted
from contracts.quality_events import (
    BatchManufactured,
    DeviationAmended,
    DeviationCancelled,
    DeviationClassified,
    DeviationClosed,
    DeviationFact,
    DeviationLinked,
    DeviationRaised,
    OosConcluded,
    OosConclusion,
    OosLinked,
    OosOpened,
    OosReopened,
)
from contracts.sample_tracking import ResultsReported
from directory.copies import keep_directory
from kpi.batches import commands as batches
from kpi.batches.model import Judgement
from kpi.facts import reading
from kpi.facts.ledger import Source
from kpi.mergers import commands as mergers
from kpi.results import commands as results
from runtime.subscriptions import Subscriptions
from runtime.work import Work

subscriptions = keep_directory(Subscriptions())


def judgement_of(recorded: Recorded[DeviationFact], classification: Classification | None) -> Judgement:
    """What a deviation of this classification means for its batches; of None it means nothing."""
    flaws = classification in (Classification.major, Classification.critical)
    source = Source.of(recorded)
    return Judgement(recorded.fact.deviation_id, recorded.sequence, recorded.fact.batch_ids, flaws, source)


def judgement_of_conclusion(recorded: Recorded[OosConcluded | OosLinked] | Recorded[OosReopened]) -> Judgement:
    """A confirmed OOS speaks against its batch, as long as it stands."""
    fact = recorded.fact
    batch_ids = (fact.batch_id,) if fact.batch_id else ()
    flaws = not isinstance(fact, OosReopened) and fact.conclusion is OosConclusion.confirmed
    return Judgement(fact.investigation_id, recorded.sequence, batch_ids, flaws, Source.of(recorded))


@subscriptions.on_batch(PartnerAbsorbed)
async def on_partner_absorbed(work: Work, facts: Sequence[Recorded[PartnerAbsorbed]]) -> None:
    """A partner that merged into another one is rated until then; what was measured of it moves nowhere."""
    await mergers.keep(work, facts)


@subscriptions.on_batch(ResultsReported)
async def on_results_reported(work: Work, facts: Sequence[Recorded[ResultsReported]]) -> None:
    """Evaluated results are tests; those outside their specification are OOS."""
    await results.enter(work, facts)


@subscriptions.on_batch(RecordContradicted)
async def on_record_contradicted(work: Work, facts: Sequence[Recorded[RecordContradicted]]) -> None:
    """What was told twice, and is not the same."""
    await batches.enter_quality_events(work, [reading.contradicted(fact) for fact in facts])


@subscriptions.on_batch(BatchManufactured)
async def on_batch_manufactured(work: Work, facts: Sequence[Recorded[BatchManufactured]]) -> None:
    """A batch, its yield, and whether it was right the first time."""
    await batches.enter_batches(work, facts)


@subscriptions.on_batch(DeviationRaised)
async def on_deviation_raised(work: Work, facts: Sequence[Recorded[DeviationRaised]]) -> None:
    """A deviation counts once, however many lots it concerns."""
    await batches.enter_quality_events(work, [reading.raised(fact) for fact in facts])


@subscriptions.on_batch(DeviationAmended)
async def on_deviation_amended(work: Work, facts: Sequence[Recorded[DeviationAmended]]) -> None:
    """It counts where it belongs now, and a major or critical one flaws the batches that it turns out to concern."""
    judgements = [judgement_of(fact, fact.fact.classification) for fact in facts]
    await batches.enter_quality_events(work, [reading.amended(fact) for fact in facts], judgements)


@subscriptions.on_batch(DeviationLinked)
async def on_deviation_linked(work: Work, facts: Sequence[Recorded[DeviationLinked]]) -> None:
    """It concerns batches, or a product, that were not known when it was recorded."""
    judgements = [judgement_of(each, None if each.fact.cancelled else each.fact.classification) for each in facts]
    await batches.enter_quality_events(work, [reading.linked(each) for each in facts], judgements)


@subscriptions.on_batch(DeviationClassified)
async def on_deviation_classified(work: Work, facts: Sequence[Recorded[DeviationClassified]]) -> None:
    """A major or critical deviation flaws its batches; reclassified to minor it no longer does."""
    judgements = [judgement_of(fact, fact.fact.classification) for fact in facts]
    await batches.enter_quality_events(work, [], judgements)


@subscriptions.on_batch(DeviationClosed)
async def on_deviation_closed(work: Work, facts: Sequence[Recorded[DeviationClosed]]) -> None:
    """How long it was open. Its batches stay as it was classified in the end."""
    judgements = [judgement_of(fact, fact.fact.classification) for fact in facts]
    await batches.enter_quality_events(work, [reading.closed(fact) for fact in facts], judgements)


@subscriptions.on_batch(DeviationCancelled)
async def on_deviation_cancelled(work: Work, facts: Sequence[Recorded[DeviationCancelled]]) -> None:
    """What was counted of it is reversed, and its batches get back what it took from them."""
    judgements = [judgement_of(fact, None) for fact in facts]
    await batches.enter_quality_events(work, [reading.cancelled(fact) for fact in facts], judgements)


@subscriptions.on_batch(OosOpened)
async def on_oos_opened(work: Work, facts: Sequence[Recorded[OosOpened]]) -> None:
    """An investigation is open."""
    await batches.enter_investigations(work, [reading.oos_opened(fact) for fact in facts])


@subscriptions.on_batch(OosConcluded)
async def on_oos_concluded(work: Work, facts: Sequence[Recorded[OosConcluded]]) -> None:
    """What it found and how long it took. A confirmed OOS flaws its batch."""
    judgements = [judgement_of_conclusion(fact) for fact in facts]
    await batches.enter_investigations(work, [reading.oos_concluded(fact) for fact in facts], judgements, facts)


@subscriptions.on_batch(OosReopened)
async def on_oos_reopened(work: Work, facts: Sequence[Recorded[OosReopened]]) -> None:
    """What was concluded does not stand: it is open again, and its batch gets back what that took from it."""
    judgements = [judgement_of_conclusion(fact) for fact in facts]
    await batches.enter_investigations(work, [reading.oos_reopened(fact) for fact in facts], judgements, facts)


@subscriptions.on_batch(OosLinked)
async def on_oos_linked(work: Work, facts: Sequence[Recorded[OosLinked]]) -> None:
    """It concerns a batch, or a product, that was not known when it was opened."""
    judgements = [judgement_of_conclusion(fact) for fact in facts]
    await batches.enter_investigations(work, [reading.oos_linked(fact) for fact in facts], judgements, facts)
