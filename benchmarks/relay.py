"""The relay draining an outbox, against a program that has the same rows in memory."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from confluent_kafka import murmur2

from benchmarks.installation import Installation
from benchmarks.rows import Rates, Row
from contracts import CONSTANT_HEADERS, PARTITIONS
from contracts.partner_registry import ProductRegistered
from runtime import outbox
from runtime.applying import Place
from runtime.cursor import ENVELOPE
from runtime.health import Health
from runtime.relay import Relay
from runtime.subscriptions import Subscriptions
from runtime.work import Store

ROWS = (Row("relay drain", aim=0.7, limit=0.25, floor="aiokafka's batches, key hashed in C", unit="facts/s"),)
_SERVICE, _TOPIC = "partner-registry", "partner-registry.product"
_SENT = "SELECT coalesce((SELECT sent_up_to FROM relay_cursor), 0) >= (SELECT max(position) FROM outbox)"
_CONSTANT = [*CONSTANT_HEADERS.items(), ("ce_source", f"/{_SERVICE}".encode())]


class _About(NamedTuple):
    """What the facts are about: nobody's record."""

    parties: tuple[UUID, ...] = ()
    version: int = 1


def _rows(count: int) -> list[outbox.Row]:
    now = datetime.now(UTC)
    facts = [
        ProductRegistered(product_id=uuid4(), code=f"B{number}", name="Film", dosage_form="tablet", occurred_at=now)
        for number in range(count)
    ]
    return [outbox.row(fact, _About(), now, (str(uuid4()), None, None)) for fact in facts]


def _record(row: outbox.Row) -> dict[str, Any]:
    """The bytes that the relay makes of a row, too."""
    id, type, _, key, time, sequence, correlation, causation, trace, parties, data = row
    instant = time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    envelope = (str(id), type, instant, key, str(sequence), correlation, causation, trace, parties)
    named = zip(ENVELOPE, envelope, strict=True)
    headers = [*_CONSTANT, *((f"ce_{name}", value.encode()) for name, value in named if value)]
    return {"key": key.encode(), "value": data.encode(), "headers": headers}


async def _floor(producer: AIOKafkaProducer, rows: list[outbox.Row]) -> float:
    """Facts per second of idempotent, acknowledged explicit batches of 500 over the partitions."""
    began = time.perf_counter()
    for start in range(0, len(rows), 500):
        batches = [producer.create_batch() for _ in range(PARTITIONS)]
        for record in map(_record, rows[start : start + 500]):
            if batches[murmur2(record["key"], PARTITIONS)].append(timestamp=None, **record) is None:
                raise RuntimeError("a chunk of 500 fits into one batch")
        sent = [await producer.send_batch(batch, _TOPIC, partition=n) for n, batch in enumerate(batches)]
        await asyncio.gather(*sent)
    return len(rows) / (time.perf_counter() - began)


async def _ours(connection: Any, woken: asyncio.Event, rows: list[outbox.Row]) -> float:
    """Facts per second from the commit until the running relay has sent all."""
    async with connection.transaction():
        for start in range(0, len(rows), 5000):
            await outbox.write(connection, rows[start : start + 5000])
    began = time.perf_counter()
    woken.set()
    while not await connection.fetchval(_SENT):
        await asyncio.sleep(0.02)
    return len(rows) / (time.perf_counter() - began)


async def _compare(servers: str, count: int) -> None:
    """Read back what both sent. Raises RuntimeError when it is not the same."""
    consumer = AIOKafkaConsumer(_TOPIC, bootstrap_servers=servers, auto_offset_reset="earliest")
    await consumer.start()
    seen: Counter[Any] = Counter()
    async with asyncio.timeout(60):
        while seen.total() < 2 * count:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                seen.update((record.partition, record.key, record.value, record.headers) for record in records)
    await consumer.stop()
    if set(seen.values()) != {2}:
        raise RuntimeError("the floor does not send the bytes that the relay sends")


async def rounds(installation: Installation, seconds: float) -> AsyncGenerator[tuple[Rates], None]:
    """Facts per second into Kafka, of the relay from the outbox, of the floor from memory."""
    servers, count = installation.settings.kafka_bootstrap_servers, int(seconds * 10_000)
    settings = {"enable_idempotence": True, "acks": "all", "linger_ms": 0, "max_batch_size": 1_000_000}
    producer = AIOKafkaProducer(bootstrap_servers=servers, **settings)
    store, stopping = Store(installation.settings, "partner_registry"), asyncio.Event()
    relay = Relay(Place(_SERVICE, store, Subscriptions(), Health(_SERVICE)), installation.settings)
    connection = await asyncpg.connect(installation.admin_url("partner_registry"))
    await producer.start()
    task = asyncio.create_task(relay.run(stopping))
    compared = False
    try:
        while True:
            rows = _rows(count)
            rates = Rates(await _ours(connection, store.published, rows), await _floor(producer, rows))
            if not compared:
                await _compare(servers, count)
                compared = True
            yield (rates,)
    finally:
        stopping.set()
        await task
        await asyncio.gather(producer.stop(), store.close(), connection.close())
