"""The origin of services that run in processes of their own: pages, and whether all are ready.

A gateway before it brings ``/api/<service>/`` and ``/events`` to the services themselves. Start it with
``python -m serving cli.origin.front:create``.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
from pydantic_settings import BaseSettings, SettingsConfigDict
from starlette.applications import Starlette

from cli.origin import pages
from cli.origin.app import about_itself
from cli.origin.security import SecurityHeaders
from cli.services import MOUNTED
from runtime.settings import Settings
from serving import edge

_PATIENCE = 5.0
"""Seconds within which a service says that it is ready, or is not."""


class FrontSettings(BaseSettings):
    """Where the services are, read from ``ENTENTE_FRONT_...`` variables."""

    model_config = SettingsConfigDict(env_prefix="ENTENTE_FRONT_", extra="ignore")

    service_url: str = "http://{service}-api:8000"


def create(
    settings: Settings | None = None, front: FrontSettings | None = None, services: Sequence[str] = MOUNTED
) -> Starlette:
    """The pages of an installation, and its ``/livez``, ``/readyz`` and ``/asyncapi.json``."""
    where = (front or FrontSettings()).service_url
    urls = [where.format(service=name) for name in services]

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(timeout=_PATIENCE, trust_env=False) as app.state.client:
            yield

    async def state() -> str:
        return together(await asyncio.gather(*(_state_of(origin.state.client, url) for url in urls)))

    names, told = list(services), settings or Settings()
    origin = Starlette(routes=[*pages.routes(names, told), *about_itself(names, state)], lifespan=lifespan)
    origin.state.services = {}  # none runs in this process: its own port for operations has nothing to tell of one
    edge.install(origin, told)
    origin.add_middleware(SecurityHeaders)
    return origin


def together(states: Sequence[str]) -> str:
    """What holds for all: nothing where one is not ready, and degraded where one is."""
    return "" if not all(states) else "degraded" if "degraded" in states else "ready"


async def _state_of(client: httpx.AsyncClient, url: str) -> str:
    try:
        answer = await client.get(f"{url}/readyz")
        return str(answer.json()["status"]) if answer.is_success else ""
    except (httpx.HTTPError, ValueError, KeyError):
        return ""
