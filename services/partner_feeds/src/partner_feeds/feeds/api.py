"""HTTP words for feeds."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from contracts import Role
from partner_feeds.feeds import commands, queries
from partner_feeds.feeds.model import Feed, FeedFormat, FeedKind
from partner_feeds.feeds.schemas import FeedRead, RegisterFeed
from runtime.paging import Page, Paging, page
from runtime.routes import Command, CommandRoute, QueryRoute, allowed
from runtime.routes import Query as Reading

writing = APIRouter(prefix="/feeds", tags=["feeds"], route_class=CommandRoute)
reading = APIRouter(prefix="/feeds", tags=["feeds"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Role.quality, Role.supply, Role.admin)
async def register(body: RegisterFeed, work: Command) -> FeedRead:
    """Register a partner's system as a feed."""
    return FeedRead.of(await commands.register(work, body))


@reading.get("/{feed}")
async def read(feed: str, work: Reading) -> FeedRead:
    """One feed, by its id or its code."""
    work.subject = found = await queries.find(work, feed)
    return FeedRead.of(found)


@reading.get("")
async def search(
    work: Reading,
    paging: Paging,
    code: Annotated[str | None, Query()] = None,
    partner_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[FeedKind | None, Query()] = None,
    format: Annotated[FeedFormat | None, Query()] = None,
) -> Page[FeedRead]:
    """Feeds, newest first."""
    filters = {"code": code, "partner_id": partner_id, "kind": kind, "format": format}
    records, cursor = await page(work, Feed, paging, filters)
    return Page(items=[FeedRead.of(record) for record in records], next=cursor)
