"""Where a request comes in and its answer goes out: a body has its time and its size, an error is answered once."""

import asyncio

import structlog
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import MAX_BODY_SIZE_SCOPE_KEY
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from runtime.principal import SIGNATURE
from runtime.problems import Problem, as_problem, problem_response
from runtime.settings import Settings
from serving import documents
from serving.wanted import say_which_body
from telemetry.requests import Measured

log = structlog.get_logger()
_ASKED = ["Authorization", "Content-Type", "Message-Id", "Last-Event-ID", SIGNATURE, *documents.IN]
_SHOWN = ["Retry-After", "WWW-Authenticate", *documents.OUT]
"""Headers that a front-end of another origin may send, and those of an answer that it may read."""


CUT_OFF = "the process stops"
"""With this message a request's task is cancelled when the process can wait no longer."""
_STOPPING = "the process stops, and cut this request off; what was sent may have been taken: send it again in a moment"


class BrokenOff(Exception):
    """An answer had begun when it failed: its connection must end, and the log has the reason already."""


async def _answer(request: Request, error: Exception) -> Response:
    problem = as_problem(error)
    if problem is not error and problem.status >= 500:
        log.error("request failed", path=request.url.path, exc_info=error)
    if isinstance(error, RequestValidationError):
        say_which_body(request, problem)
    if problem.status == 405:
        problem.headers["Allow"] = ", ".join(_methods(request))
    return problem_response(problem, request.url.path)


def _methods(request: Request) -> list[str]:
    """What a path may be asked: each method of it is a route of its own, and Starlette names the first one's alone."""
    found: set[str] = set()
    for route in iter_route_contexts(request.app.router.routes):
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= getattr(route, "methods", None) or set()
    return sorted(found | {"HEAD"} if "GET" in found else found)


def install(app: Starlette, settings: Settings) -> None:
    """Bound the bodies that an app reads, and answer its errors with problem details; ours are logged, once."""
    app.add_exception_handler(HTTPException, _answer)  # which Starlette and FastAPI would answer in their own way
    app.add_exception_handler(RequestValidationError, _answer)
    app.add_middleware(_Edge, settings=settings)
    if service := getattr(app.state, "service", ""):
        app.add_middleware(Measured, service=service)
    if settings.cors_origins:
        # Without credentials: a token is sent by the front-end itself, and no cookie counts here.
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT"],
            allow_headers=_ASKED,
            expose_headers=_SHOWN,
        )


class _Edge:
    """ASGI middleware. No exception is left to the server, which would log it once more and break the connection."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if head := scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the same answer, of which the body is not sent
        request = Request(scope, receive, send)
        exchange = _Exchange(request, self._settings, head)
        try:
            await self._app(scope, exchange.receive, exchange.send)
        except BrokenOff:
            raise
        except asyncio.CancelledError as error:
            if exchange.begun or error.args != (CUT_OFF,):
                raise
            stopping = Problem(503, "stopping", _STOPPING, headers={"Retry-After": "2"})
            await problem_response(stopping, request.url.path)(scope, receive, send)
        except Exception as error:
            if exchange.begun:
                log.error("answer broken off", path=request.url.path, exc_info=error)
                raise BrokenOff from error
            await (await _answer(request, error))(scope, receive, send)


class _Exchange:
    """One request on its way in, and the beginning of its answer."""

    def __init__(self, request: Request, settings: Settings, head: bool) -> None:
        self._request, self._settings, self._head = request, settings, head
        self._size, self._credit, self._whole, self.begun = 0, settings.body_behind, False, False

    async def send(self, message: Message) -> None:
        if not (self._head and self.begun):
            self.begun = True
            await self._request._send(message)
            if self._head:
                await self._request._send({"type": "http.response.body", "body": b"", "more_body": False})

    async def receive(self) -> Message:
        """The next piece of the body. Raises a Problem: 408 when it does not come in time, 413 when it is too much."""
        if self._head and self.begun:
            return {"type": "http.disconnect"}  # an event stream ends with that
        if self._whole or self.begun:  # an answer's stream listens for the client's leaving, which may take its time
            return await self._request.receive()
        length = self._request.headers.get("content-length", "")
        self._check(int(length) if length.isdecimal() else 0)
        clock = asyncio.get_running_loop().time
        asked = clock()
        try:
            async with asyncio.timeout(min(self._settings.body_silence, self._credit)):
                message = await self._request.receive()
        except TimeoutError as error:
            detail = f"the body came too slowly: {self._size} bytes, and no more in time; nothing was kept"
            raise Problem(408, "too-slow", detail, headers={"Connection": "close"}) from error
        piece = len(message.get("body", b""))
        self._size, self._whole = self._size + piece, not message.get("more_body", False)
        # Only the time that the client let us wait counts, and what came fast is no credit for dripping later.
        earned = self._credit - (clock() - asked) + piece / self._settings.slowest_body
        self._credit = min(earned, self._settings.body_behind)
        self._check(self._size)
        return message

    def _check(self, size: int) -> None:
        limit = self._request.scope.get(MAX_BODY_SIZE_SCOPE_KEY, self._settings.largest_body)  # the route's, or ours
        if size > limit:
            raise Problem(413, "too-large", f"a request's body has at most {limit} bytes here", limit=limit)
