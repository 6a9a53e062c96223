"""The consumer: stored offsets decide what is applied; Kafka's own offsets are a courtesy, so that lag shows."""

import asyncio
import math
import random
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata, TopicPartition
from sqlalchemy.exc import IntegrityError

from contracts import clock
from runtime import applying, handled, metrics, offsets
from runtime.applying import Fenced, Place
from runtime.health import described
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
DIVIDED_AFTER = 3
"""Failures in a row, each of a kind that passes, after which a batch is divided, so that what works goes on."""
_PROMPT = {"heartbeat_interval_ms": 1_000, "metadata_max_age_ms": 10_000}
_OFFSETS = {"enable_auto_commit": False, "auto_offset_reset": "none", "isolation_level": "read_committed"}


def _name(partition: TopicPartition) -> str:
    return f"{partition.topic}/{partition.partition}"


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member of a service's consumer group."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self._place, self._settings, self._log = place, settings, log.bind(service=place.service)
        self._topics = [settings.topic(name) for name in place.subscriptions.topics()]
        self._handlers, self._registered = place.subscriptions.digest(), False
        self._busy = asyncio.Lock()
        self._at_once = asyncio.Semaphore(3)
        self._next: dict[TopicPartition, int] = {}
        self._reached: dict[TopicPartition, int] = {}
        self._last_id: dict[TopicPartition, tuple[int, str]] = {}
        self._resume_at: dict[TopicPartition, float] = {}
        self._failures: dict[TopicPartition, int] = {}
        self._moved: dict[TopicPartition, tuple[int, float]] = {}
        self._ends: dict[TopicPartition, int] = {}
        self._look_at = 0.0
        self._left: float | None = 0.0
        self._consumer: Any = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Consume until told to stop, or until the consumer is broken, stalled or cut off: it is made anew then.

        Raises Outdated where another release's handlers are registered; this one has left its group then.
        """
        await self.register()
        servers, group = self._settings.kafka_bootstrap_servers, self._settings.topic(self._place.service)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=servers, group_id=group, **_OFFSETS, **_PROMPT)
        self._forget()
        try:
            self._consumer.subscribe(self._topics, listener=self)
            await self._consumer.start()
            await self._poll(stopping)
        finally:
            await close(self._consumer, self._log)
            self._forget()

    async def register(self) -> None:
        """Say in the database what this release handles; only once, for later another release may have said more."""
        await handled.register(self._place, self._settings, begins=not self._registered)
        self._registered = True

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
                handling = [self._handle(partition, batch) for partition, batch in batches.items()]
                for outcome in await asyncio.gather(*handling, return_exceptions=True):
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
        """Records that are in Kafka and not yet applied, in this member's partitions; None while that is not known."""
        if not self._ends or not self._ends.keys() <= self._next.keys():
            return None
        return sum(max(0, end - self._at(partition)) for partition, end in self._ends.items())

    def _at(self, partition: TopicPartition) -> int:
        """How far this member is: between its last record and where it reads now lie only markers of transactions."""
        return max(self._next[partition], self._reached.get(partition, 0))

    async def _look(self) -> bool:
        """Say how far this member is, and tell whether a partition has had something to apply, and stood, for too long.

        The broker is asked: a fetcher that died does not tell how far behind it is.
        """
        if (now := time.monotonic()) < self._look_at:
            return False
        self._look_at, asked_at = now + LOOK_EVERY, clock.now()
        asked = self._consumer.end_offsets(list(self._next)) if self._next else asyncio.sleep(0, {})
        self._ends = await asyncio.wait_for(asked, STALLED_AFTER / 2)
        unfinished = self._resume_at.keys() | self._last_id.keys()
        self._reached = {each: await self._consumer.position(each) for each in self._next if each not in unfinished}
        await self._compare(asked_at)
        lag = self.lag() if self._ends else 0
        metrics.LAG.labels(self._place.service).set(math.nan if lag is None else lag)
        for partition, end in self._ends.items():
            if partition in self._next:
                stood, since = self._moved.get(partition, (-1, now))
                waits = self._at(partition) == stood < end and partition not in self._resume_at
                self._moved[partition] = (self._at(partition), since if waits else now)
        with suppress(KafkaError, ValueError, TimeoutError):  # a courtesy: nothing depends on it
            courtesy = {each: OffsetAndMetadata(self._at(each), "") for each in self._next}
            # aiokafka tries for ever, and a rebalance waits for this round.
            await asyncio.wait_for(self._consumer.commit(courtesy), 2)
        return any(now - since > STALLED_AFTER for _, since in self._moved.values())

    async def _compare(self, asked_at: datetime) -> None:
        """Go where the database says, if it was rewound, and mark there what this member has read to its end.

        Raises Outdated when other handlers were registered meanwhile.
        """
        try:
            async with self._place.store.work(self._place.context()) as work:
                for partition, row in (await offsets.stored(work, self._next, self._handlers)).items():
                    if row["next"] != self._next[partition]:
                        self._lose_place(partition)
                ended = [each for each in self._next.items() if self._reached.get(each[0]) == self._ends[each[0]]]
                await offsets.mark(work, ended, asked_at, self._handlers)
        except Exception as error:
            if not is_transient(error):
                raise
            self._place.health.failing("consumer", f"the database does not answer: {described(error)}")
        else:
            self._place.health.well("consumer")

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
        for partition in self._failures:
            self._place.health.well(_name(partition))
        self._next, self._reached, self._last_id, self._resume_at = {}, {}, {}, {}
        self._failures, self._moved, self._ends = {}, {}, {}
        metrics.LAG.labels(self._place.service).set(math.nan)

    async def _place_at_stored(self, partitions: Collection[TopicPartition]) -> None:
        """Stand where the database says, one record before it where there is one, to see that the log is the same."""
        async with self._place.store.work(self._place.context()) as work:
            stored = await offsets.stored(work, partitions, self._handlers)
        for partition, row in stored.items():
            self._next[partition] = row["next"]
            if row["last_id"] is not None and row["next"] > 0:
                self._last_id[partition] = (row["next"] - 1, row["last_id"])
            self._consumer.seek(partition, row["next"] - (partition in self._last_id))

    def _lose_place(self, partition: TopicPartition) -> None:
        """Let the next poll place the partition anew."""
        for known in (self._next, self._reached, self._last_id):
            known.pop(partition, None)

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
        """The batch in one transaction; if that fails, one fact per transaction, so that only the bad one parks.

        A failure that passes is waited for. If it stays, the batch is divided too, and one fact alone waits.
        """
        try:
            try:
                await applying.apply(self._place, partition, self._next[partition], records)
                self._next[partition] = records[-1].offset + 1
            except Exception as error:
                waits = len(records) == 1 or self._failures.get(partition, 0) < DIVIDED_AFTER
                if isinstance(error, Fenced) or (is_transient(error) and waits):
                    raise
                for record in records:
                    await self._apply_or_park(partition, record)
                    self._next[partition] = record.offset + 1
                    self._place.health.well(_name(partition))
        except Fenced:
            self._lose_place(partition)
        except Exception as error:  # what passes, or what even parking met
            self._back_off(partition, error)
        else:
            self._failures.pop(partition, None)
            self._place.health.well(_name(partition))

    async def _apply_or_park(self, partition: TopicPartition, record: ConsumerRecord) -> None:
        try:
            try:
                await applying.apply(self._place, partition, self._next[partition], [record])
            except (IntegrityError, asyncpg.IntegrityConstraintViolationError):
                # Two members may have announced the same record at once; the second try finds it.
                await applying.apply(self._place, partition, self._next[partition], [record])
        except Exception as error:
            if isinstance(error, Fenced) or is_transient(error):
                raise
            place = {"topic": record.topic, "offset": record.offset, "event_id": applying.event_id(record)}
            self._log.error("fact parked", **place, exc_info=error)
            await applying.park(self._place, partition, self._next[partition], record, error)

    async def _rewind(self, partition: TopicPartition, reason: str) -> None:
        self._log.error("log lost its tail; reading it from the beginning", partition=str(partition), reason=reason)
        metrics.REWINDS.labels(self._place.service).inc()
        beginning = (await self._consumer.beginning_offsets([partition]))[partition]
        async with self._place.store.work(self._place.context()) as work:
            await offsets.rewind(work, partition, beginning, if_at=self._next.get(partition))
        self._lose_place(partition)

    def _back_off(self, partition: TopicPartition, error: Exception) -> None:
        """Pause the partition with jitter; on resuming it stands where the database says."""
        self._failures[partition] = failures = self._failures.get(partition, 0) + 1
        delay = min(30.0, 0.1 * 2 ** min(failures, 9)) * random.uniform(0.5, 1.0)  # noqa: S311
        self._place.health.failing(_name(partition), f"waits at offset {self._next[partition]}: {described(error)}")
        self._consumer.pause(partition)
        self._resume_at[partition] = time.monotonic() + delay

    def _resume_due(self) -> None:
        for partition in [due for due, at in self._resume_at.items() if at <= time.monotonic()]:
            self._resume_at.pop(partition)
            self._lose_place(partition)
            if partition in self._consumer.assignment():
                self._consumer.resume(partition)
