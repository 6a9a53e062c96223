"""The relay draining an outbox, against aiokafka's explicit batches with the same messages and no database."""

import asyncio
import time
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer
from confluent_kafka import murmur2

from benchmarks.installation import Installation
from benchmarks.report import Measurement
from contracts import PARTITIONS
from contracts.partner_registry import ProductRegistered
from runtime import outbox
from runtime.applying import Place
from runtime.health import Health
from runtime.relay import Relay
from runtime.subscriptions import Subscriptions
from runtime.work import Store

_TOPIC = "partner-registry.product"
_SENT = "SELECT coalesce((SELECT sent_up_to FROM relay_cursor), 0) >= (SELECT max(position) FROM outbox)"


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


async def _floor(installation: Installation, rows: list[outbox.Row]) -> float:
    """Facts per second of idempotent, acknowledged explicit batches of 500 a partition."""
    servers = installation.settings.kafka_bootstrap_servers
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, enable_idempotence=True, acks="all", linger_ms=0, max_batch_size=1_000_000
    )
    await producer.start()
    began = time.perf_counter()
    for start in range(0, len(rows), 500):
        batches = [producer.create_batch() for _ in range(PARTITIONS)]
        for row in rows[start : start + 500]:
            key = row[3].encode()
            headers = [("ce_type", row[1].encode()), ("ce_id", str(row[0]).encode())]
            batch = batches[murmur2(key, PARTITIONS)]
            if batch.append(timestamp=None, key=key, value=row[-1].encode(), headers=headers) is None:
                raise RuntimeError("a chunk of 500 fits into one batch")
        sent = [await producer.send_batch(batch, _TOPIC, partition=n) for n, batch in enumerate(batches)]
        await asyncio.gather(*sent)
    taken = time.perf_counter() - began
    await producer.stop()
    return len(rows) / taken


async def _ours(installation: Installation, rows: list[outbox.Row]) -> float:
    """Facts per second from the outbox into Kafka."""
    settings = installation.settings
    connection = await asyncpg.connect(installation.admin_url("partner_registry"))
    for start in range(0, len(rows), 5000):
        await outbox.write(connection, rows[start : start + 5000])
    store, stopping = Store(settings, "partner_registry"), asyncio.Event()
    began = time.perf_counter()
    name = "partner-registry"
    place = Place(name, store, Subscriptions(), Health(name))
    task = asyncio.create_task(Relay(place, settings).run(stopping))
    while not await connection.fetchval(_SENT):
        await asyncio.sleep(0.02)
    taken = time.perf_counter() - began
    stopping.set()
    await task
    await store.close()
    await connection.close()
    return len(rows) / taken


async def measure(installation: Installation, seconds: float) -> list[Measurement]:
    """Best of three drains each, in turn."""
    rounds = [_rows(int(seconds * 2000)) for _ in range(3)]
    floors = [await _floor(installation, rows) for rows in rounds]
    ours = [await _ours(installation, rows) for rows in rounds]
    return [Measurement("relay drain / explicit batches", max(ours), max(floors), "facts/s", 0.2)]
