"""An installation of notes for one test: its own database and topics, and the parts of the plumbing one by one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.structs import ConsumerRecord

from contracts import PARTITIONS, Fact, clock, contract_of, to_message
from contracts.partner_registry import ProductRegistered
from installation import topics
from notes.consumers import Heading, Trouble, subscriptions
from notes.main import TOPICS
from runtime.applying import Place
from runtime.consumer import Consumer
from runtime.health import Health
from runtime.jobs import supervised
from runtime.offsets import Claim, event_id
from runtime.relay import Relay
from runtime.settings import Settings
from runtime.work import Store, Work

PRODUCTS = "partner-registry.product"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
"""How many of the installation's sessions wait for a lock."""
FORGETFUL = """
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM inbox; RETURN NULL; END $$;
CREATE TRIGGER forget AFTER INSERT ON inbox FOR EACH STATEMENT EXECUTE FUNCTION forget();
"""
"""An inbox that forgets at once what it is told: only the stored offset keeps a fact from being applied twice."""


def claim(partition: TopicPartition, stored: int, records: Sequence[ConsumerRecord]) -> Claim:
    """Of records that are applied where the stored offset is said to be, since its handlers were registered."""
    return Claim(partition, stored, 1, records[-1].offset + 1, event_id(records[-1]))


MIGRATIONS = Path(__file__).parents[2] / "migrations"


def product(key: UUID, number: int, name: str = "x") -> ProductRegistered:
    """A fact of a key, with a number by which its order is seen."""
    return ProductRegistered(product_id=key, code=str(number), name=name, dosage_form="tablet", occurred_at=clock.now())


def record(
    fact: Fact, number: int, *, id: UUID | None = None, time: datetime | None = None, **headers: str
) -> dict[str, Any]:
    """A fact as a Kafka record, for a test that is its producer."""
    contract = contract_of(type(fact))
    attributes = {
        "id": str(id or uuid4()),
        "type": contract.type,
        "source": "/test",
        "time": time or clock.now(),
        "partitionkey": contract.key_of(fact),
        "sequence": str(number),
    }
    made = to_message(attributes | headers, fact.model_dump_json().encode())
    return {"key": str(made.key).encode(), "value": made.value, "headers": list(made.headers.items())}


def message(key: UUID, number: int, **envelope: Any) -> dict[str, Any]:
    """The record of a fact of a key with a number."""
    return record(product(key, number), number, **envelope)


@dataclass
class Installation:
    """Everything that one test needs, apart from every other test's."""

    settings: Settings
    admin: str
    """The superuser's URL of the service's database."""
    eventually: Callable[..., Awaitable[Any]]
    """``await eventually(check, within)``."""
    trouble: Trouble = field(default_factory=Trouble)

    def __post_init__(self) -> None:
        self.place = self.replica()

    def replica(self) -> Place:
        """Another process of the service: a pool of its own, the same database and topics."""
        return Place("notes", Store(self.settings, "notes"), subscriptions(self.trouble), Health("notes"))

    def behind(self, address: str) -> "Installation":
        """The same installation, which reaches Kafka by another address."""
        return replace(self, settings=self.settings.model_copy(update={"kafka_bootstrap_servers": address}))

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """A transaction as the service's worker."""
        async with self.place.store.work(self.place.context()) as work:
            yield work

    async def publish(self, key: UUID, numbers: Sequence[int]) -> None:
        """Facts of one key in one transaction."""
        async with self.work() as work:
            for number in numbers:
                work.publish(product(key, number), of=Heading([], number))

    async def rows(self, sql: str, *arguments: Any) -> list[Any]:
        """What the superuser sees."""
        connection = await asyncpg.connect(self.admin)
        try:
            return list(await connection.fetch(sql, *arguments))
        finally:
            await connection.close()

    async def run(self, script: str) -> None:
        """What the superuser does: statements without a result."""
        connection = await asyncpg.connect(self.admin)
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    async def value(self, sql: str, *arguments: Any) -> Any:
        """One value that the superuser sees."""
        return (await self.rows(sql, *arguments))[0][0]

    @asynccontextmanager
    async def relaying(self, told: asyncio.Event | None = None) -> AsyncIterator[asyncio.Task[None]]:
        """A relay that runs until the block ends. ``told`` is set when it has been told to stop."""
        place, stopping = self.replica(), asyncio.Event()
        task = asyncio.create_task(
            supervised("relay", Relay(self.place, self.settings).run, stopping, self.place.health)
        )
        try:
            yield task
        finally:
            stopping.set()
            if told is not None:
                told.set()
            await asyncio.wait_for(asyncio.gather(task, return_exceptions=True), 30)
            await place.store.close()

    @asynccontextmanager
    async def consuming(self) -> AsyncIterator["Member"]:
        """A consumer of a replica of its own that runs until the block ends."""
        place = self.replica()
        member = Member(Consumer(place, self.settings))
        try:
            yield member
        finally:
            await member.stop()
            await place.store.close()

    async def produce(self, records: Sequence[dict[str, Any]], topic: str = PRODUCTS) -> None:
        """Records straight into Kafka, in their order."""
        producer = AIOKafkaProducer(bootstrap_servers=self.settings.kafka_bootstrap_servers, acks="all")
        await producer.start()
        try:
            sent = [await producer.send(self.settings.topic(topic), **record) for record in records]
            await asyncio.gather(*sent)
        finally:
            await producer.stop()

    async def log(self, topic: str = PRODUCTS) -> list[ConsumerRecord]:
        """Every record of a topic, in each partition's order."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.settings.kafka_bootstrap_servers, max_poll_records=10_000)
        await consumer.start()
        try:
            partitions = [TopicPartition(self.settings.topic(topic), number) for number in range(PARTITIONS)]
            ends = await consumer.end_offsets(partitions)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            records: list[ConsumerRecord] = []
            while any([await consumer.position(partition) < end for partition, end in ends.items()]):
                for batch in (await consumer.getmany(timeout_ms=200)).values():
                    records += batch
            return records
        finally:
            await consumer.stop()


class Member:
    """A running consumer."""

    def __init__(self, consumer: Consumer) -> None:
        self.consumer, self._stopping = consumer, asyncio.Event()
        self.health = consumer._place.health
        self.task = asyncio.create_task(supervised("consumer", consumer.run, self._stopping, self.health))

    async def looked(self, times: int) -> None:
        """Wait until it has looked so often again how far the log reaches."""
        for _ in range(times):
            before = self.consumer._look_at
            while self.consumer._look_at == before:
                await asyncio.sleep(0.02)

    async def stop(self) -> None:
        """As SIGTERM does: let it finish what it has in hand."""
        self._stopping.set()
        await asyncio.wait_for(asyncio.gather(self.task, return_exceptions=True), 30)


async def install(
    settings: Settings, make_database: Callable[..., Awaitable[str]], eventually: Callable[..., Awaitable[Any]]
) -> Installation:
    """Database and topics."""
    admin = await make_database(settings, "notes", MIGRATIONS)
    if settings.verify_topics:
        await topics.create(settings, TOPICS)
    return Installation(settings, admin, eventually)
