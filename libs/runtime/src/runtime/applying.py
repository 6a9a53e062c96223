"""Applying facts: offset, inbox, effects and own outbox rows in one transaction; or parking what cannot be."""

import json
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka.structs import ConsumerRecord, TopicPartition

from contracts import Fact, Recorded, read
from runtime import metrics, telemetry
from runtime.database import Context
from runtime.principal import Principal, worker
from runtime.subscriptions import Subscriptions
from runtime.work import Store, Work

_ADVANCE = """
UPDATE consumer_offset SET next = $4, last_id = $5 WHERE topic = $1 AND partition = $2 AND next = $3 RETURNING true
"""
_RECEIVE = "INSERT INTO inbox (event_id) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING RETURNING event_id"
_BLOCKED = "SELECT DISTINCT key FROM parked WHERE topic = $1 AND key = ANY($2::text[]) AND blocks"
_PARK = """
INSERT INTO parked (topic, partition, "offset", key, event_id, type, headers, value, reason, detail, blocks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (topic, partition, "offset", event_id) DO NOTHING
"""
_LONGEST = 200
"""Characters of a key or an id: an index takes no more than some kilobytes."""


class Fenced(Exception):
    """The stored offset is elsewhere: another member applied these records, or this one lost its place."""


class Unreadable(Exception):
    """A record that is no fact of ours; it parks alone, for it has no key that could be trusted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose facts are applied, and where they come from."""

    service: str
    store: Store
    subscriptions: Subscriptions
    operator: Principal | None = None
    """The person on whose behalf plumbing works, under the worker's database role; None for the worker itself."""

    def context(self, correlation_id: str = "") -> Context:
        """The transaction context of this service's worker."""
        return Context(self.operator or worker(self.service), correlation_id=correlation_id)


def storable(text: str) -> str:
    """The text without what PostgreSQL cannot hold."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _text(raw: bytes | None) -> str:
    return storable((raw or b"").decode("utf-8", "replace"))


def event_id(record: ConsumerRecord) -> str:
    """The CloudEvents id of a record, or its place in the log where it has none."""
    given = _text(dict(record.headers).get("ce_id"))[:_LONGEST]
    return given or f"{record.topic}:{record.partition}:{record.offset}"


def parse(record: ConsumerRecord) -> Recorded[Fact] | None:
    """The fact of a record, None for an unknown type. Raises Unreadable."""
    try:
        return read(record.key, record.value, record.headers)
    except Exception as error:  # whatever a foreign producer wrote must not end the consumer
        raise Unreadable(f"this record is not a CloudEvent that its contract allows: {error}") from error


def _key(record: ConsumerRecord) -> str:
    return _text(record.key)[:_LONGEST]


async def advance(connection: Any, partition: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
    """Claim the records: move the stored offset past them. Raises Fenced when it does not stand at the first."""
    first, last = records[0], records[-1]
    if not await connection.fetchval(_ADVANCE, *partition, first.offset, last.offset + 1, event_id(last)):
        raise Fenced


async def apply(place: Place, partition: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
    """Apply the records in one transaction. Raises Fenced, Unreadable, or what a handler raised."""
    facts: list[Recorded[Fact]] = []
    with metrics.BATCH_SECONDS.labels(place.service).time():
        async with place.store.work(place.context()) as work:
            await advance(work.connection, partition, records)
            parsed = [(record, parse(record)) for record in records]
            if known := [(record, fact) for record, fact in parsed if fact and place.subscriptions.knows(fact.type)]:
                facts = await _new(work, place, known)
                with telemetry.consuming(place.service, facts) as work.traceparents:
                    await place.subscriptions.handle(work, facts)
    for fact in facts:
        metrics.CONSUMED.labels(place.service, fact.type).inc()


async def _new(
    work: Work, place: Place, known: Sequence[tuple[ConsumerRecord, Recorded[Fact]]]
) -> list[Recorded[Fact]]:
    """The facts that were never received, without those that wait behind a parked one: these park too."""
    received = await work.connection.fetch(_RECEIVE, [str(fact.id) for _, fact in known])
    blocked = await work.connection.fetch(_BLOCKED, known[0][0].topic, list({_key(record) for record, _ in known}))
    new, blocked_keys = {row["event_id"] for row in received}, {row["key"] for row in blocked}
    free = []
    for record, fact in known:
        if str(fact.id) in new and _key(record) not in blocked_keys:
            free.append(fact)
        elif str(fact.id) in new:
            await _insert_parked(work, place, record, "an earlier fact of the same key is parked", "", blocks=True)
        new.discard(str(fact.id))
    return free


async def receive(work: Work, fact: Recorded[Fact]) -> bool:
    """Note one fact as received; whether it never was before."""
    return bool(await work.connection.fetch(_RECEIVE, [str(fact.id)]))


async def park(place: Place, partition: TopicPartition, record: ConsumerRecord, error: Exception) -> None:
    """Set one record aside with the reason, in a transaction of its own; what follows on its key will follow it."""
    async with place.store.work(place.context()) as work:
        await advance(work.connection, partition, [record])
        # An unreadable record's id proves nothing: it must not make a good fact look received.
        fact = None if isinstance(error, Unreadable) else parse(record)
        if fact is None or await receive(work, fact):
            detail = "".join(traceback.format_exception(error))[-8000:]
            await _insert_parked(
                work, place, record, f"{type(error).__name__}: {error}"[:1000], detail, blocks=fact is not None
            )


async def _insert_parked(
    work: Work, place: Place, record: ConsumerRecord, reason: str, detail: str, *, blocks: bool
) -> None:
    texts = [(storable(name), _text(value)) for name, value in record.headers]
    origin = record.topic, record.partition, record.offset, _key(record), event_id(record)
    given = dict(texts).get("ce_type", ""), json.dumps(texts), record.value or b""
    await work.connection.execute(_PARK, *origin, *given, storable(reason), storable(detail), blocks)
    metrics.PARKED_TOTAL.labels(place.service).inc()
