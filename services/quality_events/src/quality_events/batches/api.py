"""HTTP words for batches."""

from uuid import UUID

from fastapi import APIRouter

from quality_events.batches import commands, queries
from quality_events.batches.model import Batch
from quality_events.batches.schemas import (
    BatchDetail,
    BatchRead,
    CompleteBatch,
    DescribeBatch,
    IntendBatch,
    RecordStage,
    ReviewRecord,
    SetAsideRecord,
    StartBatch,
    TakeRecord,
)
from quality_events.dispositions import opening
from quality_events.genealogy import commands as lineage
from quality_events.genealogy.queries import genealogy
from quality_events.genealogy.schemas import Genealogy, LinkParents
from runtime.access import READERS, allowed
from runtime.bodies import Reason
from runtime.routes import Command, CommandRoute
from runtime.routes import Query as Reading
from serving.actions import Actions

batches = Actions("batches", Batch, BatchRead, queries.show, loads={"stages": queries.stages_of})
batches.create(commands.start, StartBatch, Batch.start)
batches.post("completion", Batch.complete, CompleteBatch, commands.complete)
batches.post("termination", Batch.terminate, Reason)
batches.post("description", Batch.describe, DescribeBatch, commands.describe)
batches.post("intent", Batch.intend, IntendBatch, opening.intend)
batches.post("stage", Batch.record_stage, RecordStage, commands.record_stage)
batches.post("parents", Batch.descend, LinkParents, lineage.link)
batches.post("late-stage", Batch.record_late_stage, RecordStage, commands.record_late_stage)
batches.post("late-parents", Batch.descend_late, LinkParents, lineage.link_late)
batches.post("record", Batch.take_record, TakeRecord)
batches.elsewhere("record-review", Batch.review_record)
batches.elsewhere("record-review", Batch.review_record_as_sponsor)
batches.post("record-revision", Batch.revise_record, TakeRecord)
batches.post("record-set-aside", Batch.set_aside_record, SetAsideRecord, commands.set_aside_record)
batches.get(BatchDetail, queries.detail)
batches.list(queries.FILTERS, "Batches, newest first. A start known to the month counts as the month's first day.")
reviewing = APIRouter(prefix="/batches", tags=["batches"], route_class=CommandRoute)


@reviewing.post("/{batch_id}/record-review")
@allowed(Batch.review_record, Batch.review_record_as_sponsor)
async def review_record(batch_id: UUID, work: Command, body: ReviewRecord) -> BatchRead:
    """The maker's quality unit reviews the record, and after it the sponsor's (21 CFR 211.192)."""
    (shown,) = await batches.shown(work, [await commands.review_record(work, batch_id, body)])
    return shown


@batches.router.get("/{batch_id}/genealogy")
@allowed(*READERS)
async def read_genealogy(batch_id: UUID, work: Reading) -> Genealogy:
    """What went into a batch and what it went into, over all steps, with what is open on it and its ancestors."""
    return await genealogy(work, await work.get(Batch, batch_id))
