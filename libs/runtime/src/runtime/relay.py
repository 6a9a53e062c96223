"""The relay: carries the outbox to Kafka, in order, at least once, under one leader per database."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from confluent_kafka import murmur2

from contracts import CONSTANT_HEADERS
from runtime import kafka
from runtime.applying import Place
from runtime.cursor import ENVELOPE, LOCK, Cursor, SteppedDown
from runtime.database import SESSION, keep_alive
from runtime.jobs import close, pause
from runtime.settings import Settings
from telemetry import metrics

log = structlog.get_logger()
_SAFELY = {"enable_idempotence": True, "acks": "all"}
_NAMED = [(name, f"ce_{name}") for name in ENVELOPE]
_AT_ONCE = {"linger_ms": 0, "max_batch_size": 1_000_000, "max_request_size": 1_100_000}


async def send(producer: AIOKafkaProducer, settings: Settings, source: str, rows: list[Any]) -> None:
    """Send rows in explicit batches, each key in its order. Raises a KafkaError when any is not acknowledged."""
    by_partition: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    names = {row["topic"] for row in rows}
    partitions = {name: len(await producer.partitions_for(settings.topic(name))) for name in names}
    constant = [*CONSTANT_HEADERS.items(), ("ce_source", f"/{source}".encode())]
    for row in rows:
        key = row["partitionkey"].encode()
        headers = [*constant, *[(header, row[name].encode()) for name, header in _NAMED if row[name] is not None]]
        record = {"key": key, "value": row["data"].encode(), "headers": headers}
        by_partition[row["topic"], murmur2(key, partitions[row["topic"]])].append(record)
    acknowledgements = []
    for (name, partition), records in by_partition.items():
        batch = producer.create_batch()
        for record in records:
            if batch.append(timestamp=None, **record) is None:
                acknowledgements.append(await producer.send_batch(batch, settings.topic(name), partition=partition))
                batch = producer.create_batch()
                batch.append(timestamp=None, **record)
        acknowledgements.append(await producer.send_batch(batch, settings.topic(name), partition=partition))
    await asyncio.gather(*acknowledgements)


_BEAT = 2.0
_SILENT = "idle_session_timeout", "idle_in_transaction_session_timeout"
LEADER = SESSION | {"role": "svc_worker", "synchronous_commit": "off"} | dict.fromkeys(_SILENT, "10s")
"""The settings of a leader's session: it ends, and the lock with it, soon after the process froze.

It waits for no disk: of a server that crashed the last places may be missing, and what lies behind is sent again.
"""


class Relay:
    """One service's relay. Every replica runs one; whoever holds the database's lock leads."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self._place, self._settings, self._log = place, settings, log.bind(service=place.service)
        metrics.expect_relay(place.service)

    async def run(self, stopping: asyncio.Event) -> None:
        """Lead when possible, until told to stop, or until something fails: then somebody leads anew."""
        url = self._settings.database_of(self._place.service)
        connection = await asyncpg.connect(url, server_settings=LEADER, timeout=10, command_timeout=20)
        keep_alive(connection)
        producer = AIOKafkaProducer(**kafka.client(self._settings, self._place.service), **_SAFELY, **_AT_ONCE)
        try:
            for waits in itertools.count():
                if await connection.fetchval(LOCK):
                    break
                if await pause(stopping, 0.5):
                    return
                if waits > 20:  # so another one leads; sooner, it may have failed just as this one did
                    self._place.health.well("relay")
            cursor = await Cursor.take_over(connection)
            self._log.info("relay leads", epoch=cursor.epoch)
            await _awake(connection, producer.start())
            await self._drain(cursor, producer, stopping)
        except SteppedDown:
            self._log.warning("relay steps down: another leads now, or a replay begins")
        except KafkaError as error:
            metrics.RELAY_ERRORS.labels(self._place.service).inc()
            error.add_note(f"behind position {cursor.position}")
            raise
        finally:
            await close(producer, self._log)
            await asyncio.shield(connection.close(timeout=2))

    async def _drain(self, cursor: Cursor, producer: AIOKafkaProducer, stopping: asyncio.Event) -> None:
        service, published, idle = self._place.service, self._place.store.published, 0.002
        while not stopping.is_set():
            published.clear()
            if rows := await cursor.next_chunk():
                # After a failure all are sent again: consumers drop doubles.
                with metrics.sending(service):
                    await _awake(cursor.connection, send(producer, self._settings, service, rows))
                await cursor.sent(rows)
                metrics.sent(service).inc(len(rows))
                if cursor.until is None:  # else they are sent again
                    metrics.RELAY_DELAY.labels(service).observe(_since(rows[0]["time"]))
                idle = 0.002
            else:
                await pause(published, idle)
                idle = min(idle * 2, 0.05)
            self._place.health.well("relay")


def _since(time: str) -> float:
    return (datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds()


async def _awake(connection: Any, doing: Coroutine[Any, Any, None]) -> None:
    """Wait for Kafka, which may be slow, with a sign of life to the database: it ends a leader that gives none."""
    task = asyncio.ensure_future(doing)
    try:
        while not (await asyncio.wait({task}, timeout=_BEAT))[0]:
            await connection.execute("SELECT 1")
        await task
    finally:
        task.cancel()
