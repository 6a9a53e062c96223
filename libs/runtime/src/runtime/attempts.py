"""Applying a batch although something fails: what is bad parks, what passes is waited for, what works goes on."""

import random
from collections.abc import Sequence

import asyncpg
import structlog
from aiokafka.structs import ConsumerRecord, TopicPartition
from sqlalchemy.exc import IntegrityError

from runtime import applying
from runtime.applying import Place
from runtime.backlog import Backlog
from runtime.health import described
from runtime.offsets import Fenced, event_id
from runtime.problems import is_transient

log = structlog.get_logger()
DIVIDED_AFTER = 3
"""Failures in a row, each of a kind that passes, after which a batch is divided, so that what works goes on."""


def _name(partition: TopicPartition) -> str:
    return f"{partition.topic}/{partition.partition}"


class Attempts:
    """A member's, with how often each partition has failed, and at which offset."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._failures: dict[TopicPartition, tuple[int, int]] = {}

    def forget(self) -> None:
        """The partitions are another member's."""
        for partition in self._failures:
            self._place.health.well(_name(partition))
        self._failures = {}

    async def apply(self, backlog: Backlog, records: Sequence[ConsumerRecord]) -> float:
        """Apply or park the records: the batch in one transaction, or else one fact in each, so that the bad one parks.

        A failure that passes is waited for; gives the seconds. If it stays, the batch is divided too, and one fact
        alone waits. Raises Fenced.
        """
        record = records[0]
        try:
            try:
                await applying.apply(self._place, backlog.claim(records), records)
                self._done(backlog, records)
            except Exception as error:
                count, _ = self._failures.get(backlog.partition, (0, 0))
                waits = len(records) == 1 or count < DIVIDED_AFTER
                if isinstance(error, Fenced) or (is_transient(error) and waits):
                    raise
                for record in records:
                    await self._apply_or_park(backlog, record)
                    self._done(backlog, [record])
        except Fenced:
            raise
        except Exception as error:  # what passes, or what even parking met
            return self._waits(backlog.partition, record, error)
        return 0

    def _done(self, backlog: Backlog, records: Sequence[ConsumerRecord]) -> None:
        backlog.applied(records)
        # Others that are applied ahead of one that waits do not end its waiting.
        if backlog.stored > self._failures.get(backlog.partition, (0, -1))[1]:
            self._failures.pop(backlog.partition, None)
            self._place.health.well(_name(backlog.partition))

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

    def _waits(self, partition: TopicPartition, record: ConsumerRecord, error: Exception) -> float:
        """Seconds to wait, more each time, with jitter."""
        count = self._failures.get(partition, (0, 0))[0] + 1
        self._failures[partition] = count, record.offset
        self._place.health.failing(_name(partition), f"waits at offset {record.offset}: {described(error)}")
        longest: float = 0.1 * 2 ** min(count, 9)
        return min(30.0, longest) * random.uniform(0.5, 1.0)  # noqa: S311
