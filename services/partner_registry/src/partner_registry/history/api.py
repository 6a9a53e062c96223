"""What happened to a partner, in the order in which it became known."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, or_, select

from contracts import Day
from partner_registry.history.model import HistoryEntry
from partner_registry.known import KnownAt
from partner_registry.partners.model import Partner
from partner_registry.partners.succession import aliases, with_place_of
from runtime.access import EVERYBODY, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from serving.listing import check_span
from serving.paging import Page, Paging, each, page
from serving.shown import Answer

router = APIRouter(prefix="/partners", tags=["partners"], route_class=QueryRoute)


class HistoryRead(Answer):
    """A fact of this service about a partner; a partner reads those that it was told."""

    id: UUID
    """The fact's own, under which others know it."""
    kind: str
    site_id: UUID | None
    occurred_on: date
    """The day of what happened, or the first on which it may have; in UTC, of an instant."""
    recorded_at: datetime
    data: dict[str, Any]


@router.get("/{partner_id}/facts", name="facts")
@allowed(*EVERYBODY)
async def facts(
    work: Reading,
    partner_id: UUID,
    asked: Paging,
    from_: Annotated[Day | None, Query(alias="from", description="happened on this day or later")] = None,
    to: Annotated[Day | None, Query(description="happened on this day or earlier")] = None,
    kind: Annotated[list[str] | None, Query(description="such as CertificateExpired; repeatable: any of them")] = None,
    as_of: Annotated[KnownAt | None, Query(description="what had been recorded then")] = None,
    with_predecessors: Annotated[bool, Query(description="also of those that merged into it")] = False,
) -> Page[HistoryRead]:
    """Every fact of this service about a partner, newest first; with `sort=id` as it became known."""
    check_span(from_, to)
    await work.get(Partner, partner_id)
    others = await (with_place_of if with_predecessors else aliases)(work, [partner_id])
    of, they = HistoryEntry, {partner_id, *others}
    query = select(of).where(or_(col(of.partner_id).in_(they), col(of.also_partner_id).in_(they)))
    if from_:
        query = query.where(HistoryEntry.occurred_on >= from_)
    if to:
        query = query.where(HistoryEntry.occurred_on <= to)
    if kind:
        query = query.where(col(HistoryEntry.kind).in_(kind))
    if as_of:
        query = query.where(HistoryEntry.recorded_at <= as_of)
    show = each(lambda entry: HistoryRead.model_validate(entry, from_attributes=True))
    return await page(work, HistoryEntry, asked, {}, show, query)
