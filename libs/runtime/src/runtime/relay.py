"""The relay: carries the outbox to Kafka, in order, at least once, under one leader per database."""

import asyncio
from collections import defaultdict
from functools import lru_cache
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from contracts import Message, to_message
from runtime import metrics
from runtime.cursor import ENVELOPE, LOCK, Cursor, SteppedDown
from runtime.jobs import close, pause
from runtime.settings import Settings
from runtime.work import Store

log = structlog.get_logger()
_SAFELY = {"enable_idempotence": True, "acks": "all"}
_AT_ONCE = {"linger_ms": 0, "max_batch_size": 1_000_000, "max_request_size": 1_100_000}


@lru_cache(maxsize=10_000)
def _hash(key: str) -> int:
    """As every Kafka client hashes a key; a positive number."""
    return int(murmur2(key.encode())) & 0x7FFFFFFF


async def send(producer: AIOKafkaProducer, settings: Settings, source: str, rows: list[Any]) -> None:
    """Send rows in explicit batches, each key in its order. Raises a KafkaError when any is not acknowledged."""
    by_partition: dict[tuple[str, int], list[Message]] = defaultdict(list)
    partitions = {
        name: len(await producer.partitions_for(settings.topic(name))) for name in {row["topic"] for row in rows}
    }
    for row in rows:
        place = row["topic"], _hash(row["partitionkey"]) % partitions[row["topic"]]
        attributes = {"source": f"/{source}"} | {name: row[name] for name in ENVELOPE}
        by_partition[place].append(to_message(attributes, row["data"].encode()))
    acknowledgements = []
    for (name, partition), messages in by_partition.items():
        batch = producer.create_batch()
        for message in messages:
            record = {"key": message.key.encode(), "value": message.value, "headers": list(message.headers.items())}
            if batch.append(timestamp=None, **record) is None:
                acknowledgements.append(await producer.send_batch(batch, settings.topic(name), partition=partition))
                batch = producer.create_batch()
                batch.append(timestamp=None, **record)
        acknowledgements.append(await producer.send_batch(batch, settings.topic(name), partition=partition))
    await asyncio.gather(*acknowledgements)


class Relay:
    """One service's relay. Every replica runs one; whoever holds the database's lock leads."""

    def __init__(self, service: str, settings: Settings, store: Store) -> None:
        self._service, self._settings, self._store = service, settings, store
        self._log = log.bind(service=service)

    async def run(self, stopping: asyncio.Event) -> None:
        """Lead when possible, until told to stop, or until something fails: then somebody leads anew."""
        url, role = self._settings.database_of(self._service), {"role": "svc_worker"}
        connection = await asyncpg.connect(url, server_settings=role, timeout=10, command_timeout=60)
        producer = AIOKafkaProducer(bootstrap_servers=self._settings.kafka_bootstrap_servers, **_SAFELY, **_AT_ONCE)
        try:
            while not await connection.fetchval(LOCK):
                if await pause(stopping, 0.5):
                    return
            cursor = await Cursor.take_over(connection)
            self._log.info("relay leads", epoch=cursor.epoch)
            await producer.start()
            await self._drain(cursor, producer, stopping)
        except SteppedDown:
            self._log.warning("relay steps down: another leads now, or a replay begins")
        except KafkaError as error:
            metrics.RELAY_ERRORS.labels(self._service).inc()
            # Anything but a passing fault needs somebody: the alert names the row behind which the relay stands.
            say = self._log.warning if error.retriable else self._log.error
            say("relay cannot send", after_position=cursor.position, reason=repr(error))
            raise
        finally:
            await close(producer, self._log)
            await asyncio.shield(connection.close(timeout=2))

    async def _drain(self, cursor: Cursor, producer: AIOKafkaProducer, stopping: asyncio.Event) -> None:
        idle = 0.002
        while not stopping.is_set():
            self._store.published.clear()
            if rows := await cursor.next_chunk():
                # After a failure all are sent again: consumers drop doubles.
                await send(producer, self._settings, self._service, rows)
                await cursor.sent(rows)
                metrics.RELAYED.labels(self._service).inc(len(rows))
                idle = 0.002
            else:
                await pause(self._store.published, idle)
                idle = min(idle * 2, 0.05)
