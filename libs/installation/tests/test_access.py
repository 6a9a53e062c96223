"""A Kafka that asks who is there: what the installation allows a service works, and whatever else is refused."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import GroupAuthorizationFailedError, KafkaConnectionError, TopicAuthorizationFailedError
from pydantic import SecretStr

from installation import topics as topics_of_installation
from installation.access import grant
from installation.rights import Needs
from local import KafkaServer
from local.kafka import ADMINISTRATOR
from runtime import kafka as clients
from runtime import topics
from runtime.settings import Settings
from tests.whole import only_whole

pytestmark = [only_whole, pytest.mark.timeout(180)]
OWN, OTHERS, SECRET = "quality-events.capa", "partner-feeds.lot", "partner-registry.partner"
NEEDS = [
    Needs("quality-events", frozenset({OWN}), frozenset({OTHERS}), True),
    Needs("partner-feeds", frozenset({OTHERS}), frozenset(), False),
]
NOTHING_COMES = (TopicAuthorizationFailedError, TimeoutError)
"""A client that names its partitions itself is refused again and again, and goes on asking."""
PASSWORDS = {"quality-events": "of-quality", "partner-feeds": "of-feeds"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    server = KafkaServer(tmp_path_factory.mktemp("secured"), password="of-the-installation")
    server.start()
    yield server
    server.stop()


def told(server: KafkaServer, service: str = "", password: str = "") -> Settings:
    """What a service is told, or without one the administrator."""
    return Settings(
        kafka_bootstrap_servers=server.bootstrap_servers,
        kafka_security_protocol="SASL_PLAINTEXT",
        kafka_username="{service}" if service else ADMINISTRATOR,
        kafka_password=SecretStr(password or PASSWORDS.get(service, "of-the-installation")),
    )


async def send(settings: Settings, service: str, topic: str) -> None:
    producer = AIOKafkaProducer(**clients.client(settings, service), enable_idempotence=True, acks="all")
    try:
        await producer.start()
        await producer.send_and_wait(topic, b"a fact")
    finally:
        await producer.stop()


async def read(settings: Settings, service: str, topic: str, group: str | None = None, within: float = 20) -> Any:
    options = clients.client(settings, service) | {"auto_offset_reset": "earliest", "group_id": group}
    consumer = AIOKafkaConsumer(**options, enable_auto_commit=False)
    await consumer.start()
    try:
        if group:
            consumer.subscribe([topic])
        else:
            consumer.assign([TopicPartition(topic, number) for number in range(4)])
        return (await asyncio.wait_for(consumer.getone(), within)).value
    finally:
        await consumer.stop()


async def test_a_service_does_what_it_must_and_nothing_else(server: KafkaServer) -> None:
    administrator, quality, feeds = told(server), told(server, "quality-events"), told(server, "partner-feeds")
    await topics_of_installation.create(administrator, [OWN, OTHERS, SECRET])
    assert len(await grant(quality, administrator, NEEDS, PASSWORDS)) == 7
    assert await grant(quality, administrator, NEEDS, PASSWORDS) == [], "a second time nothing is left to do"

    assert await topics.verify(quality, [OWN, OTHERS], "quality-events") == []
    await send(feeds, "partner-feeds", OTHERS)
    assert await read(quality, "quality-events", OTHERS, "quality-events") == b"a fact"
    await send(quality, "quality-events", OWN)

    with pytest.raises(TopicAuthorizationFailedError):
        await send(quality, "quality-events", OTHERS)
    with pytest.raises(NOTHING_COMES):
        await read(feeds, "partner-feeds", OWN, within=3)
    with pytest.raises(GroupAuthorizationFailedError):
        await read(quality, "quality-events", OTHERS, "partner-feeds")
    with pytest.raises(KafkaConnectionError):  # so aiokafka calls it where it is let in nowhere
        await send(told(server, "quality-events", "guessed"), "quality-events", OWN)
    assert any(SECRET in each for each in await topics.verify(quality, [SECRET], "quality-events"))

    less = [Needs("quality-events", frozenset({OWN}), frozenset(), False), NEEDS[1]]
    taken = await grant(quality, administrator, less, PASSWORDS)
    assert {each.partition(":")[0] for each in taken} == {"taken"}
    assert len(taken) == 3
    with pytest.raises(NOTHING_COMES):
        await read(quality, "quality-events", OTHERS, within=3)
