"""The origin's app: services are mounted, not rewritten; each answers as it would behind a port of its own."""

import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cli.origin import pages
from cli.origin.security import SecurityHeaders
from cli.services import MOUNTED
from contracts import asyncapi
from runtime.problems import Problem
from runtime.settings import Settings
from serving import edge
from serving.health import reasons, state


def create(settings: Settings, *, services: Sequence[str] | None = None) -> Starlette:
    """The origin of an installation whose services run in this process; all of them unless told otherwise."""
    apps = {name: _service(name, settings) for name in services or MOUNTED}
    routes: list[BaseRoute] = [
        *pages.routes(list(apps), settings),
        *about_itself(list(apps), lambda: _state(apps)),
        *(Mount(f"/api/{name}", app) for name, app in apps.items()),
    ]
    name, first = next(iter(apps.items()))
    routes.insert(0, Route("/api/me", _Elsewhere(name, first, "/v1/me")))  # each service could say it
    if "event-stream" in apps:
        routes.append(Route("/events", _Elsewhere("event-stream", apps["event-stream"], "/v1/events")))
    origin = Starlette(routes=routes, lifespan=_lifespan(apps))
    origin.state.services = apps
    edge.install(origin, settings)
    origin.add_middleware(SecurityHeaders)
    return origin


def _service(name: str, settings: Settings) -> FastAPI:
    app: FastAPI = importlib.import_module(f"{name.replace('-', '_')}.main").create(settings)
    return app


def _lifespan(apps: Mapping[str, FastAPI]) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Starlette runs the root's lifespan only: it enters those of the mounted apps."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for app in apps.values():
                await stack.enter_async_context(app.router.lifespan_context(app))
            try:
                yield
            finally:
                for app in apps.values():  # all at once: each is waited for in turn only after that
                    app.state.stopping.set()

    return lifespan


async def _state(apps: Mapping[str, FastAPI]) -> str:
    return "" if await reasons(apps) else state(apps.values())


def about_itself(services: Sequence[str], state: Callable[[], Awaitable[str]]) -> list[BaseRoute]:
    """What the origin says of itself and of all its services together. Partners read it: it names no reason.

    ``state`` is that of all of them, and nothing where one is not ready.
    """

    async def livez(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        """200 when every service's topics are verified and its database answers; which services there are."""
        if not (found := await state()):
            detail = "not ready yet; try again"
            raise Problem(503, "not-ready", detail, services=services, headers={"Retry-After": "1"})
        return JSONResponse({"status": found, "services": services})

    async def facts(_: Request) -> Response:
        return JSONResponse(asyncapi.document())

    return [Route("/livez", livez), Route("/readyz", readyz), Route("/asyncapi.json", facts)]


class _Elsewhere:
    """A service's own route under a shorter name."""

    def __init__(self, name: str, app: ASGIApp, path: str) -> None:
        self._name, self._app, self._path = name, app, path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = f"{scope.get('root_path', '')}/api/{self._name}"
        path = f"{root}{self._path}"
        await self._app({**scope, "root_path": root, "path": path, "raw_path": path.encode()}, receive, send)
