"""A process that is told to end answers for a while yet, and lets go of each connection with its answer."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from runtime.settings import Settings
from serving.server import Server, serving

LONG = 60.0
"""Seconds: of a drain that these tests do not wait for."""


class Caller:
    """A connection that is kept open for one request after the other."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def ask(self) -> bytes:
        """The header of the answer to one request."""
        self._writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        async with asyncio.timeout(LONG / 2):
            return await self._reader.readuntil(b"\r\n\r\n")

    async def let_go(self) -> bool:
        """Whether the other side has ended the connection."""
        async with asyncio.timeout(LONG / 2):
            return await self._reader.read() == b""


@asynccontextmanager
async def calling(port: int) -> AsyncIterator[Caller]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    yield Caller(reader, writer)
    writer.transport.abort()


async def nothing(_: Request) -> Response:
    return Response(status_code=204)


class Process:
    """A server in a task of its own, which ends as one does that a signal tells to."""

    def __init__(self, **settings: float) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port, self._up = listener.getsockname()[1], asyncio.Event()
        said = Settings.model_validate({"local": True} | settings)
        self.task = asyncio.create_task(self._run(said, listener))

    async def _run(self, settings: Settings, listener: socket.socket) -> None:
        async with serving(Starlette(routes=[Route("/", nothing)]), settings, listener) as server:
            self._up.set()
            await asyncio.wait([server])

    async def end(self) -> None:
        """What a signal does; a second one does it again."""
        await self._up.wait()
        self.task.cancel()
        await asyncio.sleep(0)

    async def ended(self) -> None:
        async with asyncio.timeout(LONG / 2):
            await asyncio.wait([self.task])


async def test_while_it_drains_each_answer_ends_its_connection() -> None:
    process = Process(drain_seconds=LONG)
    async with calling(process.port) as kept, calling(process.port) as unused:
        assert b"connection: close" not in await kept.ask()
        await process.end()
        for caller in (kept, unused):
            assert b"connection: close" in await caller.ask()
            assert await caller.let_go()
    async with calling(process.port) as new:
        assert b"204" in await new.ask()
    assert not process.task.done()
    await process.end()
    await process.ended()


async def test_one_that_does_not_drain_ends_at_once() -> None:
    process = Process(drain_seconds=0)
    async with calling(process.port) as kept:
        await kept.ask()
        await process.end()
        assert await kept.let_go()
    await process.ended()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", process.port)


async def test_a_connection_without_a_request_stays_as_long_as_is_said() -> None:
    process = Process(keep_alive_seconds=0.05)
    async with calling(process.port) as kept, asyncio.timeout(3):  # five seconds are what is not said
        await kept.ask()
        assert await kept.let_go()
    await process.end()
    await process.ended()
    assert Server(Starlette(), Settings(local=True, keep_alive_seconds=75)).config.timeout_keep_alive == 75
