"""HTTP words for batches."""

from uuid import UUID

from quality_events.batches import commands, queries
from quality_events.batches.model import Batch
from quality_events.batches.schemas import BatchDetail, BatchRead, CompleteBatch, Genealogy, StartBatch
from runtime.access import READERS, allowed
from runtime.routes import Query as Reading
from serving.actions import Actions

batches = Actions("batches", Batch, BatchRead, queries.show)
batches.create(commands.start, StartBatch, Batch.start)
batches.post("completion", Batch.complete, CompleteBatch, commands.complete)
batches.get(BatchDetail, queries.detail)
batches.list(queries.FILTERS, "Batches, newest first. A start known to the month counts as the month's first day.")


@batches.router.get("/{batch_id}/genealogy")
@allowed(*READERS)
async def genealogy(batch_id: UUID, work: Reading) -> Genealogy:
    """The lots that went into a batch, and the batches into which it went."""
    return await queries.genealogy(work, await work.get(Batch, batch_id))
