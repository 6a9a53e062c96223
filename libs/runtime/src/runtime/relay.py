"""The relay: carries the outbox to Kafka, in order, at least once, under one leader per database."""

import asyncio
from collections import defaultdict
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import DefaultPartitioner

from contracts import to_message
from runtime import metrics
from runtime.cursor import LOCK, Cursor, SteppedDown
from runtime.settings import Settings
from runtime.work import Store

log = structlog.get_logger()
_LARGEST_BATCH = 1_000_000
_partition_of = DefaultPartitioner()


def message_of(row: Any, source: str) -> Any:
    """The Kafka message of an outbox row."""
    attributes = {
        "id": str(row["id"]),
        "type": row["type"],
        "source": f"/{source}",
        "time": row["time"],
        "partitionkey": row["key"],
        "sequence": str(row["sequence"]),
        "correlationid": row["correlation_id"] or None,
        "causationid": row["causation_id"],
        "traceparent": row["traceparent"],
        "parties": row["parties"] or None,
    }
    return to_message(attributes, row["data"].encode())


async def send(producer: AIOKafkaProducer, settings: Settings, source: str, rows: list[Any]) -> None:
    """Send rows in explicit batches, each key in its order. Raises a KafkaError when any is not acknowledged."""
    by_partition: dict[tuple[str, int], list[Any]] = defaultdict(list)
    partitions: dict[str, list[int]] = {}
    for row in rows:
        topic = settings.topic(row["topic"])
        if topic not in partitions:
            partitions[topic] = sorted(await producer.partitions_for(topic))
        chosen = _partition_of(row["key"].encode(), partitions[topic], partitions[topic])
        by_partition[topic, chosen].append(message_of(row, source))
    acknowledgements = []
    for (topic, partition), messages in by_partition.items():
        batch = producer.create_batch()
        for message in messages:
            record = {"key": message.key.encode(), "value": message.value, "headers": list(message.headers.items())}
            if batch.append(timestamp=None, **record) is None:
                acknowledgements.append(await producer.send_batch(batch, topic, partition=partition))
                batch = producer.create_batch()
                batch.append(timestamp=None, **record)
        acknowledgements.append(await producer.send_batch(batch, topic, partition=partition))
    await asyncio.gather(*acknowledgements)


async def _new_producer(settings: Settings) -> AIOKafkaProducer:
    sizes = {"max_batch_size": _LARGEST_BATCH, "max_request_size": _LARGEST_BATCH + 100_000}
    servers = settings.kafka_bootstrap_servers
    producer = AIOKafkaProducer(bootstrap_servers=servers, enable_idempotence=True, acks="all", linger_ms=0, **sizes)
    await producer.start()
    return producer


class Relay:
    """One service's relay. Every replica runs one; whoever holds the database's lock leads."""

    def __init__(self, service: str, settings: Settings, store: Store) -> None:
        self._service, self._settings, self._store = service, settings, store
        self._producer: AIOKafkaProducer | None = None
        self._log = log.bind(service=service)

    async def run(self, stopping: asyncio.Event) -> None:
        """Lead when possible, until told to stop. Database and broker may go away and come back."""
        while not stopping.is_set():
            try:
                await self._lead(stopping)
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, SteppedDown) as error:
                self._log.warning("relay waits", reason=repr(error))
                await pause(stopping, 1.0)
        await self._drop_producer()

    async def _lead(self, stopping: asyncio.Event) -> None:
        connection = await asyncpg.connect(
            self._settings.database_of(self._service), server_settings={"role": "svc_worker"}, timeout=10
        )
        try:
            while not await connection.fetchval(LOCK):
                if await pause(stopping, 0.5):
                    return
            cursor = await Cursor.take_over(connection)
            self._log.info("relay leads", epoch=cursor.epoch)
            await self._drain(cursor, stopping)
        finally:
            await asyncio.shield(connection.close(timeout=2))

    async def _drain(self, cursor: Cursor, stopping: asyncio.Event) -> None:
        idle = 0.002
        while True:
            self._store.published.clear()
            rows = await cursor.next_chunk()
            if rows:
                await self._deliver(rows, stopping)
                await cursor.sent(rows)
                idle = 0.002
            elif stopping.is_set():
                return
            else:
                await _wait(self._store.published, idle)
                idle = min(idle * 2, 0.05)

    async def _deliver(self, rows: list[Any], stopping: asyncio.Event) -> None:
        """Send until acknowledged; a refused batch gets a new producer. Consumers drop what comes twice."""
        delay = 0.1
        while True:
            try:
                self._producer = self._producer or await _new_producer(self._settings)
                await send(self._producer, self._settings, self._service, rows)
                metrics.RELAYED.labels(self._service).inc(len(rows))
                return
            except (KafkaError, OSError, TimeoutError) as error:
                await self._drop_producer()
                metrics.RELAY_ERRORS.labels(self._service).inc()
                # Anything but a passing fault needs somebody: the alert names the row at which the relay stands.
                level = self._log.warning if getattr(error, "retriable", True) else self._log.error
                level(
                    "relay cannot send", position=rows[0]["position"], event_id=str(rows[0]["id"]), reason=repr(error)
                )
                if await pause(stopping, delay):
                    raise SteppedDown("stopped before Kafka was back; the outbox keeps the rest") from error
                delay = min(delay * 2, 5.0)

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            try:
                await asyncio.wait_for(producer.stop(), 5)
            except (KafkaError, OSError, TimeoutError) as error:
                self._log.warning("producer did not stop cleanly", reason=repr(error))


async def pause(stopping: asyncio.Event, seconds: float) -> bool:
    """Wait, at most until told to stop; whether it was told."""
    return await _wait(stopping, seconds)


async def _wait(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
