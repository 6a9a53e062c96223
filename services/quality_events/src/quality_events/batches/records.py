"""The record of a batch as its maker's system gives it: kept, and taken for review as soon as that may begin."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Select, exists
from sqlmodel import col, select

from contracts import Fact, Recorded
from contracts.batch_records import BatchRecordReported
from quality_events import moments
from quality_events.batches import reported
from quality_events.batches.intake import source_of
from quality_events.batches.model import Batch
from quality_events.batches.record import not_ended
from quality_events.batches.reported import ReportedRecord
from quality_events.batches.stages import BatchStage
from quality_events.batches.statements import Statement, among_others, locked, record
from quality_events.batches.terms import BatchState
from runtime import bulk
from runtime.attribution import rows_caused_by
from runtime.timers import record_by_record
from runtime.work import Work

_VERSIONS = UUID("3f6f4c0e-7a0b-4a53-9b7e-0e5f8c5a1d42")
_UNDECIDED = """
SELECT lot_id FROM batch WHERE lot_id = ANY($1::uuid[]) AND state IN ('manufactured', 'under_review')
AND EXISTS (SELECT FROM reported_record AS given WHERE given.batch_id = batch.id)
"""


async def records(work: Work, reports: Sequence[Recorded[BatchRecordReported]]) -> None:
    """Versions of batches' records are here, also of batches that nobody has told of yet."""
    # A version stands beside the batch: nothing of the batch itself changes by that, and no fact follows.
    batches = await record(work, [Statement(each.fact.lot, each, lambda batch: None) for each in reports])
    rows, causes = {}, {}
    for each in reports:
        said = _said(work, each) | {"batch_id": batches[each.fact.lot.id].id}
        id = uuid5(_VERSIONS, "/".join(str(said[name]) for name in ("batch_id", "source", "revision", "digest")))
        rows[id], causes[id] = said | {"id": id}, [each]
    await rows_caused_by(work, causes)
    await bulk.insert(work, ReportedRecord, rows.values(), "ON CONFLICT (id) DO NOTHING")
    await take_waiting(work, {each.fact.lot.id: each for each in reports})


async def take_waiting(work: Work, causes: Mapping[UUID, Recorded[Any]]) -> None:
    """Let the records of lots stand that waited for what these facts tell."""
    await among_others(work)
    lots = [row["lot_id"] for row in await work.connection.fetch(_UNDECIDED, list(causes))]
    if not lots:
        return
    batches = (await locked(work, lots)).values()  # before the stages are read: nobody adds one any more
    ids = [batch.id for batch in batches]
    versions, stages = await versions_of(work, ids), await _stages_of(work, ids)
    take = {batch.lot_id: partial(_take, work, versions[batch.id], stages[batch.id]) for batch in batches}
    await record(work, [Statement(batch.lot, causes[batch.lot_id], take[batch.lot_id]) for batch in batches])


async def versions_of(work: Work, batch_ids: Sequence[UUID]) -> Mapping[UUID, list[ReportedRecord]]:
    """The versions that systems gave of batches' records, in the order in which they came."""
    query = select(ReportedRecord).where(col(ReportedRecord.batch_id).in_(batch_ids))
    found: defaultdict[UUID, list[ReportedRecord]] = defaultdict(list)
    for each in await work.session.scalars(query.order_by(col(ReportedRecord.received_at), col(ReportedRecord.id))):
        found[each.batch_id].append(each)
    return found


def _take(work: Work, versions: Sequence[ReportedRecord], stages: Sequence[BatchStage], batch: Batch) -> Fact | None:
    found = reported.to_take(batch.state, batch, versions, not_ended(stages))
    return batch.take_reported(found, stages, work.now) if found else None


async def _stages_of(work: Work, batch_ids: Sequence[UUID]) -> Mapping[UUID, list[BatchStage]]:
    found: defaultdict[UUID, list[BatchStage]] = defaultdict(list)
    for each in await work.session.scalars(select(BatchStage).where(col(BatchStage.batch_id).in_(batch_ids))):
        found[each.batch_id].append(each)
    return found


def _said(work: Work, report: Recorded[BatchRecordReported]) -> dict[str, Any]:
    fact, source = report.fact, source_of(report.fact)
    return {
        "source": source.name,
        "revision": source.revision,
        "record_version": fact.version or str(source.revision),
        "digest": fact.digest,
        "complete": fact.complete,
        "status": fact.status,
        "changed_at": moments.written(fact.occurred_at),
        "authority": source.authority,
        "received_at": work.now,
        "received_by": fact.sent_by or source.name,
    }


def _waiting(_: Work) -> Select[Any]:
    """What is made, with a record that waited for a stage: that it ended a person states, and no fact tells it."""
    given = exists().where(col(ReportedRecord.batch_id) == Batch.id, col(ReportedRecord.complete))
    runs = exists().where(col(BatchStage.batch_id) == Batch.id, col(BatchStage.ended_at).is_(None))
    return select(Batch).where(Batch.state == BatchState.manufactured, given, ~runs).order_by(col(Batch.id))


async def _take_one(work: Work, batch: Batch) -> None:
    versions, stages = await versions_of(work, [batch.id]), await _stages_of(work, [batch.id])
    if told := _take(work, versions[batch.id], stages[batch.id], batch):
        work.publish(told, of=batch)


stages_ended = record_by_record("records-after-stages", 30.0, Batch, _waiting, _take_one)
