"""The consumer: stored offsets decide what is applied; Kafka's own offsets are a courtesy, so that lag shows."""

import asyncio
import math
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.errors import KafkaError, NoOffsetForPartitionError, OffsetOutOfRangeError
from aiokafka.structs import ConsumerRecord, OffsetAndMetadata, TopicPartition

from contracts import clock
from runtime import handled, kafka, offsets
from runtime.applying import Place
from runtime.attempts import Attempts
from runtime.backlog import MOST, Backlog, Turns, weight
from runtime.health import described
from runtime.jobs import close
from runtime.offsets import Fenced
from runtime.problems import is_transient
from runtime.settings import Settings
from runtime.work import Work
from telemetry import metrics

log = structlog.get_logger()
LOOK_EVERY = 2.0
"""Seconds between two looks at how far the log reaches, and two courtesy offsets."""
STALLED_AFTER = 30.0
"""Seconds with lag and without progress after which the consumer is made anew (aiokafka #1037, #847).

Twice as long for a rebalance that does not end: its coordinator drops members that are silent for ten seconds.
"""
_PROMPT = {"heartbeat_interval_ms": 1_000, "metadata_max_age_ms": 10_000}
_OFFSETS = {"enable_auto_commit": False, "auto_offset_reset": "none", "isolation_level": "read_committed"}


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member of a service's consumer group."""

    def __init__(self, place: Place, settings: Settings) -> None:
        self._place, self._settings, self._log = place, settings, log.bind(service=place.service)
        self._topics = [settings.topic(name) for name in place.subscriptions.topics()]
        self._handlers, self._registered = place.subscriptions.digest(), False
        self._busy = asyncio.Lock()
        self._backlogs: dict[TopicPartition, Backlog] = {}
        self._turns, self._attempts = Turns(), Attempts(place)
        self._goals: dict[TopicPartition, tuple[datetime, int]] = {}
        self._moved: dict[TopicPartition, tuple[int, float]] = {}
        self._ends: dict[TopicPartition, int] = {}
        metrics.REWINDS.labels(place.service)  # zero is shown: else the first would be no increase
        self._look_at = 0.0
        self._left: float | None = 0.0
        self._consumer: Any = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Consume until told to stop, or until the consumer is broken, stalled or cut off: it is made anew then.

        Raises Outdated where another release's handlers are registered; this one has left its group then.
        """
        await self.register()
        service, group = self._place.service, self._settings.topic(self._place.service)
        options = kafka.client(self._settings, service) | {"group_id": group} | _OFFSETS | _PROMPT
        self._consumer = AIOKafkaConsumer(**options)
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
        turn = None
        while not stopping.is_set():
            await asyncio.sleep(0)  # others in the process are to have their turn, whatever of this comes at once
            # A rebalance waits for what is in hand; until it is over, what is assigned is the old.
            async with self._busy:
                if await self._is_stalled():
                    self._place.health.failing("fetching", "nothing comes from Kafka; the consumer is made anew")
                    return
            try:
                fetched = await self._fetch(0 if turn else 100)
            except OffsetOutOfRangeError as error:
                for partition in error.args[0]:
                    await self._rewind(partition, "the log no longer reaches to where this service stood")
                continue
            except (NoOffsetForPartitionError, TimeoutError):
                continue
            async with self._busy:
                for partition, records in fetched.items():
                    await self._take_in(partition, records)
                if turn := self._turns.next(self._backlogs.values()):
                    await self._turn(*turn)

    async def _fetch(self, milliseconds: int) -> dict[TopicPartition, list[ConsumerRecord]]:
        """What has arrived, as far as there is room for it; waits for it at most so long."""
        full = {each for each, backlog in self._backlogs.items() if backlog.full}
        if full and not (room := self._consumer.assignment() - full):
            await asyncio.sleep(milliseconds / 1000)
            return {}
        # Not in hand: during a rebalance this waits for its end.
        fetching = self._consumer.getmany(*(room if full else ()), timeout_ms=milliseconds, max_records=MOST)
        return dict(await asyncio.wait_for(fetching, 5))

    async def _is_stalled(self) -> bool:
        """Place what was assigned, and look how far this member is; whether it, or a rebalance, stood for too long."""
        if self._left is not None:
            return time.monotonic() - self._left > 2 * STALLED_AFTER
        # Not in a rebalance callback: aiokafka swallows what that raises.
        if unplaced := self._consumer.assignment() - self._backlogs.keys():
            await self._place_at_stored(unplaced)
        return await self._look()

    def lag(self) -> int | None:
        """Records that are in Kafka and not yet applied, in this member's partitions; None while that is not known."""
        if not self._ends or not self._ends.keys() <= self._backlogs.keys():
            return None
        return sum(max(0, end - self._at(partition)) for partition, end in self._ends.items())

    def _at(self, partition: TopicPartition) -> int:
        """How far this member is: between its last record and where it reads now lie only markers of transactions."""
        return max(self._backlogs[partition].stored, self._backlogs[partition].reached)

    async def _look(self) -> bool:
        """Say how far this member is, and tell whether a partition has had something to fetch, and stood, for too long.

        The broker is asked: a fetcher that died does not tell how far behind it is.
        """
        if (now := time.monotonic()) < self._look_at:
            return False
        self._look_at, asked_at = now + LOOK_EVERY, clock.now()
        asked = self._consumer.end_offsets(list(self._backlogs)) if self._backlogs else asyncio.sleep(0, {})
        self._ends = await asyncio.wait_for(asked, STALLED_AFTER / 2)
        for each, backlog in self._backlogs.items():
            if not backlog.waiting and backlog.last_id is None:
                backlog.reached = await self._consumer.position(each)
        await self._compare(asked_at)
        lag = self.lag() if self._ends else 0
        metrics.LAG.labels(self._place.service).set(math.nan if lag is None else lag)
        for partition in self._ends.keys() & self._backlogs.keys():
            stood, since = self._moved.get(partition, (-1, now))
            waits = self._at(partition) == stood < self._ends[partition] and not self._backlogs[partition].waiting
            self._moved[partition] = (self._at(partition), since if waits else now)
        with suppress(KafkaError, ValueError, TimeoutError):  # a courtesy: nothing depends on it
            courtesy = {each: OffsetAndMetadata(self._at(each), "") for each in self._backlogs}
            # aiokafka tries for ever, and a rebalance waits for this round.
            await asyncio.wait_for(self._consumer.commit(courtesy), 2)
        if self._moved and all(since == now for _, since in self._moved.values()):
            self._place.health.well("fetching")
        return any(now - since > STALLED_AFTER for _, since in self._moved.values())

    async def _compare(self, asked_at: datetime) -> None:
        """Go where the database says, if it was rewound, and mark there what this member has read to its end.

        Raises Outdated when other handlers were registered meanwhile.
        """
        try:
            async with self._place.store.work(self._place.context()) as work:
                for partition, row in (await offsets.stored(work, self._backlogs, self._handlers)).items():
                    backlog = self._backlogs[partition]
                    if (row["next"], row["rewinds"]) != (backlog.stored, backlog.rewinds):
                        self._lose_place(partition)
                await self._mark(work, asked_at)
        except Exception as error:
            if not is_transient(error):
                raise
            self._place.health.failing("consumer", f"the database does not answer: {described(error)}")
        else:
            self._place.health.well("consumer")

    async def _mark(self, work: Work, asked_at: datetime) -> None:
        """Note of partitions that they were read to where their end was at some look, though more has come since."""
        here = self._ends.keys() & self._backlogs.keys()
        goals = {each: self._goals.get(each) or (asked_at, self._ends[each]) for each in here}
        reached = {each: since for each, (since, goal) in goals.items() if self._at(each) >= goal}
        if reached:
            stands = [(each, self._backlogs[each].stored) for each in reached]
            await offsets.mark(work, stands, min(reached.values()), self._handlers)
        self._goals = {each: goal for each, goal in goals.items() if each not in reached}

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
        self._attempts.forget()
        self._backlogs, self._goals, self._moved, self._ends = {}, {}, {}, {}
        metrics.LAG.labels(self._place.service).set(math.nan)

    async def _place_at_stored(self, partitions: Collection[TopicPartition]) -> None:
        """Stand where the database says, one record before it where there is one, to see that the log is the same."""
        async with self._place.store.work(self._place.context()) as work:
            stored = await offsets.stored(work, partitions, self._handlers)
        for partition, row in stored.items():
            backlog = self._backlogs[partition] = Backlog(partition, row["next"], row["rewinds"], row["last_id"])
            self._consumer.seek(partition, row["next"] - (backlog.last_id is not None))

    def _lose_place(self, partition: TopicPartition) -> None:
        """Let the next poll place the partition anew."""
        self._attempts.forget(partition)
        self._backlogs.pop(partition, None)
        self._goals.pop(partition, None)

    async def _take_in(self, partition: TopicPartition, records: list[ConsumerRecord]) -> None:
        if not (backlog := self._backlogs.get(partition)):
            return  # it lost its place while these were fetched
        if backlog.last_id is not None:
            if (records[0].offset, offsets.event_id(records[0])) != (backlog.stored - 1, backlog.last_id):
                await self._rewind(partition, "the log holds another record where this service stopped")
                return
            backlog.last_id, records = None, records[1:]
        try:
            backlog.add(records)
        except Fenced:
            self._lose_place(partition)

    async def _turn(self, backlog: Backlog, lane: str, records: Sequence[ConsumerRecord]) -> None:
        began = time.monotonic()
        try:
            done = await self._attempts.apply(backlog, lane, records)
            self._turns.took(weight(records[:done]), time.monotonic() - began)
        except Fenced:
            self._lose_place(backlog.partition)

    async def _rewind(self, partition: TopicPartition, reason: str) -> None:
        self._log.error("log lost its tail; reading it from the beginning", partition=str(partition), reason=reason)
        metrics.REWINDS.labels(self._place.service).inc()
        beginning = (await self._consumer.beginning_offsets([partition]))[partition]
        async with self._place.store.work(self._place.context()) as work:
            backlog = self._backlogs.get(partition)
            await offsets.rewind(work, partition, beginning, if_at=backlog.stored if backlog else None)
        self._lose_place(partition)
