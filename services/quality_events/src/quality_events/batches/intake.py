"""What partners' systems report about batches, in the words of the model."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from contracts import Recorded, clock
from contracts.batch_records import BatchRecordReported
from contracts.partner_feeds import BatchCompletionReported, BatchStartReported, ProcessDataReported
from quality_events import moments
from quality_events.batches.model import Batch
from quality_events.batches.parts import BatchInput, ProcessStep
from quality_events.batches.statements import Statement, batches_of, record
from quality_events.batches.terms import Authority, Completion, Source, Start
from quality_events.lots import lot_id_of
from runtime import bulk
from runtime.attribution import rows_caused_by
from runtime.work import Work


async def starts(work: Work, reports: Sequence[Recorded[BatchStartReported]]) -> None:
    """Batches begin; their inputs enter the genealogy."""
    others = await _other_inputs(work, reports)
    batches = await record(work, [_of_start(each, other) for each, other in zip(reports, others, strict=True)])
    # By the clock, with the batches' rows held: after a decision that was being taken, and that did not see them.
    told_at = clock.now()
    inputs = [
        (
            report,
            _part(report.fact, batches)
            | {"lot_id": lot_id_of(report.fact.lot.site_id, part.material, part.number)}
            | {"material": part.material, "number": part.number, "told_at": told_at},
        )
        for report in reports
        for part in report.fact.inputs
    ]
    identity = ("batch_id", "source", "lot_id")
    await _write(work, BatchInput, inputs, identity=identity, amended=("revision",), besides=_NAMED_AGAIN)


async def _other_inputs(work: Work, reports: Sequence[Recorded[BatchStartReported]]) -> list[bool]:
    """Of each report whether its source named other inputs before: a record reviewed with those is reviewed again."""
    rows = await work.connection.fetch(_INPUTS, [each.fact.lot.id for each in reports])
    known = {row["source"]: set(row["lots"]) for row in rows}
    found: dict[tuple[str, int], bool] = {}
    for each in sorted((each.fact for each in reports), key=lambda fact: fact.source.revision):
        named = {lot_id_of(each.lot.site_id, part.material, part.number) for part in each.inputs}
        found[each.source.name, each.source.revision] = known.get(each.source.name, set()) != named
        known[each.source.name] = named
    return [found[each.fact.source.name, each.fact.source.revision] for each in reports]


async def completions(work: Work, reports: Sequence[Recorded[BatchCompletionReported]]) -> None:
    """Batches are made."""
    await record(work, map(_of_completion, reports))


async def process_data(work: Work, reports: Sequence[Recorded[ProcessDataReported]]) -> None:
    """Summary values of batches' process steps, also of batches whose start was not reported yet."""
    batches = await batches_of(work, reports)
    steps = [
        (
            report,
            _part(fact, batches)
            | {"step": fact.step, "occurred_at": moments.written(fact.occurred_at)}
            | {"undated": fact.undated, "values": [dict(value) for value in fact.values]},
        )
        for report, fact in ((report, report.fact) for report in reports)
    ]
    amended = ("revision", "occurred_at", "undated", "values")
    await _write(work, ProcessStep, steps, identity=("batch_id", "source", "step"), amended=amended)


_PARTS = UUID("b0a8a0d2-54f5-4f53-9d1b-6a0d3b0f6f0c")
_INPUTS = """
SELECT part.source, array_agg(part.lot_id) AS lots FROM batch
JOIN batch_input_now AS part ON part.batch_id = batch.id AND part.source = batch.start_source
WHERE batch.lot_id = ANY ($1::uuid[]) GROUP BY part.source
"""
_NAMED_AGAIN = """
, told_at = CASE WHEN EXISTS (
    SELECT FROM batch_input AS newer WHERE newer.batch_id = batch_input.batch_id
    AND newer.source = batch_input.source AND newer.revision > batch_input.revision
) THEN EXCLUDED.told_at ELSE batch_input.told_at END
"""
"""An input that an amendment left out, and a later one names again, is told of anew."""


OfALot = BatchStartReported | BatchCompletionReported | ProcessDataReported | BatchRecordReported


def _part(fact: BatchStartReported | ProcessDataReported, batches: Mapping[UUID, Batch]) -> dict[str, Any]:
    """What every part of a batch has: whose it is, who said so, and in which revision."""
    return {"batch_id": batches[fact.lot.id].id, "source": source_of(fact).name, "revision": fact.source.revision}


async def _write(
    work: Work,
    model: type[BatchInput | ProcessStep],
    reports: Iterable[tuple[Recorded[Any], dict[str, Any]]],
    *,
    identity: Sequence[str],
    amended: Sequence[str],
    besides: str = "",
) -> None:
    """Write parts of batches, of each the highest revision. A part has its id from what it is: the audit knows it."""
    rows: dict[UUID, bulk.Row] = {}
    causes: dict[UUID, list[Recorded[Any]]] = {}  # the one that stands, where several tell of a part
    for report, part in sorted(reports, key=lambda each: each[1]["revision"]):
        id = uuid5(_PARTS, json.dumps([str(part[name]) for name in identity]))
        rows[id] = part | {"id": id}
        causes[id] = [report]
    await rows_caused_by(work, causes)
    table, changes = model.__tablename__, ", ".join(f'"{name}" = EXCLUDED."{name}"' for name in amended) + besides
    newer = f"DO UPDATE SET {changes} WHERE {table}.revision < EXCLUDED.revision"
    await bulk.insert(work, model, rows.values(), f"ON CONFLICT ({', '.join(identity)}) {newer}")


def source_of(report: OfALot) -> Source:
    """Who says it: the maker's own system, or another partner's that was granted to report."""
    own = report.reported_by in (None, report.lot.partner_id)
    authority = Authority.maker if own else Authority.granted
    return Source(report.source.name, report.source.revision, authority)


def _of_start(report: Recorded[BatchStartReported], other_inputs: bool) -> Statement:
    fact = report.fact
    start = Start(source_of(fact), fact.occurred_at, fact.planned_quantity, other_inputs)
    return Statement(fact.lot, report, partial(Batch.record_start, reported=start))


def _of_completion(report: Recorded[BatchCompletionReported]) -> Statement:
    fact = report.fact
    completion = Completion(
        source_of(fact),
        fact.occurred_at,
        fact.completed_at,
        fact.actual_quantity,
        fact.yield_percent,
        fact.stage_yields,
    )
    return Statement(fact.lot, report, partial(Batch.record_completion, reported=completion))
