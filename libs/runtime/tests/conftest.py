"""What the plumbing's tests share: installations of the notes service, and notes itself behind HTTP."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest_asyncio
from aiokafka.admin import AIOKafkaAdminClient

from notes.installation import Installation, install
from notes.main import TOPICS
from runtime.settings import Settings


async def _remove(installation: Installation, postgres_dsn: str) -> None:
    settings = installation.settings
    await installation.place.store.engine.dispose()
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
async def installation(settings: Settings, postgres_dsn: str, eventually: Any) -> AsyncIterator[Installation]:
    """An installation for one test alone."""
    run = f"n{uuid4().hex[:8]}"
    url = f"{settings.database_url.rsplit('/', 1)[0]}/{run}_{{service}}"
    own = settings.model_copy(update={"database_url": url, "topic_prefix": f"{run}."})
    made = await install(own, postgres_dsn, eventually)
    yield made
    await _remove(made, postgres_dsn)
