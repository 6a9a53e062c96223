"""What partners' systems report about batches, in the words of the model."""

from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from operator import itemgetter

from uuid_utils.compat import uuid7

from contracts import Lot, Recorded
from contracts.partner_feeds import BatchCompletionReported, BatchStartReported, ProcessDataReported
from quality_events import bulk, moments
from quality_events.batches.model import Batch
from quality_events.batches.parts import BatchInput, ProcessStep
from quality_events.batches.statements import Statement, record
from quality_events.batches.terms import Authority, Completion, Source, Start
from runtime.work import Work


async def starts(work: Work, reports: Sequence[Recorded[BatchStartReported]]) -> None:
    """Batches begin; their inputs enter the genealogy."""
    batches = await record(work, map(_of_start, reports))
    inputs = [
        {
            "id": uuid7(),
            "batch_id": batches[fact.lot.id].id,
            "source": source.name,
            "revision": source.revision,
            "lot_id": _lot_id(fact.lot.site_id, part.material, part.number),
            "material": part.material,
            "number": part.number,
        }
        for fact, source in ((report.fact, _source(report.fact)) for report in reports)
        for part in fact.inputs
    ]
    await bulk.insert(
        work,
        BatchInput,
        _latest(inputs, "batch_id", "source", "lot_id"),
        "(batch_id, source, lot_id) DO UPDATE SET revision = EXCLUDED.revision "
        "WHERE batch_input.revision < EXCLUDED.revision",
    )


async def completions(work: Work, reports: Sequence[Recorded[BatchCompletionReported]]) -> None:
    """Batches are made."""
    await record(work, map(_of_completion, reports))


async def process_data(work: Work, reports: Sequence[Recorded[ProcessDataReported]]) -> None:
    """Summary values of batches' process steps, also of batches whose start was not reported yet."""
    batches = await record(work, map(_of_process, reports))
    steps = [
        {
            "id": uuid7(),
            "batch_id": batches[fact.lot.id].id,
            "source": _source(fact).name,
            "revision": fact.source.revision,
            "step": fact.step,
            "occurred": moments.written(fact.occurred_at),
            "undated": fact.undated,
            "values": [dict(value) for value in fact.values],
        }
        for fact in (report.fact for report in reports)
    ]
    await bulk.insert(
        work,
        ProcessStep,
        _latest(steps, "batch_id", "source", "step"),
        "(batch_id, source, step) DO UPDATE SET revision = EXCLUDED.revision, occurred = EXCLUDED.occurred, "
        "undated = EXCLUDED.undated, "
        '"values" = EXCLUDED."values" WHERE process_step.revision < EXCLUDED.revision',
    )


_lot_id = lru_cache(maxsize=10_000)(Lot.identify)
"""One lot of a raw material goes into many batches."""


def _latest(rows: Iterable[bulk.Row], *identity: str) -> list[bulk.Row]:
    """One row of each identity, that of the highest revision: one statement may write a row only once."""
    latest = {itemgetter(*identity)(row): row for row in sorted(rows, key=itemgetter("revision"))}
    return list(latest.values())


def _source(report: BatchStartReported | BatchCompletionReported | ProcessDataReported) -> Source:
    own = report.reported_by in (None, report.lot.partner_id)
    authority = Authority.maker if own else Authority.granted
    return Source(f"{report.source.feed_id}/{report.source.id}", report.source.revision, authority)


def _of_start(report: Recorded[BatchStartReported]) -> Statement:
    fact = report.fact
    start = Start(_source(fact), fact.occurred_at, fact.planned_quantity)
    return Statement(fact.lot, report, partial(Batch.record_start, stated=start))


def _of_completion(report: Recorded[BatchCompletionReported]) -> Statement:
    fact = report.fact
    completion = Completion(
        _source(fact), fact.occurred_at, fact.completed_at, fact.actual_quantity, fact.yield_percent, fact.stage_yields
    )
    return Statement(fact.lot, report, partial(Batch.record_completion, stated=completion))


def _of_process(report: Recorded[ProcessDataReported]) -> Statement:
    # The values stand beside the batch: nothing of the batch itself changes, and no fact follows.
    return Statement(report.fact.lot, report, lambda batch: None)
