"""How an app is served: on sockets that are bound already, with bounds on slow clients, until it is told to stop."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial
from signal import SIGTERM
from typing import Any

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from runtime.settings import Settings
from serving import health
from serving.edge import CUT_OFF

log = structlog.get_logger()
GRACE = 5
"""Seconds that open requests get at the end. Event streams, which end by themselves, need two."""
LARGEST_HEADER = 1_000_000
"""Bytes. A header takes some three thousand; what comes in one piece with it may be more."""


class _Protocol(HttpToolsProtocol):
    """HTTP/1.1 that ends a connection whose next header does not come in time, has no end, or that nobody reads."""

    _deadline: asyncio.TimerHandle
    _header = 0

    def __init__(self, *args: Any, settings: Settings, **options: Any) -> None:
        super().__init__(*args, **options)
        self._settings = settings

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self._settings.header_seconds, transport.close)
        if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; elsewhere a client that never reads its answer may stay
            unread = int(self._settings.answer_silence * 1000)
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, unread)

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.cancel()
        super().connection_lost(exc)

    def on_headers_complete(self) -> None:
        self._deadline.cancel()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        complete = self.cycle is not None and self.cycle.scope is self.scope
        self._header = 0 if complete else self._header + len(data)
        if self._header > LARGEST_HEADER:
            self.transport.close()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.timeout_keep_alive_task is not None:  # else the next request is here already
            # Whatever still comes, the rest of this request's body too, a new header must be complete by then.
            patience = self.timeout_keep_alive + self._settings.header_seconds
            self._deadline = self.loop.call_later(patience, self.transport.close)


class Server(uvicorn.Server):
    """Leaves signals to whoever runs it: uvicorn would raise them once more at its end."""

    def __init__(self, app: Any, settings: Settings) -> None:
        protocol: Any = partial(_Protocol, settings=settings)
        # Its patience is longer than ours: it would call what it cuts off an error.
        options: dict[str, Any] = {"timeout_graceful_shutdown": GRACE + 2, "log_config": None, "access_log": False}
        options |= {"timeout_keep_alive": settings.keep_alive_seconds, "lifespan": "on", "ws": "none"}
        if service := getattr(app.state, "service", ""):  # what tells how services are is offered by no gateway
            options["root_path"] = settings.root_path.format(service=service)
        super().__init__(uvicorn.Config(app, http=protocol, server_header=False, **options))

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(
    app: Any, settings: Settings, listener: socket.socket, operations: socket.socket | None = None
) -> AsyncIterator[asyncio.Task[None]]:
    """Serve services to the world and, on a socket of their own, to those who run them, until the block ends.

    Gives the task, which ends by itself only when the app could not start. At the end it is answered for
    ``drain_seconds`` more.
    """
    async with AsyncExitStack() as stack:
        if operations is not None:  # first, for what is entered first ends last: it tells how the services end
            watched = health.create(app.state.services, settings)
            at_once = settings.model_copy(update={"drain_seconds": 0})
            await stack.enter_async_context(serving(watched, at_once, operations))
        server = Server(app, settings)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield task
        finally:
            await _drain(server, task, settings.drain_seconds)
            server.handle_exit(SIGTERM, None)  # not only should_exit: open event streams listen for this
            await asyncio.wait([task], timeout=GRACE)
            for request in server.server_state.tasks:
                log.warning("a request is cut off")
                request.cancel(CUT_OFF)
            await asyncio.wait([task], timeout=5 * GRACE)


async def _drain(server: Server, task: asyncio.Task[None], seconds: float) -> None:
    """Send no more requests here, says each answer, and its connection ends: one that is cut off could lose one."""
    if seconds and server.started and not task.done():
        # The server makes the headers of all its answers anew of these within a second.
        server.config.encoded_headers.append((b"connection", b"close"))
        server.server_state.default_headers = [*server.server_state.default_headers, *server.config.encoded_headers]
        with suppress(asyncio.CancelledError):  # told once more, it ends at once
            await asyncio.wait([task], timeout=seconds)
