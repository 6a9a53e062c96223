"""An origin with two services, over real HTTP: a command goes in at one, its fact comes out of the other."""

import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest_asyncio

from cli.origin import app as origin
from runtime.settings import Settings
from serving.server import serving

SERVICES = ("partner-registry", "event-stream")


@dataclass
class Origin:
    """A running origin."""

    url: str
    operations: str
    """The URL of its operations port."""
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
        await prepare(name.replace("-", "_"), service, own)
    listener, operations = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
    url, watched = (f"http://127.0.0.1:{each.getsockname()[1]}" for each in (listener, operations))
    headers = {"Authorization": f"Bearer {issuer.token('quality', 'sourcing', 'admin')}"}
    async with (
        serving(app, own, listener, operations),
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client,
    ):

        async def ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready, 30)
        yield Origin(url, watched, client, issuer)
    connection = await asyncpg.connect(postgres_dsn)
    for name in SERVICES:
        await connection.execute(f'DROP DATABASE IF EXISTS "{own.database_of(name).rsplit("/", 1)[1]}" WITH (FORCE)')
    await connection.close()
