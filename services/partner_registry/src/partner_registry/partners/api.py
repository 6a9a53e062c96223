"""HTTP words for partners."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from contracts import Role
from contracts.partner_registry import PartnerKind, PartnerStatus
from partner_registry.partners import commands
from partner_registry.partners.model import Partner
from partner_registry.partners.schemas import ChangeStatus, PartnerRead, RegisterPartner
from runtime.access import EVERYBODY, allowed
from runtime.paging import Page, Paging, each, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading

writing = APIRouter(prefix="/partners", tags=["partners"], route_class=CommandRoute)
reading = APIRouter(prefix="/partners", tags=["partners"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Role.sourcing, Role.quality)
async def register(body: RegisterPartner, work: Command) -> PartnerRead:
    """Register a partner; it begins as a prospect. A known DUNS, or name in the country, is refused."""
    return PartnerRead.of(await commands.register(work, body))


@writing.post("/{partner_id}/activation")
@allowed(Partner.activate)
async def activate(partner_id: UUID, body: ChangeStatus, work: Command) -> PartnerRead:
    """Work may be given to the partner."""
    return PartnerRead.of(await commands.activate(work, partner_id, body.reason))


@writing.post("/{partner_id}/suspension")
@allowed(Partner.suspend)
async def suspend(partner_id: UUID, body: ChangeStatus, work: Command) -> PartnerRead:
    """No new work for the partner until the suspension is lifted."""
    return PartnerRead.of(await commands.suspend(work, partner_id, body.reason))


@writing.post("/{partner_id}/exit")
@allowed(Partner.exit)
async def exit(partner_id: UUID, body: ChangeStatus, work: Command) -> PartnerRead:
    """The relation ended."""
    return PartnerRead.of(await commands.exit(work, partner_id, body.reason))


@reading.get("/{partner_id}")
@allowed(*EVERYBODY)
async def read(partner_id: UUID, work: Reading) -> PartnerRead:
    """One partner."""
    return PartnerRead.of(await work.get(Partner, partner_id))


@reading.get("")
@allowed(*EVERYBODY)
async def search(
    work: Reading,
    paging: Paging,
    number: Annotated[str | None, Query()] = None,
    kind: Annotated[PartnerKind | None, Query()] = None,
    state: Annotated[PartnerStatus | None, Query()] = None,
    country: Annotated[str | None, Query()] = None,
) -> Page[PartnerRead]:
    """Partners, newest first."""
    filters = {"number": number, "kind": kind, "state": state, "country": country}
    return await page(work, Partner, paging, filters, each(PartnerRead.of))
