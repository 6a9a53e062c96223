"""The consumer: stored offsets decide what is applied; Kafka's own offsets are a courtesy, so that lag shows."""

import asyncio
import random
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata, TopicPartition
from sqlalchemy.exc import IntegrityError

from runtime import applying, metrics
from runtime.applying import Fenced, Place
from runtime.jobs import close
from runtime.problems import is_transient
from runtime.settings import Settings

log = structlog.get_logger()
LOOK_EVERY = 2.0
"""Seconds between two looks at how far the log reaches, and two courtesy offsets."""
STALLED_AFTER = 30.0
"""Seconds with lag and without progress after which the consumer is made anew (aiokafka #1037, #847).

Twice as long for a rebalance that does not end: its coordinator drops members that are silent for ten seconds.
"""
_PROMPT = {"heartbeat_interval_ms": 1_000, "metadata_max_age_ms": 10_000}
_OFFSETS = {"enable_auto_commit": False, "auto_offset_reset": "none"}
_STORED = """
SELECT stored.topic, stored.partition, next, last_id FROM consumer_offset AS stored
JOIN unnest($1::text[], $2::int[]) AS mine (topic, partition) USING (topic, partition)
"""
_BEGIN = "INSERT INTO consumer_offset (topic, partition, next) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_REWIND = "UPDATE consumer_offset SET next = $3, last_id = NULL WHERE topic = $1 AND partition = $2 AND next = $4"
"""Unless another member has done it."""


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member of a service's consumer group."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self._place, self._settings, self._log = place, settings, log.bind(service=place.service)
        self._topics = [settings.topic(name) for name in place.subscriptions.topics()]
        self._busy = asyncio.Lock()
        self._at_once = asyncio.Semaphore(3)
        self._next: dict[TopicPartition, int] = {}
        self._last_id: dict[TopicPartition, tuple[int, str]] = {}
        self._resume_at: dict[TopicPartition, float] = {}
        self._failures: dict[TopicPartition, int] = {}
        self._moved: dict[TopicPartition, tuple[int, float]] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._look_at = 0.0
        self._left: float | None = 0.0
        self._consumer: Any = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Consume until told to stop, or until the consumer is broken, stalled or cut off: it is made anew then."""
        servers, group = self._settings.kafka_bootstrap_servers, self._settings.topic(self._place.service)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, **_OFFSETS, **_PROMPT)
        self._forget()
        try:
            self._consumer.subscribe(self._topics, listener=self)
            await self._consumer.start()
            await self._poll(stopping)
        finally:
            await close(self._consumer, self._log)

    async def _poll(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            # A rebalance waits for what is in hand; until it is over, what is assigned is the old.
            async with self._busy:
                if await self._is_stalled():
                    self._log.error("consumer stalled; making it anew")
                    return
            try:
                # Not in hand: during a rebalance this waits for its end.
                batches = await asyncio.wait_for(self._consumer.getmany(timeout_ms=100, max_records=1000), 5)
            except OffsetOutOfRangeError as error:
                for partition in error.args[0]:
                    await self._rewind(partition, "the log no longer reaches to where this service stood")
                continue
            except (NoOffsetForPartitionError, TimeoutError):
                continue
            async with self._busy:
                handled = [self._handle(partition, batch) for partition, batch in batches.items()]
                for outcome in await asyncio.gather(*handled, return_exceptions=True):
                    if isinstance(outcome, BaseException):
                        raise outcome

    async def _is_stalled(self) -> bool:
        """Place what was assigned, and look how far this member is; whether it, or a rebalance, stood for too long."""
        if self._left is not None:
            return time.monotonic() - self._left > 2 * STALLED_AFTER
        self._resume_due()
        # Not in a rebalance callback: aiokafka swallows what that raises.
        if unplaced := self._consumer.assignment() - self._next.keys():
            await self._place_at_stored(unplaced)
        return await self._look()

    def lag(self) -> int | None:
        """Records that are in Kafka and not yet applied, in this member's partitions; None before it has looked."""
        behind = [max(0, end - self._next.get(partition, end)) for partition, end in self._ends.items()]
        return sum(behind) if behind else None

    async def _look(self) -> bool:
        """Say how far this member is, and tell whether a partition has had something to apply, and stood, for too long.

        The broker is asked: a fetcher that died does not tell how far behind it is.
        """
        if (now := time.monotonic()) < self._look_at:
            return False
        self._look_at = now + LOOK_EVERY
        self._ends = await self._consumer.end_offsets(list(self._next)) if self._next else {}
        metrics.LAG.labels(self._place.service).set(self.lag() or 0)
        for partition, end in self._ends.items():
            stood, since = self._moved.get(partition, (-1, now))
            waits = self._next[partition] == stood < end and partition not in self._resume_at
            self._moved[partition] = (self._next[partition], since if waits else now)
        with suppress(KafkaError, ValueError, TimeoutError):  # a courtesy: nothing depends on it
            courtesy = {each: OffsetAndMetadata(next_, "") for each, next_ in self._next.items()}
            # aiokafka tries for ever, and a rebalance waits for this round.
            await asyncio.wait_for(self._consumer.commit(courtesy), 2)
        return any(now - since > STALLED_AFTER for _, since in self._moved.values())

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Let the next round place them: also those that this member had before."""
        self._forget()
        self._left = None

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Let the batch in hand finish before another member gets its partitions."""
        async with self._busy:
            self._forget()

    def _forget(self) -> None:
        self._left = time.monotonic()
        self._next, self._last_id, self._resume_at, self._moved, self._ends = {}, {}, {}, {}, {}

    async def _place_at_stored(self, partitions: Collection[TopicPartition]) -> None:
        """Stand where the database says, one record before it where there is one, to see that the log is the same."""
        beginnings = await self._consumer.beginning_offsets(list(partitions))
        places = [(*partition, beginnings[partition]) for partition in sorted(beginnings)]
        async with self._place.store.work(self._place.context()) as work:
            await work.connection.executemany(_BEGIN, places)
            rows = await work.connection.fetch(_STORED, *map(list, zip(*partitions, strict=True)))
        for topic, number, next_, last_id in rows:
            self._next[partition := TopicPartition(topic, number)] = next_
            if last_id is not None and next_ > 0:
                self._last_id[partition] = (next_ - 1, last_id)
            self._consumer.seek(partition, next_ - 1 if partition in self._last_id else next_)

    def _lose_place(self, partition: TopicPartition) -> None:
        """Let the next poll place the partition anew."""
        self._next.pop(partition, None)
        self._last_id.pop(partition, None)

    async def _handle(self, partition: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        async with self._at_once:
            if partition not in self._next:
                return  # it lost its place while these were fetched
            if partition in self._last_id:
                offset, last_id = self._last_id.pop(partition)
                if (records[0].offset, applying.event_id(records[0])) != (offset, last_id):
                    await self._rewind(partition, "the log holds another record where this service stopped")
                    return
                records = records[1:]
            if records:
                await self._apply_or_divide(partition, records)

    async def _apply_or_divide(self, partition: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        """The batch in one transaction; if that fails, one fact per transaction, so that only the bad one parks."""
        try:
            try:
                await applying.apply(self._place, partition, records)
            except Exception as error:
                if isinstance(error, Fenced) or is_transient(error):
                    raise
                for record in records:
                    await self._apply_or_park(partition, record)
        except Fenced:
            self._lose_place(partition)
        except Exception as error:  # only what is_transient lets through
            self._back_off(partition, error)
        else:
            self._failures.pop(partition, None)
            self._next[partition] = records[-1].offset + 1

    async def _apply_or_park(self, partition: TopicPartition, record: ConsumerRecord) -> None:
        try:
            try:
                await applying.apply(self._place, partition, [record])
            except (IntegrityError, asyncpg.IntegrityConstraintViolationError):
                # Two members may have announced the same record at once; the second try finds it.
                await applying.apply(self._place, partition, [record])
        except Exception as error:
            if isinstance(error, Fenced) or is_transient(error):
                raise
            place = {"topic": record.topic, "offset": record.offset, "event_id": applying.event_id(record)}
            self._log.error("fact parked", **place, exc_info=error)
            await applying.park(self._place, partition, record, error)

    async def _rewind(self, partition: TopicPartition, reason: str) -> None:
        self._log.error("log lost its tail; reading it from the beginning", partition=str(partition), reason=reason)
        metrics.REWINDS.labels(self._place.service).inc()
        beginning = (await self._consumer.beginning_offsets([partition]))[partition]
        async with self._place.store.work(self._place.context()) as work:
            await work.connection.execute(_REWIND, *partition, beginning, self._next.get(partition))
        self._lose_place(partition)

    def _back_off(self, partition: TopicPartition, error: Exception) -> None:
        """Pause the partition with jitter; on resuming it stands where the database says."""
        self._failures[partition] = failures = self._failures.get(partition, 0) + 1
        delay = min(30.0, 0.1 * 2 ** min(failures, 9)) * random.uniform(0.5, 1.0)  # noqa: S311
        self._log.warning("partition waits", partition=str(partition), seconds=round(delay, 2), reason=repr(error))
        self._consumer.pause(partition)
        self._resume_at[partition] = time.monotonic() + delay

    def _resume_due(self) -> None:
        for partition in [due for due, at in self._resume_at.items() if at <= time.monotonic()]:
            self._resume_at.pop(partition)
            self._lose_place(partition)
            if partition in self._consumer.assignment():
                self._consumer.resume(partition)
