"""Stored offsets: where the database says that a service has read each partition to, and for whose handlers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiokafka.structs import ConsumerRecord, TopicPartition

from runtime.problems import storable
from runtime.work import Work

LONGEST = 200
"""Characters of a key or an id: an index takes no more than some kilobytes."""
_STORED = """
SELECT stored.topic, stored.partition, next, last_id, rewinds, handlers FROM consumer_offset AS stored
JOIN unnest($1::text[], $2::int[]) AS mine (topic, partition) USING (topic, partition)
"""
# The offset and the digest stand in one row: a batch that waited for a registration finds both changed. Also a batch
# that is applied ahead takes the row, so that none passes by a change of it.
_ADVANCE = """
UPDATE consumer_offset SET next = coalesce($5, next), last_id = coalesce($6, last_id)
WHERE topic = $1 AND partition = $2 AND next = $3 AND rewinds = $4 AND handlers = $7 RETURNING true
"""
_REWIND = """
UPDATE consumer_offset SET next = $3, last_id = NULL, read_to_end_at = NULL, lost_at = $5, rewinds = rewinds + 1
WHERE topic = $1 AND partition = $2 AND next = $4
"""
# Not where somebody holds the row: it is marked the next time. Whoever locks several rows waits for nobody then.
_MARK = """
UPDATE consumer_offset SET read_to_end_at = $1::timestamptz WHERE (topic, partition) IN (
    SELECT stored.topic, stored.partition FROM consumer_offset AS stored
    JOIN unnest($2::text[], $3::int[], $4::bigint[]) AS mine (topic, partition, next) USING (topic, partition, next)
    WHERE handlers = $5 AND (read_to_end_at IS NULL OR read_to_end_at < $1::timestamptz - interval '1 hour')
    FOR UPDATE OF stored SKIP LOCKED)
"""


class Fenced(Exception):
    """The stored offset is elsewhere: another member applied these records, this one lost its place, or is outdated."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Where a batch finds the stored offset, and where it moves it: nowhere, when it is applied ahead of others."""

    partition: TopicPartition
    stored: int
    rewinds: int
    next: int | None
    last_id: str | None
    """Of the record before ``next``."""


def text_of(raw: bytes | None) -> str:
    """What a record holds, as text that can be stored."""
    return storable((raw or b"").decode("utf-8", "replace"))


def event_id(record: ConsumerRecord) -> str:
    """The CloudEvents id of a record, or its place in the log where it has none."""
    given = text_of(dict(record.headers).get("ce_id"))[:LONGEST]
    return given or f"{record.topic}:{record.partition}:{record.offset}"


class Outdated(Exception):
    """Other handlers are registered than this release has: what they are to be given would pass by."""


async def stored(work: Work, partitions: Collection[TopicPartition], handlers: str) -> dict[TopicPartition, Any]:
    """The rows of partitions. Raises Outdated where one is not for the handlers of this digest, or is gone."""
    columns = [each.topic for each in partitions], [each.partition for each in partitions]
    rows = await work.connection.fetch(_STORED, *columns)
    if len(rows) < len(partitions) or any(row["handlers"] != handlers for row in rows):
        raise Outdated("what this service handles was changed by another release")
    return {TopicPartition(row["topic"], row["partition"]): row for row in rows}


async def advance(work: Work, claim: Claim, handlers: str) -> None:
    """Take the stored offset, and move it as claimed. Raises Fenced where it is another, or was put back meanwhile."""
    moved = claim.stored, claim.rewinds, claim.next, claim.last_id, handlers
    if not await work.connection.fetchval(_ADVANCE, *claim.partition, *moved):
        raise Fenced


async def rewind(work: Work, partition: TopicPartition, beginning: int, *, if_at: int | None) -> None:
    """Begin a partition whose log lost records at its beginning, unless another member has done so."""
    await work.connection.execute(_REWIND, *partition, beginning, if_at, work.now)


async def mark(work: Work, ended: Sequence[tuple[TopicPartition, int]], at: datetime, handlers: str) -> None:
    """Note the instant at which partitions were read to their end, where they still are at these offsets.

    Once an hour is enough. At least one partition.
    """
    rows = [(*partition, next_) for partition, next_ in ended]
    await work.connection.execute(_MARK, at, *map(list, zip(*rows, strict=True)), handlers)
