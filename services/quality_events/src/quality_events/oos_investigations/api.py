"""HTTP words for OOS investigations."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, select

from quality_events.directory.queries import names
from quality_events.oos_investigations import commands
from quality_events.oos_investigations.model import OosInvestigation, State
from quality_events.oos_investigations.schemas import (
    Conclude,
    OosRead,
    OpenPhase2,
    ProposeInvalidation,
    ReturnInvalidation,
)
from runtime.access import READERS, allowed
from runtime.paging import Page, Paging, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading
from runtime.work import Work

writing = APIRouter(prefix="/oos-investigations", tags=["oos-investigations"], route_class=CommandRoute)
reading = APIRouter(prefix="/oos-investigations", tags=["oos-investigations"], route_class=QueryRoute)


async def _read(work: Work, *investigations: OosInvestigation) -> list[OosRead]:
    sites = [site for one in investigations for site in (one.site_id, one.laboratory_site_id)]
    known = await names(work, sites, [one.partner_id for one in investigations])
    return [OosRead.of(one, known, work.now) for one in investigations]


@writing.post("/{investigation_id}/notification")
@allowed(OosInvestigation.notify)
async def notify(investigation_id: UUID, work: Command) -> OosRead:
    """Tell the sponsor of the result. The clock gives 24 hours from its detection."""
    return (await _read(work, await commands.notify(work, investigation_id)))[0]


@writing.post("/{investigation_id}/invalidation-proposal")
@allowed(OosInvestigation.propose_invalidation)
async def propose_invalidation(investigation_id: UUID, body: ProposeInvalidation, work: Command) -> OosRead:
    """The laboratory found an assignable cause of its own: it proposes to invalidate its result."""
    return (await _read(work, await commands.propose_invalidation(work, investigation_id, body)))[0]


@writing.post("/{investigation_id}/invalidation-approval")
@allowed(OosInvestigation.approve_invalidation)
async def approve_invalidation(investigation_id: UUID, work: Command) -> OosRead:
    """A quality unit of the manufacturer or the sponsor agrees, and is not who proposed: the result is invalid."""
    return (await _read(work, await commands.approve_invalidation(work, investigation_id)))[0]


@writing.post("/{investigation_id}/invalidation-return")
@allowed(OosInvestigation.return_invalidation)
async def return_invalidation(investigation_id: UUID, body: ReturnInvalidation, work: Command) -> OosRead:
    """The proposal does not convince: the laboratory goes on with phase 1."""
    return (await _read(work, await commands.return_invalidation(work, investigation_id, body.reason)))[0]


@writing.post("/{investigation_id}/phase-2")
@allowed(OosInvestigation.open_phase_2)
async def open_phase_2(investigation_id: UUID, body: OpenPhase2, work: Command) -> OosRead:
    """The laboratory found no error of its own: the manufacturer's quality unit investigates the process."""
    return (await _read(work, await commands.open_phase_2(work, investigation_id, body.reason)))[0]


@writing.post("/{investigation_id}/conclusion")
@allowed(OosInvestigation.conclude)
async def conclude(investigation_id: UUID, body: Conclude, work: Command) -> OosRead:
    """Conclude phase 2: confirmed (opens a deviation) or inconclusive."""
    return (await _read(work, await commands.conclude(work, investigation_id, body.finding())))[0]


@reading.get("/{investigation_id}")
@allowed(*READERS)
async def read(investigation_id: UUID, work: Reading) -> OosRead:
    """One investigation with its clocks."""
    return (await _read(work, await work.get(OosInvestigation, investigation_id)))[0]


@reading.get("")
@allowed(*READERS)
async def search(
    work: Reading,
    paging: Paging,
    number: str | None = None,
    state: State | None = None,
    partner_id: UUID | None = None,
    laboratory_partner_id: UUID | None = None,
    site_id: UUID | None = None,
    product_id: UUID | None = None,
    material: Annotated[str | None, Query(description="the product's code")] = None,
    lot: Annotated[str | None, Query(description="the lot's number")] = None,
    batch_id: Annotated[list[UUID] | None, Query(description="repeatable: any of these batches")] = None,
    test: str | None = None,
    result_id: UUID | None = None,
) -> Page[OosRead]:
    """Investigations, newest first."""
    filters = {
        "number": number,
        "state": state,
        "partner_id": partner_id,
        "laboratory_partner_id": laboratory_partner_id,
        "site_id": site_id,
        "product_id": product_id,
        "material": material,
        "lot_number": lot,
        "test": test,
        "result_id": result_id,
    }
    of_batches = select(OosInvestigation).where(col(OosInvestigation.batch_id).in_(batch_id)) if batch_id else None
    return await page(work, OosInvestigation, paging, filters, lambda work, found: _read(work, *found), of_batches)
