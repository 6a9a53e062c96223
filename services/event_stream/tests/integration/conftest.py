"""A stream over real HTTP and real Kafka: httpx's in-process transport would wait for the end of the stream."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from contracts import Fact
from contracts.partner_registry import PartnerKind, PartnerRegistered, SiteRegistered
from event_stream.main import create
from runtime.settings import Settings
from serving.server import serving
from tests.world import site_registered


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    id: str
    type: str
    data: dict[str, Any]


@dataclass
class Open:
    """An open stream, and what came out of it so far."""

    response: httpx.Response
    events: list[Event] = field(default_factory=list)

    async def take(self, count: int, within: float = 60.0) -> list[Event]:
        """The next events. Raises TimeoutError when they do not come."""
        taken: list[Event] = []
        async with asyncio.timeout(within):
            while len(taken) < count:
                taken.append(await anext(self._parsed))
        return taken

    async def rest(self, within: float = 60.0) -> list[Event]:
        """What comes until the server ends the stream."""
        async with asyncio.timeout(within):
            return [event async for event in self._parsed]

    def __post_init__(self) -> None:
        self._parsed = self._parse()

    async def _parse(self) -> AsyncIterator[Event]:
        fields: dict[str, str] = {}
        async for line in self.response.aiter_lines():
            name, _, value = line.partition(": ")
            if line:
                fields[name] = value
            elif "data" in fields:
                yield Event(fields["id"], fields["event"], json.loads(fields["data"]))
                fields = {}


@pytest_asyncio.fixture(scope="session")
async def url(launch: Any, settings: Settings) -> AsyncIterator[str]:
    """The event-stream service over HTTP: another process of it, as far as one can be had in this one."""
    await launch("event_stream")  # which makes the topics
    listener = socket.create_server(("127.0.0.1", 0))
    async with serving(create(settings), settings, listener):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


Streaming = Callable[..., AbstractAsyncContextManager[Open]]


@pytest.fixture
def streaming(url: str, issuer: Any) -> Streaming:
    """Open a stream: ``async with streaming(type="DeviationRaised") as stream``."""

    @asynccontextmanager
    async def open_(last: str | None = None, token: str | None = None, **filters: Any) -> AsyncIterator[Open]:
        headers = {"Authorization": f"Bearer {token or issuer.token('quality')}"}
        headers |= {"Last-Event-ID": last} if last else {}
        async with (
            httpx.AsyncClient(timeout=60) as client,
            client.stream("GET", f"{url}/events", params=filters, headers=headers) as response,
        ):
            if response.is_error:
                await response.aread()
            yield Open(response)

    return open_


Happen = Callable[..., Awaitable[list[str]]]


@pytest.fixture
def happen(bus: Any) -> Happen:
    """Let facts happen, ``at`` an instant by Kafka's clock; gives the CloudEvents ids."""

    async def send(*facts: Fact, parties: tuple[UUID, ...] = (), at: datetime | None = None) -> list[str]:
        recorded_at = int(at.timestamp() * 1000) if at else None
        ids = await bus.publish(*facts, timestamp_ms=recorded_at, parties=",".join(map(str, parties)) or None)
        return list(map(str, ids))

    return send


def registered(partner_id: UUID | None = None, name: str = "Alpine Tablets") -> PartnerRegistered:
    """A partner that was just registered."""
    return PartnerRegistered(
        occurred_at=datetime.now(UTC),
        partner_id=partner_id or uuid4(),
        number="P-2026-00001",
        legal_name=name,
        kind=PartnerKind.cmo,
        country="CH",
    )


@pytest.fixture
def fact() -> Callable[..., PartnerRegistered]:
    """Makes facts about partners."""
    return registered


@pytest.fixture
def site_fact() -> Callable[..., SiteRegistered]:
    """Makes facts about sites."""
    return lambda partner_id=None: site_registered(uuid4(), partner_id or uuid4())
