"""The duration of each HTTP request, by the template of its route."""

import time
from typing import Any

from fastapi.routing import iter_route_contexts
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telemetry.metrics import REQUEST_SECONDS

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Measured:
    """ASGI middleware. What no route answers has none: nobody adds a series by asking for invented paths."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app, self._service = app, service
        self._templates: dict[int, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, error, streams = time.perf_counter(), 0, "", False

        async def noted(message: Message) -> None:
            nonlocal status, streams
            if message["type"] == "http.response.start":
                status = message["status"]
                kind = dict(message.get("headers", ())).get(b"content-type", b"")
                streams = kind.startswith(b"text/event-stream")
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as failure:  # an answer that was broken off
            error = type(failure).__name__
            raise
        finally:
            if not streams:
                method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
                # A client that left before its answer began: the number that servers use among themselves.
                code = str(status or 499)
                labels = self._service, method, self._template(scope), code, error or (code if status >= 500 else "")
                REQUEST_SECONDS.labels(*labels).observe(time.perf_counter() - began)

    def _template(self, scope: Scope) -> str:
        if not self._templates:
            self._templates = dict(map(_named, iter_route_contexts(scope["app"].router.routes)))
        return self._templates.get(id(scope.get("route")), "")


def _named(context: Any) -> tuple[int, str]:
    return id(getattr(context, "original_route", context)), context.path_format
