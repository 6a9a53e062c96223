"""HTTP words for specifications."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import select

from contracts import Role
from runtime.access import READERS, allowed
from runtime.paging import Page, Paging, each, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading
from sample_tracking.specifications import commands
from sample_tracking.specifications.model import Specification, SpecificationState
from sample_tracking.specifications.schemas import DraftSpecification, SpecificationRead

writing = APIRouter(prefix="/specifications", tags=["specifications"], route_class=CommandRoute)
reading = APIRouter(prefix="/specifications", tags=["specifications"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Role.quality, Role.lab, Role.regulatory)
async def draft(body: DraftSpecification, work: Command) -> SpecificationRead:
    """Draft the next revision of a product's limits, for one market or (without `market`) for all."""
    return SpecificationRead.of(await commands.draft(work, body))


@writing.post("/{specification_id}/approval")
@allowed(Specification.approve)
async def approve(specification_id: UUID, work: Command) -> SpecificationRead:
    """Bring a draft into force. What was in force for the product and market is superseded in the same moment.

    Results reported from now on are held against it; those reported before keep their evaluation.
    """
    return SpecificationRead.of(await commands.approve(work, specification_id))


@reading.get("/{specification_id}")
@allowed(*READERS)
async def read(specification_id: UUID, work: Reading) -> SpecificationRead:
    """One specification."""
    return SpecificationRead.of(await work.get(Specification, specification_id))


@reading.get("")
@allowed(*READERS)
async def search(
    work: Reading,
    paging: Paging,
    product_id: Annotated[UUID | None, Query()] = None,
    product: Annotated[str | None, Query(description="the product's code")] = None,
    state: Annotated[SpecificationState | None, Query()] = None,
    market: Annotated[str | None, Query(description="ISO 3166-1 alpha-2, or `all` for those of every market")] = None,
) -> Page[SpecificationRead]:
    """Specifications, newest first."""
    filters = {"product_id": product_id, "product_code": product, "state": state}
    statement = select(Specification)
    if market is not None:
        statement = statement.where(Specification.market == (None if market == "all" else market))
    return await page(work, Specification, paging, filters, each(SpecificationRead.of), statement)
