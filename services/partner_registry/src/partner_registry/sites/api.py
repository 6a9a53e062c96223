"""HTTP words for sites."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from contracts import Role
from partner_registry.sites import commands
from partner_registry.sites.model import Site
from partner_registry.sites.schemas import RegisterSite, SiteRead
from runtime.access import EVERYBODY, allowed
from runtime.paging import Page, Paging, each, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading

writing = APIRouter(prefix="/sites", tags=["sites"], route_class=CommandRoute)
reading = APIRouter(prefix="/sites", tags=["sites"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Role.sourcing, Role.quality)
async def register(body: RegisterSite, work: Command) -> SiteRead:
    """Register a partner's plant or laboratory."""
    return SiteRead.of(await commands.register(work, body))


@reading.get("/{site_id}")
@allowed(*EVERYBODY)
async def read(site_id: UUID, work: Reading) -> SiteRead:
    """One site."""
    return SiteRead.of(await work.get(Site, site_id))


@reading.get("")
@allowed(*EVERYBODY)
async def search(
    work: Reading,
    paging: Paging,
    number: Annotated[str | None, Query()] = None,
    partner_id: Annotated[UUID | None, Query()] = None,
    country: Annotated[str | None, Query()] = None,
) -> Page[SiteRead]:
    """Sites, newest first."""
    filters = {"number": number, "partner_id": partner_id, "country": country}
    return await page(work, Site, paging, filters, each(SiteRead.of))
