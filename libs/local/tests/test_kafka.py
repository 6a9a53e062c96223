"""Apache Kafka and the in-memory broker: real starts, and what is left after a SIGKILL."""

from collections.abc import Iterator

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError

from local import EmbeddedBroker, KafkaServer
from local.kafka import answers


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    server = KafkaServer(tmp_path_factory.mktemp("kafka"))
    server.start()
    yield server
    server.stop()


async def create(bootstrap_servers: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()


async def send(bootstrap_servers: str, topic: str, value: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all")
    await producer.start()
    try:
        await producer.send_and_wait(topic, value, partition=0)
    finally:
        await producer.stop()


async def read(bootstrap_servers: str, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        consumer.assign([TopicPartition(topic, 0)])
        return [(await consumer.getone()).value for _ in range(count)]
    finally:
        await consumer.stop()


async def test_messages_and_the_address_survive_a_stop_and_a_kill(server: KafkaServer) -> None:
    address = server.bootstrap_servers
    await create(server.bootstrap_servers, "kept")
    await send(server.bootstrap_servers, "kept", b"before the stop")
    server.stop()
    assert not answers(address)
    again = KafkaServer(server.folder)
    again.start()
    try:
        assert again.bootstrap_servers == address
        await send(address, "kept", b"before the kill")
    finally:
        again.kill()
    server.start()
    assert await read(address, "kept", 2) == [b"before the stop", b"before the kill"]


async def test_a_topic_that_nobody_created_does_not_appear(server: KafkaServer) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=server.bootstrap_servers, request_timeout_ms=1000)
    await producer.start()
    try:
        with pytest.raises(UnknownTopicOrPartitionError):
            await producer.send_and_wait("a-typo", b"lost")
    finally:
        await producer.stop()


async def test_the_in_memory_broker_answers_and_forgets() -> None:
    broker = EmbeddedBroker()
    broker.start()
    try:
        await send(broker.bootstrap_servers, "passing", b"by")
        assert await read(broker.bootstrap_servers, "passing", 1) == [b"by"]
    finally:
        broker.stop()
    assert not answers(broker.bootstrap_servers)
