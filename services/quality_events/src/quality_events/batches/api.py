"""HTTP words for batches."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from contracts import Day
from quality_events.batches import commands, queries
from quality_events.batches.model import Batch
from quality_events.batches.schemas import BatchDetail, BatchRead, CompleteBatch, Genealogy, StartBatch
from quality_events.batches.terms import State
from runtime.access import READERS, allowed
from runtime.paging import Page, Paging, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading

writing = APIRouter(prefix="/batches", tags=["batches"], route_class=CommandRoute)
reading = APIRouter(prefix="/batches", tags=["batches"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Batch.start)
async def start(body: StartBatch, work: Command, response: Response) -> BatchRead:
    """Record the start of a batch by hand. A batch that was announced starts; one that has started is refused."""
    batch = await commands.start(work, body)
    response.headers["Location"] = f"/v1/batches/{batch.id}"
    return (await queries.read_all(work, [batch]))[0]


@writing.post("/{batch_id}/completion")
@allowed(Batch.complete)
async def complete(batch_id: UUID, body: CompleteBatch, work: Command) -> BatchRead:
    """Record by hand that a batch is made."""
    return (await queries.read_all(work, [await commands.complete(work, batch_id, body)]))[0]


@reading.get("/{batch_id}")
@allowed(*READERS)
async def read(batch_id: UUID, work: Reading) -> BatchDetail:
    """One batch with its inputs, stage yields and process data."""
    return await queries.detail(work, await work.get(Batch, batch_id))


@reading.get("/{batch_id}/genealogy")
@allowed(*READERS)
async def genealogy(batch_id: UUID, work: Reading) -> Genealogy:
    """The lots that went into a batch, and the batches into which it went."""
    return await queries.genealogy(work, await work.get(Batch, batch_id))


@reading.get("")
@allowed(*READERS)
async def search(
    work: Reading,
    paging: Paging,
    number: str | None = None,
    lot: Annotated[str | None, Query(description="the lot's number, which is the batch's")] = None,
    material: Annotated[str | None, Query(description="the product's code")] = None,
    product_id: UUID | None = None,
    site_id: UUID | None = None,
    partner_id: UUID | None = None,
    state: State | None = None,
    input_lot_id: Annotated[UUID | None, Query(description="a lot that went in")] = None,
    since: Annotated[Day | None, Query(alias="from", description="started on this day or later")] = None,
    until: Annotated[Day | None, Query(alias="to", description="started on this day or earlier")] = None,
) -> Page[BatchRead]:
    """Batches, newest first. A start known to the month counts as the month's first day."""
    filters = {
        "number": number if lot is None else lot,
        "material": material,
        "product_id": product_id,
        "site_id": site_id,
        "partner_id": partner_id,
        "state": state,
    }
    return await page(work, Batch, paging, filters, queries.read_all, queries.matching(since, until, input_lot_id))
