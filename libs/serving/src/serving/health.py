"""The port of those who run the services, apart from that of their users: it names what is wrong, and counts."""

import asyncio
from collections.abc import Mapping

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from runtime import edge
from runtime.problems import Problem
from runtime.service import unready_reason
from runtime.settings import Settings


async def reasons(services: Mapping[str, FastAPI]) -> dict[str, str]:
    """Why services are not ready, by name; nothing when all are."""
    found = await asyncio.gather(*(unready_reason(app) for app in services.values()))
    return {name: reason for name, reason in zip(services, found, strict=True) if reason}


def create(services: Mapping[str, FastAPI], settings: Settings) -> Starlette:
    """``/livez``, ``/readyz`` with the reasons, and ``/metrics`` of the services of this process."""

    async def livez(_: Request) -> Response:
        return JSONResponse({"status": "alive"})

    async def readyz(_: Request) -> Response:
        if found := await reasons(services):
            told = "; ".join(f"{name}: {reason}" for name, reason in found.items())
            raise Problem(503, "not-ready", told, services=found)
        return JSONResponse({"status": "ready", "services": list(services)})

    async def metrics(_: Request) -> Response:
        await reasons(services)  # brings the gauges that come from the databases up to date
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app = Starlette(routes=[Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)])
    edge.install(app, settings)
    return app
