"""An origin with two services, over real HTTP: a command goes in at one, its fact comes out of the other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest_asyncio
import uvicorn

from cli.origin import app as origin
from runtime.settings import Settings

SERVICES = ("partner-registry", "event-stream")


class _Server(uvicorn.Server):
    """Leaves pytest's signal handlers alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Origin:
    """A running origin."""

    url: str
    client: httpx.AsyncClient
    issuer: Any


@pytest_asyncio.fixture(scope="session")
async def running(
    settings: Settings, postgres_dsn: str, issuer: Any, prepare: Any, eventually: Any
) -> AsyncIterator[Origin]:
    """The origin, ready, and a client with a sponsor's token."""
    # Topics and databases of its own: the `launch` fixture may run the same services beside it.
    own = settings.model_copy(
        update={
            "topic_prefix": f"o{settings.topic_prefix}",
            "database_url": settings.database_url.replace("{service}", "o_{service}"),
        }
    )
    app = origin.create(own, services=SERVICES)
    for name, service in app.state.services.items():
        await prepare(name.replace("-", "_"), service, own, postgres_dsn)
    server = _Server(uvicorn.Config(app, port=0, lifespan="on", log_level="warning", timeout_graceful_shutdown=1))
    task = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await eventually(started)
    url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    headers = {"Authorization": f"Bearer {issuer.token('quality', 'sourcing', 'admin')}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready, 30)
        yield Origin(url, client, issuer)
    server.should_exit = True
    await task
    connection = await asyncpg.connect(postgres_dsn)
    for name in SERVICES:
        await connection.execute(f'DROP DATABASE IF EXISTS "{own.database_of(name).rsplit("/", 1)[1]}" WITH (FORCE)')
    await connection.close()
