"""HTTP words for deviations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from contracts import Classification, Role, Side
from quality_events.deviations import commands, queries
from quality_events.deviations.model import Deviation
from quality_events.deviations.queries import read_all
from quality_events.deviations.schemas import (
    Classify,
    DeviationRead,
    Extension,
    Investigate,
    RaiseDeviation,
    Reclassify,
    RecordResults,
    WithReason,
)
from quality_events.deviations.terms import State
from runtime.access import READERS, allowed
from runtime.paging import Page, Paging, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading

writing = APIRouter(prefix="/deviations", tags=["deviations"], route_class=CommandRoute)
reading = APIRouter(prefix="/deviations", tags=["deviations"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Role.quality, Role.msat, Side.owner(Role.partner_quality), Side.owner(Role.partner_operations))
async def report(body: RaiseDeviation, work: Command, response: Response) -> DeviationRead:
    """Record a departure from an approved procedure. Its clocks start with the partner's awareness."""
    deviation = await commands.raise_by_hand(work, body)
    await work.session.flush()
    response.headers["Location"] = f"/v1/deviations/{deviation.id}"
    return (await read_all(work, [deviation]))[0]


@writing.post("/{deviation_id}/acknowledgement")
@allowed(Deviation.acknowledge)
async def acknowledge(deviation_id: UUID, work: Command) -> DeviationRead:
    """The sponsor confirms that it was told."""
    return (await read_all(work, [await commands.acknowledge(work, deviation_id)]))[0]


@writing.post("/{deviation_id}/classification")
@allowed(Deviation.classify)
async def classify(deviation_id: UUID, body: Classify, work: Command) -> DeviationRead:
    """Set how serious the deviation is."""
    return (await read_all(work, [await commands.classify(work, deviation_id, body.classification, body.reason)]))[0]


@writing.post("/{deviation_id}/reclassification")
@allowed(Deviation.reclassify)
async def reclassify(deviation_id: UUID, body: Reclassify, work: Command) -> DeviationRead:
    """Change the class, with a reason. What depends on it is judged by the new one from now on."""
    return (await read_all(work, [await commands.reclassify(work, deviation_id, body.classification, body.reason)]))[0]


@writing.post("/{deviation_id}/awareness-acceptance")
@allowed(Deviation.accept_awareness)
async def accept_awareness(deviation_id: UUID, body: WithReason, work: Command) -> DeviationRead:
    """Accept that the partner was aware later than it reported first, with a reason: its clocks start later."""
    return (await read_all(work, [await commands.accept_awareness(work, deviation_id, body.reason)]))[0]


@writing.post("/{deviation_id}/investigation")
@allowed(Deviation.investigate)
async def investigate(deviation_id: UUID, body: Investigate, work: Command) -> DeviationRead:
    """Take up the investigation."""
    return (await read_all(work, [await commands.investigate(work, deviation_id, body.owner)]))[0]


@writing.post("/{deviation_id}/investigation-results")
@allowed(Deviation.record_results)
async def record_results(deviation_id: UUID, body: RecordResults, work: Command) -> DeviationRead:
    """State root cause, impact on each batch, and the CAPA or why none is needed."""
    deviation = await commands.record_results(work, deviation_id, body)
    await work.session.flush()
    return (await read_all(work, [deviation]))[0]


@writing.post("/{deviation_id}/approval-request")
@allowed(Deviation.request_approval)
async def request_approval(deviation_id: UUID, work: Command) -> DeviationRead:
    """Hand the finished investigation to the sponsor's quality unit."""
    return (await read_all(work, [await commands.request_approval(work, deviation_id)]))[0]


@writing.post("/{deviation_id}/return")
@allowed(Deviation.return_to_investigation)
async def return_to_investigation(deviation_id: UUID, body: WithReason, work: Command) -> DeviationRead:
    """Send it back to the investigation, with a reason."""
    return (await read_all(work, [await commands.return_to_investigation(work, deviation_id, body.reason)]))[0]


@writing.post("/{deviation_id}/closure")
@allowed(Deviation.close)
async def close(deviation_id: UUID, work: Command) -> DeviationRead:
    """Approve and close. If-Match makes sure that what is approved is what was read."""
    return (await read_all(work, [await commands.close(work, deviation_id)]))[0]


@writing.post("/{deviation_id}/cancellation")
@allowed(Deviation.cancel)
async def cancel(deviation_id: UUID, body: WithReason, work: Command) -> DeviationRead:
    """Approve that it was no deviation after all, with a reason. The record stays."""
    return (await read_all(work, [await commands.cancel(work, deviation_id, body.reason)]))[0]


@writing.post("/{deviation_id}/extension-request")
@allowed(Deviation.request_extension)
async def request_extension(deviation_id: UUID, body: Extension, work: Command) -> DeviationRead:
    """Ask for a later due date."""
    deviation = await commands.request_extension(work, deviation_id, body.due_at, body.reason)
    return (await read_all(work, [deviation]))[0]


@writing.post("/{deviation_id}/extension")
@allowed(Deviation.extend)
async def extend(deviation_id: UUID, body: Extension, work: Command) -> DeviationRead:
    """Approve a later due date, with a reason. The first one is kept."""
    return (await read_all(work, [await commands.extend(work, deviation_id, body.due_at, body.reason)]))[0]


@reading.get("/{deviation_id}")
@allowed(*READERS)
async def read(deviation_id: UUID, work: Reading) -> DeviationRead:
    """One deviation with its lots, clocks and what it repeats."""
    return (await read_all(work, [await work.get(Deviation, deviation_id)]))[0]


@reading.get("")
@allowed(*READERS)
async def search(
    work: Reading,
    paging: Paging,
    number: str | None = None,
    state: State | None = None,
    site_id: UUID | None = None,
    partner_id: UUID | None = None,
    product_id: UUID | None = None,
    category: str | None = None,
    classification: Classification | None = None,
    lot: Annotated[str | None, Query(description="the number of a lot that it concerns")] = None,
    batch_id: Annotated[list[UUID] | None, Query(description="repeatable: any of these batches")] = None,
    overdue: bool | None = None,
) -> Page[DeviationRead]:
    """Deviations, newest first."""
    filters = {
        "number": number,
        "state": state,
        "site_id": site_id,
        "partner_id": partner_id,
        "product_id": product_id,
        "category": category,
        "classification": classification,
    }
    return await page(work, Deviation, paging, filters, read_all, queries.matching(work, lot, batch_id, overdue))
