"""Topics: made once, verified before a service calls itself ready."""

from typing import Any

import httpx
import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts import PARTITIONS
from installation.topics import create as create_topics
from notes.installation import PRODUCTS, Installation
from notes.main import TOPICS, create
from runtime import topics
from serving.health import unready_reason

pytestmark = pytest.mark.durable_broker


async def without_products(installation: Installation) -> None:
    """Delete a topic, and wait until the broker no longer shows it."""
    client = AIOKafkaAdminClient(bootstrap_servers=installation.settings.kafka_bootstrap_servers)
    await client.start()
    await client.delete_topics([installation.settings.topic(PRODUCTS)])
    await client.close()

    async def missing() -> bool:
        return bool(await topics.verify(installation.settings, TOPICS))

    await installation.eventually(missing)


async def test_topics_are_made_once(installation: Installation) -> None:
    await without_products(installation)
    assert await create_topics(installation.settings, TOPICS) == [installation.settings.topic(PRODUCTS)]
    assert await create_topics(installation.settings, TOPICS) == []

    async def fine() -> bool:
        return await topics.verify(installation.settings, TOPICS) == []

    await installation.eventually(fine)


async def test_verification_names_what_is_wrong(installation: Installation) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=installation.settings.kafka_bootstrap_servers)
    await client.start()
    narrow = installation.settings.topic("narrow")
    await client.create_topics([NewTopic(narrow, PARTITIONS - 1, 1, topic_configs=topics.CONFIGURATION)])
    name = installation.settings.topic(PRODUCTS)
    wrong = {"retention.ms": "604800000", "cleanup.policy": "delete", "max.message.bytes": "2000000"}
    await client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, configs=wrong)])

    async def said() -> bool:
        sentences = await topics.verify(installation.settings, [*TOPICS, "narrow", "absent"])
        return sentences == [
            f"topic {installation.settings.topic('absent')} is missing",
            f"topic {narrow} has partitions={PARTITIONS - 1} instead of {PARTITIONS}",
            f"topic {name} has retention.ms=604800000 instead of -1",
            f"topic {name} has max.message.bytes=2000000 instead of 1048588",
        ]

    await installation.eventually(said)
    await client.delete_topics([narrow])
    await client.close()


async def test_a_service_is_not_ready_on_a_missing_topic_and_knows_why(installation: Installation) -> None:
    await without_products(installation)
    app = create(installation.settings, installation.trouble)
    async with app.router.lifespan_context(app):

        async def knows_why() -> bool:
            return f"{PRODUCTS} is missing" in await unready_reason(app)

        await installation.eventually(knows_why)
        await create_topics(installation.settings, TOPICS)

        async def ready() -> bool:
            return not await unready_reason(app)

        await installation.eventually(ready)


async def test_the_status_answers_before_there_is_a_consumer(installation: Installation, issuer: Any) -> None:
    """Kafka is away from the beginning: operators look at the status all the more."""
    settings = installation.settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    app = create(settings, installation.trouble)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {issuer.token('admin')}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as http,
    ):
        answer = await http.get("/v1/status")
        assert (answer.status_code, answer.json()["parked"]) == (200, 0)

        async def knows_why() -> bool:
            return "Kafka cannot be reached" in await unready_reason(app)

        await installation.eventually(knows_why)
