"""HTTP words for messages that were received."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from partner_feeds.feeds import queries as feeds
from partner_feeds.messages import commands, queries, source
from partner_feeds.messages.model import Message, MessageState
from partner_feeds.messages.outcomes import Outcome
from partner_feeds.messages.schemas import Dismissal, MessageRead, RowInFull
from runtime.access import EVERYBODY, Asking, allowed
from runtime.database import Context
from runtime.paging import Page, Paging, page
from runtime.problems import Problem
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading
from runtime.work import Store

writing = APIRouter(prefix="/messages", tags=["messages"], route_class=CommandRoute)
reading = APIRouter(prefix="/messages", tags=["messages"], route_class=QueryRoute)
streaming = APIRouter(prefix="/messages", tags=["messages"])


@writing.post("/{message_id}/dismissal")
@allowed(Message.dismiss)
async def dismiss(message_id: UUID, body: Dismissal, work: Command) -> MessageRead:
    """Settle that the refused rows will not be taken. What was sent stays."""
    message = await commands.dismiss(work, message_id, body.reason)
    return (await queries.readable(work, [message]))[0]


@reading.get("/{message_id}")
@allowed(*EVERYBODY)
async def read(message_id: UUID, work: Reading) -> MessageRead:
    """One message, and how far its translation is."""
    return (await queries.readable(work, [await work.get(Message, message_id)]))[0]


@reading.get("/{message_id}/records")
@allowed(*EVERYBODY)
async def read_rows(
    message_id: UUID,
    work: Reading,
    outcome: Annotated[Outcome | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 500,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
) -> Page[RowInFull]:
    """A line for each row, in the order of the file: what became of it, and what was wrong."""
    await work.get(Message, message_id)
    if cursor is not None and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise Problem(400, "invalid-cursor", "the cursor is not one that this list gave")
    found = await queries.rows(work, message_id, int(cursor or 0), outcome, limit + 1)
    return Page(items=found[:limit], next=str(found[limit - 1].row) if len(found) > limit else None)


@reading.get("")
@allowed(*EVERYBODY)
async def search(
    work: Reading,
    paging: Paging,
    feed: Annotated[str | None, Query(description="a feed's id or code")] = None,
    state: Annotated[MessageState | None, Query()] = None,
) -> Page[MessageRead]:
    """Messages, newest first."""
    feed_id = (await feeds.find(work, feed)).id if feed else None
    return await page(work, Message, paging, {"feed_id": feed_id, "state": state}, queries.readable)


@streaming.get("/{message_id}/content", response_class=StreamingResponse)
@allowed(*EVERYBODY)
async def content(message_id: UUID, request: Request, principal: Asking) -> StreamingResponse:
    """The bytes as they were received. Their SHA-256 is the ETag."""
    context = Context(principal, read_only=True)
    store: Store = request.app.state.store
    async with store.work(context) as work:
        message = await work.get(Message, message_id)

    async def pieces() -> AsyncIterator[bytes]:
        number = 0
        while piece := await source.fetch(store, context, message_id, number):
            number += 1
            yield piece

    name = message.file_name or f"{message.feed}-{message.id}"
    headers = {
        "Content-Length": str(message.size),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "ETag": f'"{message.sha256}"',
        # A partner's bytes are never to be run by a browser.
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(pieces(), media_type=message.content_type, headers=headers)
