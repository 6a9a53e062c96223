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
from runtime.problems import AWAY, cause_of, is_transient

log = structlog.get_logger()
DIVIDED_AFTER = 3
"""Failures in a row, each of a kind that passes, after which a batch is divided, so that what works goes on."""
_HICCUP = 10.0
"""Seconds: a batch that failed after longer than that is divided at once, rather than take as long again."""
_Where = tuple[TopicPartition, str]
"""A lane of a partition."""
_Records = Sequence[ConsumerRecord]


class Attempts:
    """A member's, with how often each lane of a partition has failed, and up to which offset."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._failures: dict[_Where, tuple[int, int]] = {}

    def forget(self, partition: TopicPartition | None = None) -> None:
        """The partition is another member's, or is read anew; or all of them are."""
        for where in [where for where in self._failures if partition in (None, where[0])]:
            self._well(where)

    def _well(self, where: _Where) -> None:
        del self._failures[where]
        self._place.health.well(_name(*where))

    async def apply(self, backlog: Backlog, lane: str, records: _Records) -> int:
        """Apply or park the records: the batch in one transaction, or else one fact in each, so that the bad one parks.

        After a failure that passes the lane rests. If it stays, the batch is divided too, and what fails alone rests by
        its key. Gives how many are done: of a divided batch, as many as a turn has time for. Raises Fenced.
        """
        count, until = self._failures.get((backlog.partition, lane), (0, -1))
        together = len(records) > 1 and (count <= DIVIDED_AFTER or records[0].offset > until)
        if together and await self._try(backlog, lane, records):
            return len(records)
        done, failed, ends = 0, set[bytes | None](), time.monotonic() + SECONDS
        for record in records:
            if record.key in failed or len(failed) > 1 or backlog.rests(lane) or (done and time.monotonic() >= ends):
                continue
            if await self._try(backlog, lane, [record], none_works=len(failed) > done):
                done += 1
            else:
                failed.add(record.key)
        return done

    async def _try(self, backlog: Backlog, lane: str, records: _Records, *, none_works: bool = False) -> bool:
        """Apply them together, or apply or park the one; whether that worked. Where it may work later, they rest."""
        began, alone, first, where = time.monotonic(), len(records) == 1, records[0], (backlog.partition, lane)
        try:
            if alone:
                await self._apply_or_park(backlog, first)
            else:
                await applying.apply(self._place, backlog.claim(records), records)
        except Fenced:
            raise
        except Exception as error:  # what passes, or what even parking met
            if alone or is_transient(error):
                count, seconds = self._failed(where, records[-1].offset, error, time.monotonic() - began)
                if alone or count <= DIVIDED_AFTER:
                    backlog.rest(first.key if alone else lane, seconds)
                    self._place.health.failing(_name(*where), f"waits at offset {first.offset}: {described(error)}")
                if none_works:
                    backlog.rest(lane, seconds)
            return False
        backlog.applied(records)
        if where in self._failures and not backlog.waits(lane, self._failures[where][1]):
            self._well(where)
        return True

    def _failed(self, where: _Where, offset: int, error: Exception, took: float) -> tuple[int, float]:
        """How often that was, and for how many seconds to rest now: longer each time, with jitter.

        What takes long takes it from all others, and in the end rests ten times as long and more. Not so where the
        database does not answer: nobody else could use the time, and when it is back nobody should wait.
        """
        took = 0.0 if isinstance(cause_of(error), AWAY) else min(took, 60.0)
        count, until = self._failures.get(where, (0, -1))
        count = max(count, DIVIDED_AFTER if took > _HICCUP else 0) + 1
        self._failures[where] = count, max(until, offset)
        longest = max(30.0, 20 * took)
        return count, min(longest, (0.1 + took) * 2 ** min(count, 9)) * random.uniform(0.5, 1.0)  # noqa: S311

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


def _name(partition: TopicPartition, lane: str) -> str:
    return f"{partition.topic}/{partition.partition}" + (f" of {lane}" if lane else "")
