"""How a service is: in a word for its users, with reasons and numbers on the port of those who run it."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from runtime.problems import Problem
from runtime.settings import Settings
from serving import edge, operations

router = APIRouter(include_in_schema=False)
PATIENCE = 5.0
"""Seconds within which a database says how the service is: one that is frozen, or a lock in the way, would not."""


@router.get("/livez")
async def livez() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """Topics are verified and the database answers. Why not is for those who run it, on their own port."""
    if await unready_reason(request.app):
        raise Problem(503, "not-ready", "not ready yet; try again", headers={"Retry-After": "1"})
    return {"status": state([request.app])}


def state(apps: Iterable[FastAPI]) -> str:
    """``ready``, or ``degraded``: the API works, and something behind it has been failing for long."""
    return "degraded" if any(app.state.health.degraded() for app in apps) else "ready"


async def unready_reason(app: FastAPI) -> str:
    """Why a service cannot do its work now; nothing when it can."""
    if app.state.unready or not app.state.store:
        return str(app.state.unready)
    try:  # who asks has less patience than a statement, which goes on
        await asyncio.wait_for(asyncio.shield(operations.status_of(app.state.place)), PATIENCE)
    except Exception as error:  # whatever it is, the service cannot do its work
        return f"the database does not answer: {type(error).__name__}"
    return ""


async def reasons(services: Mapping[str, FastAPI]) -> dict[str, str]:
    """Why services are not ready, by name; nothing when all are."""
    found = await asyncio.gather(*(unready_reason(app) for app in services.values()))
    return {name: reason for name, reason in zip(services, found, strict=True) if reason}


def _degraded(services: Mapping[str, FastAPI]) -> dict[str, Any]:
    """What has been failing in services for long, the oldest first, and since when."""
    failing = [{"service": name} | each for name, app in services.items() for each in app.state.health.degraded()]
    failing.sort(key=lambda each: each["since"])
    return {"since": failing[0]["since"], "reasons": failing} if failing else {}


def create(services: Mapping[str, FastAPI], settings: Settings) -> Starlette:
    """``/livez``, ``/readyz`` with the reasons, and ``/metrics`` of the services of this process."""

    async def alive(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def ready(_: Request) -> Response:
        if found := await reasons(services):
            raise Problem(503, "not-ready", "; ".join(map(": ".join, found.items())), services=found)
        return JSONResponse({"status": state(services.values()), "services": list(services)} | _degraded(services))

    async def metrics(_: Request) -> Response:
        # What the databases hold is looked up beside this every few seconds: a scrape asks none, and waits for none.
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app = Starlette(routes=[Route("/livez", alive), Route("/readyz", ready), Route("/metrics", metrics)])
    edge.install(app, settings)
    return app
