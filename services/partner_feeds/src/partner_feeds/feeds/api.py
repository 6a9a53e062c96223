"""HTTP words for feeds."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from contracts import Role
from partner_feeds.feeds import commands, queries
from partner_feeds.feeds.model import Feed, FeedFormat, FeedKind
from partner_feeds.feeds.schemas import ChangeFeed, ChangeGrant, FeedRead, RegisterFeed
from runtime.access import EVERYBODY, allowed
from runtime.paging import Page, Paging, each, page
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading

writing = APIRouter(prefix="/feeds", tags=["feeds"], route_class=CommandRoute)
reading = APIRouter(prefix="/feeds", tags=["feeds"], route_class=QueryRoute)


@writing.post("", status_code=201)
@allowed(Role.quality, Role.supply, Role.admin)
async def register(body: RegisterFeed, work: Command) -> FeedRead:
    """Register a partner's system as a feed."""
    return FeedRead.of(await commands.register(work, body))


@writing.post("/{feed}/grants")
@allowed(Feed.grant)
async def grant(feed: str, body: ChangeGrant, work: Command) -> FeedRead:
    """Let the feed report a further record type in a partner's name. Rows refused for want of it can be replayed."""
    return FeedRead.of(await commands.grant(work, feed, body))


@writing.post("/{feed}/grant-withdrawals")
@allowed(Feed.withdraw_grant)
async def withdraw_grant(feed: str, body: ChangeGrant, work: Command) -> FeedRead:
    """Take a grant back. What was reported under it stays."""
    return FeedRead.of(await commands.withdraw_grant(work, feed, body))


@writing.post("/{feed}/backfill")
@allowed(Feed.load_history)
async def load_history(feed: str, body: ChangeFeed, work: Command) -> FeedRead:
    """The feed loads its past: what it brings is shown as historic and opens no clocks that nobody could keep."""
    return FeedRead.of(await commands.load_history(work, feed))


@writing.post("/{feed}/backfill-end")
@allowed(Feed.go_live)
async def go_live(feed: str, body: ChangeFeed, work: Command) -> FeedRead:
    """The past is loaded: what the feed brings from now on is news."""
    return FeedRead.of(await commands.go_live(work, feed))


@reading.get("/{feed}")
@allowed(*EVERYBODY)
async def read(feed: str, work: Reading) -> FeedRead:
    """One feed, by its id or its code."""
    work.subject = found = await queries.find(work, feed)
    return FeedRead.of(found)


@reading.get("")
@allowed(*EVERYBODY)
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
    return await page(work, Feed, paging, filters, each(FeedRead.of))
