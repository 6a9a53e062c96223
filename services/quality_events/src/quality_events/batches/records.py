"""The record of a batch as its maker's system gives it: each version is kept, and a person hands one in."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlmodel import col, select

from contracts import Recorded, clock
from contracts.batch_records import BatchRecordReported
from quality_events import moments
from quality_events.batches.intake import source_of
from quality_events.batches.reported import ReportedRecord
from quality_events.batches.statements import batches_of
from runtime import bulk
from runtime.attribution import rows_caused_by
from runtime.work import Work

_VERSIONS = UUID("3f6f4c0e-7a0b-4a53-9b7e-0e5f8c5a1d42")


async def records(work: Work, reports: Sequence[Recorded[BatchRecordReported]]) -> None:
    """Versions of batches' records are here, also of batches that nobody has told of yet."""
    batches = await batches_of(work, reports)
    rows, causes = {}, {}
    for each in reports:
        said = _said(work, each) | {"batch_id": batches[each.fact.lot.id].id}
        id = uuid5(_VERSIONS, "/".join(str(said[name]) for name in ("batch_id", "source", "revision", "digest")))
        rows[id], causes[id] = said | {"id": id}, [each]
    await rows_caused_by(work, causes)
    await bulk.insert(work, ReportedRecord, rows.values(), "ON CONFLICT (id) DO NOTHING")


async def versions_of(work: Work, batch_id: UUID) -> Sequence[ReportedRecord]:
    """The versions that systems gave of a batch's record, in the order in which they came."""
    query = select(ReportedRecord).where(ReportedRecord.batch_id == batch_id)
    in_order = query.order_by(col(ReportedRecord.received_at), col(ReportedRecord.id))
    return (await work.session.scalars(in_order)).all()


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
        "received_at": clock.now(),  # the batch's row is held: it was handed in before this came, or after
        "received_by": fact.sent_by or source.name,
    }
