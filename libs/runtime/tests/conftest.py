"""What the plumbing's tests share: installations of the notes service, and notes itself behind HTTP."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from notes.behind_http import Notes
from notes.installation import Installation, install
from notes.main import TOPICS, create
from notes.proxy import Proxy
from runtime.settings import Settings
from serving import logs


async def _remove(installation: Installation, postgres_dsn: str) -> None:
    settings = installation.settings
    await installation.place.store.close()
    connection = await asyncpg.connect(postgres_dsn)
    database = settings.database_of("notes").rsplit("/", 1)[1]
    await connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    await connection.close()
    if settings.verify_topics:
        client = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
        await client.start()
        await client.delete_topics([settings.topic(name) for name in TOPICS])
        await client.close()


@pytest_asyncio.fixture
async def installation(
    settings: Settings, postgres_dsn: str, make_database: Any, eventually: Any
) -> AsyncIterator[Installation]:
    """An installation for one test alone."""
    logs.configure()
    run = f"n{uuid4().hex[:8]}"
    url = f"{settings.database_url.rsplit('/', 1)[0]}/{run}_{{service}}"
    own = settings.model_copy(update={"database_url": url, "topic_prefix": f"{run}."})
    made = await install(own, make_database, eventually)
    yield made
    await _remove(made, postgres_dsn)


@pytest_asyncio.fixture
async def proxy(installation: Installation) -> AsyncIterator[Proxy]:
    """A proxy that everything that is started later goes through; the tests' own look at the log does not."""
    proxy = Proxy(installation.settings.kafka_bootstrap_servers)
    server = await proxy.listen()
    yield proxy
    proxy.cut()
    server.close()


@pytest_asyncio.fixture(scope="session")
async def notes(
    settings: Settings, postgres_dsn: str, make_database: Any, eventually: Any, issuer: Any
) -> AsyncIterator[Notes]:
    """The notes service behind HTTP, one for all tests: they use records of their own."""
    installation = await install(settings, make_database, eventually)
    app = create(settings, installation.trouble)
    async with app.router.lifespan_context(app), AsyncExitStack() as stack:

        async def ready() -> bool:
            return not app.state.unready

        await eventually(ready, 30)

        def as_(*roles: str, **more: Any) -> httpx.AsyncClient:
            return httpx.AsyncClient(
                transport=httpx.ASGITransport(app, raise_app_exceptions=False),
                base_url="http://test/v1",
                headers={"Authorization": f"Bearer {issuer.token(*roles, **more)}"},
                timeout=30,
            )

        client = await stack.enter_async_context(as_("quality", "admin"))
        yield Notes(app, client, as_, installation)
    await _remove(installation, postgres_dsn)
