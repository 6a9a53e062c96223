"""HTTP words for the stream of facts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import anyio
import structlog
from aiokafka.errors import KafkaError
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from prometheus_client import Gauge
from pydantic import BaseModel
from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from contracts import HappenedAt
from event_stream.filters import Filter, full_types
from event_stream.places import Place, Since
from event_stream.reader import Reader
from event_stream.schemas import Event
from runtime.access import READERS, SPONSORS, Asking, allowed, requirement
from runtime.principal import Principal, authenticate
from runtime.problems import Problem
from runtime.routes import StrictRoute, filled
from runtime.settings import Settings
from telemetry.metrics import SERVICE

log = structlog.get_logger()
router = APIRouter(tags=["events"], route_class=StrictRoute)
_open: dict[Reader, UUID | None] = {}
"""By reader the partner that it reads for, or None for the sponsor."""
_READERS = Gauge("entente_stream_readers", "Event streams that are open", [SERVICE])
_READERS.labels("event-stream").set_function(lambda: len(_open))
MOST_READERS = 200
"""Streams that one process keeps open; each has a connection to Kafka of its own."""
MOST_OF_A_PARTNER = 20
"""Streams that one partner keeps open in a process: its rivals shall have theirs."""
HEARTBEAT = 15
"""Seconds between comments that keep proxies from closing a quiet stream."""
SLOWEST_SEND = 20.0
"""Seconds that a client may take for one event before it is cut off. It resumes with Last-Event-ID."""

LAST_WORDS = 2.0
"""Seconds that open streams have to end by themselves when the process stops. Without it uvicorn, which waits for them
before it stops the service, would wait for ever."""
_TYPE = "full type, or short name such as DeviationRaised; repeatable"
_LAST = "as the header Last-Event-ID, which counts more: for an EventSource that is opened anew"
_TICKET = "instead of a token, from `POST /v1/events/tickets`; it counts once"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader wants."""

    type: Annotated[list[str] | None, Query(description=_TYPE)] = None
    partner: Annotated[UUID | None, Query(description="a party to the fact, or named in it")] = None
    site: Annotated[UUID | None, Query(description="a site that the fact names")] = None
    key: Annotated[str | None, Query(description="the aggregate's id")] = None
    since: Annotated[
        HappenedAt | Literal["beginning"] | None, Query(description="an instant with its offset, or `beginning`")
    ] = None
    last_event_id: Annotated[str | None, Query(description=_LAST)] = None
    ticket: Annotated[str | None, Query(description=_TICKET)] = None


class Ticket(BaseModel):
    """What opens one stream, for whoever asked for it."""

    ticket: str
    expires_at: datetime
    """Until when it opens a stream; the stream itself may last as long as the token that the ticket was asked with."""


class _Stream(EventSourceResponse):
    """Ends a slow client's stream without an error that looks like ours."""

    media_type = "text/event-stream"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            log.info("a slow reader was cut off; it can resume", seconds=SLOWEST_SEND)


_OF_A_STREAM: dict[str, Any] = {
    "model": Event,
    "content": {_Stream.media_type: {"schema": {"type": "object"}}},  # FastAPI would say that it is a string
    "description": "one server-sent event per fact; the schema is that of each event's `data`",
}


async def _listening(request: Request) -> Principal:
    # From the request itself: who asks is known before anything else of it is looked at.
    ticket = request.query_params.get("ticket")
    if ticket is None:
        principal = await authenticate(request)
    else:
        principal = request.app.state.tickets.redeem(ticket)
        await request.app.state.limits.admit(principal.subject)
    requirement(request.scope["endpoint"]).check_role(principal)
    return principal


Listening = Annotated[Principal, Depends(_listening)]
"""Who asks, by a token or by a ticket."""


async def _reader(
    request: Request,
    principal: Listening,
    wanted: Annotated[Wanted, Depends(filled(Wanted))],
    last_event_id: Annotated[str | None, Header(description="resume behind this event's `id`")] = None,
) -> AsyncIterator[Reader]:
    # A dependency, for its end comes however the stream ends, also where it was never begun to be sent.
    request.scope["route"].check_parameters(request)
    settings: Settings = request.app.state.settings
    chosen = Filter(full_types(wanted.type or ()), wanted.partner, wanted.site, wanted.key, party=principal.partner_id)
    resumed = last_event_id or wanted.last_event_id
    last = Place.parse(resumed) if resumed else None
    if len(_open) >= MOST_READERS:
        raise Problem(503, "too-many-readers", f"{MOST_READERS} streams are open here", headers={"Retry-After": "10"})
    if principal.partner_id and [*_open.values()].count(principal.partner_id) >= MOST_OF_A_PARTNER:
        detail = f"your organisation has {MOST_OF_A_PARTNER} streams open: close one, or let one serve all your readers"
        raise Problem(429, "too-many-streams", detail, headers={"Retry-After": "10"})
    reader = Reader(settings, chosen)
    _open[reader] = principal.partner_id
    try:
        await _begin(reader, last, wanted.since)
        yield reader
    finally:
        _open.pop(reader, None)
        await reader.close()


async def _begin(reader: Reader, last: Place | None, since: Since) -> None:
    try:
        await reader.open(last, since)
    except (KafkaError, OSError, TimeoutError) as error:
        log.warning("a stream cannot begin", reason=str(error) or type(error).__name__)
        raise Problem(503, "unavailable", "Kafka cannot be reached; try again", headers={"Retry-After": "2"}) from error


@router.post("/events/tickets", name="ticket")
@allowed(*READERS)
async def ticket(request: Request, response: Response, principal: Asking) -> Ticket:
    """What a browser's EventSource, which can send no token, opens one stream with: `/events?ticket=...`."""
    text, expires_at = request.app.state.tickets.issue(principal)
    response.headers["Cache-Control"] = "no-store"
    return Ticket(ticket=text, expires_at=datetime.fromtimestamp(expires_at, UTC))


_OPENED_BY: dict[str, Any] = {"security": [{"token": []}, {}]}
"""A token, or the ticket among the parameters."""


@router.get("/events", response_class=_Stream, responses={200: _OF_A_STREAM}, openapi_extra=_OPENED_BY)
@allowed(*READERS)
async def events(principal: Listening, reader: Annotated[Reader, Depends(_reader)]) -> EventSourceResponse:
    """Facts as they happen: `id` is topic:partition:offset, `event` the type, `data` the CloudEvent in JSON.

    Without `since` and Last-Event-ID it begins now. On resuming, the minute before the fact that was seen last is read
    again, for order holds within one key only: **drop what you had by the CloudEvent's `id`**. A partner gets the facts
    to which it is a party. The stream ends when its token expires, when its reader is too slow, and when the service
    stops: open it again with Last-Event-ID.
    """
    stopping = anyio.Event()
    return _Stream(
        reader.events(principal.expires_at, stopping),
        ping=HEARTBEAT,
        send_timeout=SLOWEST_SEND,
        shutdown_event=stopping,
        shutdown_grace_period=LAST_WORDS,
    )


@router.get("/status", tags=["operations"])
@allowed(*SPONSORS)
async def status(request: Request, principal: Asking) -> dict[str, Any]:
    """What the service is for and how many streams are open. It keeps nothing, so it is never behind."""
    return {
        "service": request.app.state.service,
        "about": request.app.description,
        "role": request.app.state.settings.role,
        "lag": None,
        "parked": 0,
        "set_aside": 0,
        "outbox_pending": 0,
        "readers": len(_open),
    }
