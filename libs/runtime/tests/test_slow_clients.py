"""Clients that send slowly, without end or not at all hold neither a connection nor a task for ever."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import asyncpg
import psutil
import pytest
import pytest_asyncio

from notes.behind_http import Notes
from notes.installation import WAITING
from notes.main import create
from serving.server import serving

HEADER, SILENCE, BEHIND, RATE = 0.4, 0.5, 1.0, 1000
"""Seconds, and bytes a second: as the settings have them, but short."""
LONG = 10.0
"""Seconds within which a connection must have ended; far more than the limits, for a machine that is busy."""
STEP = 0.1
"""Seconds between two bytes of a client that drips."""


class Connection:
    """A client's connection, byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.received = reader, writer, b""

    async def gone(self, within: float = LONG) -> bool:
        """Whether the server closes the connection in time; what it says until then is kept."""
        try:
            async with asyncio.timeout(within):
                while piece := await self.reader.read(65536):
                    self.received += piece
        except TimeoutError:
            return False
        except ConnectionError:
            pass
        return True

    async def drip(self, piece: bytes, within: float = LONG) -> bool:
        """Send a piece at each step until the server closes the connection; whether it does in time."""
        end = time.monotonic() + within
        while time.monotonic() < end:
            self.writer.write(piece)
            if await self.gone(STEP):
                return True
        return False

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next answer: status, headers and body."""
        head = (await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), LONG)).decode()
        status, *lines = head.rstrip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await asyncio.wait_for(self.reader.readexactly(int(headers["content-length"])), LONG)
        return int(status.split()[1]), headers, body


class Server:
    """The notes service behind a port, with little patience."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self._token = port, token

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Connection]:
        """A connection that nothing was sent on."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        yield Connection(reader, writer)
        writer.transport.abort()

    def head(self, length: int, **headers: str) -> bytes:
        """The header of a request that writes a note."""
        given = {"Host": "test", "Content-Type": "application/json", "Content-Length": str(length)}
        given |= {"Authorization": f"Bearer {self._token}"} | headers
        return "".join(["POST /v1/notes HTTP/1.1\r\n", *(f"{n}: {v}\r\n" for n, v in given.items()), "\r\n"]).encode()


@pytest_asyncio.fixture(scope="module")
async def server(notes: Notes, issuer: Any) -> AsyncIterator[Server]:
    """The service, served as ``python -m serving`` serves it."""
    short: dict[str, Any] = {"header_seconds": HEADER, "answer_silence": SILENCE}
    short |= {"body_silence": SILENCE, "body_behind": BEHIND, "slowest_body": RATE}
    settings = notes.installation.settings.model_copy(update={"role": "api"} | short)
    listener = socket.create_server(("127.0.0.1", 0))
    async with serving(create(settings), settings, listener):
        yield Server(listener.getsockname()[1], issuer.token("quality"))


async def test_a_connection_that_says_nothing_is_closed(server: Server) -> None:
    async with server.connected() as connection:
        began = time.monotonic()
        assert await connection.gone()
        assert time.monotonic() - began > 0.9 * HEADER


@pytest.mark.parametrize("piece", [b"X-Slow: 1\r\n", b"x"])
async def test_a_header_that_drips_is_cut_off(server: Server, piece: bytes) -> None:
    async with server.connected() as connection:
        connection.writer.write(b"GET /v1/notes HTTP/1.1\r\nHost: test\r\n")
        assert await connection.drip(piece)


async def test_blank_lines_before_a_request_are_no_way_to_stay(server: Server) -> None:
    async with server.connected() as connection:
        assert await connection.drip(b"\r\n")


async def test_so_is_the_header_of_a_later_request(server: Server) -> None:
    async with server.connected() as connection:
        connection.writer.write(b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n")
        assert (await connection.answer())[0] == 200
        connection.writer.write(b"GET /livez HTTP/1.1\r\n")
        assert await connection.drip(b"X-Slow: 1\r\n")


async def test_requests_that_follow_each_other_are_answered_beyond_the_first_ones_time(server: Server) -> None:
    end = time.monotonic() + 3 * HEADER
    async with server.connected() as connection:
        while time.monotonic() < end:
            connection.writer.write(2 * b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n")
            assert [(await connection.answer())[0] for _ in range(2)] == [200, 200]


async def test_a_header_without_end_is_cut_off_before_its_time(notes: Notes, issuer: Any) -> None:
    settings = notes.installation.settings.model_copy(update={"role": "api", "header_seconds": 60.0})
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], "")
    async with serving(create(settings), settings, listener), server.connected() as connection:
        connection.writer.write(b"GET /livez HTTP/1.1\r\nX-Long: ")
        gone = asyncio.create_task(connection.gone())
        while not gone.done():
            connection.writer.write(b"x" * 65536)
            await asyncio.wait({gone}, timeout=0.001)
        assert await gone
    assert not connection.received


async def test_a_body_that_stops_is_408_and_the_connection_ends(server: Server) -> None:
    async with server.connected() as connection:
        connection.writer.write(server.head(100) + b'{"text": ')
        status, headers, body = await connection.answer()
        assert (status, headers["content-type"]) == (408, "application/problem+json")
        assert json.loads(body)["type"] == "urn:entente:problem:too-slow"
        assert headers["connection"] == "close"
        assert await connection.gone()


async def test_a_body_that_drips_is_408_though_it_is_never_silent(server: Server) -> None:
    async with server.connected() as connection:
        connection.writer.write(server.head(100_000))
        assert await connection.drip(b" ")
        assert connection.received.startswith(b"HTTP/1.1 408 ")


async def test_a_slow_line_is_no_reason_to_refuse(server: Server) -> None:
    """Three times longer than a body may be behind, and never behind."""
    text, steps = uuid4().hex, int(3 * BEHIND / STEP)
    body = json.dumps({"text": text}).encode()
    async with server.connected() as connection:
        connection.writer.write(server.head(len(body) + steps * int(5 * RATE * STEP)))
        for _ in range(steps):
            connection.writer.write(b" " * int(5 * RATE * STEP))
            assert not await connection.gone(STEP)
        connection.writer.write(body)
        assert (await connection.answer())[0] == 201


async def test_what_was_sent_fast_is_no_credit_for_dripping(server: Server) -> None:
    async with server.connected() as connection:
        connection.writer.write(server.head(900_000) + b" " * 500_000)
        assert await connection.drip(b" ")
        assert connection.received.startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_goes_on_after_its_answer_does_not_keep_the_connection(server: Server) -> None:
    async with server.connected() as connection:
        connection.writer.write(server.head(1_000_000, Authorization="Bearer nonsense"))
        assert (await connection.answer())[0] == 401
        assert await connection.drip(b" ")


async def test_a_body_too_large_is_refused_before_it_is_sent_and_the_connection_serves_on(server: Server) -> None:
    async with server.connected() as connection:
        connection.writer.write(server.head(2_000_000))
        status, headers, body = await connection.answer()
        assert (status, headers["content-type"]) == (413, "application/problem+json")
        assert json.loads(body)["limit"] == 1_000_000
        connection.writer.write(b" " * 2_000_000 + b"GET /livez HTTP/1.1\r\nHost: test\r\n\r\n")
        assert (await connection.answer())[0] == 200


async def test_a_request_that_is_cut_off_at_the_end_is_503(notes: Notes, issuer: Any) -> None:
    """One whose body is still on its way, and one that is being answered."""
    settings = notes.installation.settings.model_copy(update={"role": "api"})
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], issuer.token("quality"))
    async with server.connected() as sending, server.connected() as waiting:
        async with (
            asyncpg.create_pool(notes.installation.admin, min_size=1) as pool,
            pool.acquire() as holder,
            holder.transaction(),
            serving(create(settings), settings, listener),
        ):
            await holder.execute("LOCK TABLE note")
            sending.writer.write(server.head(100_000) + b'{"text": ')
            waiting.writer.write(server.head(15) + b'{"text": "any"}')
            await notes.installation.eventually(lambda: notes.installation.value(WAITING))
        for connection in (sending, waiting):
            status, headers, body = await connection.answer()
            assert (status, headers["content-type"]) == (503, "application/problem+json")
            assert int(headers["retry-after"]) > 0
            assert json.loads(body)["type"] == "urn:entente:problem:stopping"


async def test_an_answer_that_nobody_reads_does_not_keep_the_connection(
    server: Server, notes: Notes, eventually: Any
) -> None:
    mark = uuid4().hex
    for _ in range(9):
        assert (await notes.client.post("/notes", json={"text": mark + "x" * 800_000})).status_code == 201
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        request = server.head(0).replace(b"POST /v1/notes", b"GET /v1/notes?limit=200", 1)
        client.sendall(request)

        async def ours() -> list[Any]:
            connections = psutil.Process().net_connections("tcp")
            return [each for each in connections if each.raddr and each.raddr[1] == client.getsockname()[1]]

        assert await eventually(ours)

        async def gone() -> bool:
            return not await ours()

        await eventually(gone)


async def test_no_request_stays(server: Server, eventually: Any) -> None:
    """After all of the above: nothing is left of any request."""

    async def none() -> bool:
        return not [task for task in asyncio.all_tasks() if "run_asgi" in repr(task)]

    async with server.connected() as connection:
        connection.writer.write(server.head(100))
        assert not await connection.gone(STEP)
        assert not await none()
        assert await connection.gone()
    await eventually(none)
