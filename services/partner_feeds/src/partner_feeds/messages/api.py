"""HTTP words for messages that were received."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

from partner_feeds.messages import queries, source
from partner_feeds.messages.model import Message
from partner_feeds.messages.schemas import MessageRead, RowInFull
from partner_feeds.reporting.outcomes import Outcome
from runtime.access import EVERYBODY, Asking, allowed
from runtime.bodies import Plain, Reason
from runtime.database import Context
from runtime.routes import Query as Reading
from runtime.work import Store
from serving import cursors
from serving.actions import Actions
from serving.listing import Filter, days, equal
from serving.paging import LIMIT, Page

messages = Actions("messages", Message, MessageRead, queries.readable, readers=EVERYBODY)
messages.post("dismissal", Message.dismiss, Reason)
messages.elsewhere("replay", Message.replay)
messages.get()
messages.list(
    equal(Message, "state")
    | {"feed": Filter(str, queries.of_feed, "a feed's id or code")}
    | days(Message.received_at, "received")
)
streaming = APIRouter(prefix="/messages", tags=["messages"])


@messages.router.get("/{message_id}/records")
@allowed(*EVERYBODY)
async def read_rows(
    message_id: UUID,
    work: Reading,
    outcome: Annotated[Outcome | None, Query()] = None,
    limit: Annotated[int, Field(ge=1, le=1000), Plain, Query(description=LIMIT)] = 500,
    cursor: Annotated[str | None, Query(description="`next` of the page before")] = None,
) -> Page[RowInFull]:
    """A line for each row, in the order of the file: what became of it, and what was wrong."""
    await work.get(Message, message_id)
    (after,) = cursors.decode("rows", cursor, int) if cursor else (-1,)
    found = await queries.rows(work, message_id, after, outcome, limit + 1)
    items, more = cursors.part(found, limit, "rows", lambda line: [line.row])
    return Page(items=items, next=more)


@streaming.get(
    "/{message_id}/content",
    response_class=StreamingResponse,
    responses={200: {"content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}},
)
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
