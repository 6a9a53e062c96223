"""Applying a batch although something fails: what is bad parks, what passes is waited for, what works goes on."""

import random
import time
from collections.abc import Sequence

import asyncpg
import structlog
from aiokafka.structs import ConsumerRecord, TopicPartition
from sqlalchemy.exc import IntegrityError

from runtime import applying
from runtime.applying import Place
from runtime.backlog import SECONDS, Backlog
from runtime.health import described
from runtime.offsets import Fenced, event_id
from runtime.problems import is_transient

log = structlog.get_logger()
DIVIDED_AFTER = 3
"""Failures in a row, each of a kind that passes, after which a batch is divided, so that what works goes on."""


class Attempts:
    """A member's, with how often each lane of a partition has failed, and at which offset."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._failures: dict[tuple[TopicPartition, str], tuple[int, int]] = {}

    def forget(self) -> None:
        """The partitions are another member's."""
        for partition, lane in self._failures:
            self._place.health.well(_name(partition, lane))
        self._failures = {}

    async def apply(self, backlog: Backlog, lane: str, records: Sequence[ConsumerRecord]) -> int:
        """Apply or park the records: the batch in one transaction, or else one fact in each, so that the bad one parks.

        After a failure that passes the lane rests. If it stays, the batch is divided too, and one fact alone waits.
        Gives how many are done: of a divided batch, as many as a turn has time for. Raises Fenced.
        """
        done, at_once, until = 0, len(records), 0.0
        while done < len(records) and (not done or time.monotonic() < until):
            portion = records[done : done + at_once]
            try:
                if at_once == 1:
                    await self._apply_or_park(backlog, portion[0])
                else:
                    await applying.apply(self._place, backlog.claim(portion), portion)
            except Fenced:
                raise
            except Exception as error:  # what passes, or what even parking met
                count, _ = self._failures.get((backlog.partition, lane), (0, 0))
                if at_once == 1 or (is_transient(error) and count < DIVIDED_AFTER):
                    backlog.rest(lane, self._waits(backlog.partition, lane, portion[0], error))
                    break
                at_once, until = 1, time.monotonic() + SECONDS
            else:
                self._done(backlog, lane, portion)
                done += len(portion)
        return done

    def _done(self, backlog: Backlog, lane: str, records: Sequence[ConsumerRecord]) -> None:
        backlog.applied(records)
        failed = self._failures.get((backlog.partition, lane))
        if failed and records[-1].offset >= failed[1]:
            del self._failures[backlog.partition, lane]
            self._place.health.well(_name(backlog.partition, lane))

    async def _apply_or_park(self, backlog: Backlog, record: ConsumerRecord) -> None:
        claim = backlog.claim([record])
        try:
            try:
                await applying.apply(self._place, claim, [record])
            except (IntegrityError, asyncpg.IntegrityConstraintViolationError):
                # Two members may have announced the same record at once; the second try finds it.
                await applying.apply(self._place, claim, [record])
        except Exception as error:
            if isinstance(error, Fenced) or is_transient(error):
                raise
            place = {"topic": record.topic, "offset": record.offset, "event_id": event_id(record)}
            log.error("fact parked", service=self._place.service, **place, exc_info=error)
            await applying.park(self._place, claim, record, error)

    def _waits(self, partition: TopicPartition, lane: str, record: ConsumerRecord, error: Exception) -> float:
        """Seconds to wait, more each time, with jitter."""
        count = self._failures.get((partition, lane), (0, 0))[0] + 1
        self._failures[partition, lane] = count, record.offset
        self._place.health.failing(_name(partition, lane), f"waits at offset {record.offset}: {described(error)}")
        return float(min(30.0, 0.1 * 2 ** min(count, 9)) * random.uniform(0.5, 1.0))  # noqa: S311


def _name(partition: TopicPartition, lane: str) -> str:
    return f"{partition.topic}/{partition.partition}" + (f" of {lane}" if lane else "")
