"""Applying facts: offset, inbox, effects and own outbox rows in one transaction; or parking what cannot be."""

import json
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.structs import ConsumerRecord, TopicPartition

from contracts import Fact, Recorded, read
from runtime import metrics, telemetry
from runtime.database import Context
from runtime.health import Health
from runtime.principal import Principal, worker
from runtime.subscriptions import Groups, Subscriptions
from runtime.work import Store, Work

# The offset and the digest stand in one row: a batch that waited for a registration finds both changed.
_ADVANCE = """
UPDATE consumer_offset SET next = $4, last_id = $5
WHERE topic = $1 AND partition = $2 AND next = $3 AND handlers = $6 RETURNING true
"""
# What is older than its floor was received, though no row tells it any more.
_RECEIVE = """
INSERT INTO inbox (event_id, handler_group, handled_id, recorded_at)
SELECT event_id, handler_group, handled.id, recorded_at
FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS given (event_id, type, recorded_at) JOIN handled USING (type)
WHERE registered AND (recorded_at >= floor OR $4)
ON CONFLICT DO NOTHING RETURNING event_id, handler_group
"""
_BLOCKED = "SELECT DISTINCT key, handler_group FROM parked WHERE topic = $1 AND key = ANY($2::text[]) AND blocks"
_PARK = """
INSERT INTO parked (topic, partition, "offset", key, event_id, type, headers, value, handler_group, reason, detail,
                    blocks)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (topic, partition, "offset", event_id, handler_group) DO NOTHING
"""
_LONGEST = 200
"""Characters of a key or an id: an index takes no more than some kilobytes."""


class Fenced(Exception):
    """The stored offset is elsewhere: another member applied these records, this one lost its place, or is outdated."""


class Unreadable(Exception):
    """A record that is no fact of ours; it parks alone, for it has no key that could be trusted."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose facts are applied, and where they come from."""

    service: str
    store: Store
    subscriptions: Subscriptions
    health: Health
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


async def advance(
    work: Work, place: Place, partition: TopicPartition, follows: int, records: Sequence[ConsumerRecord]
) -> None:
    """Claim the records: move the stored offset past them.

    ``follows`` is the offset from which on this member has read: between it and the first record there may be markers
    of transactions, and no record. Raises Fenced where the stored offset is another, or other handlers are registered.
    """
    first, last = records[0], records[-1]
    moved = follows, last.offset + 1, event_id(last), place.subscriptions.digest()
    if first.offset < follows or not await work.connection.fetchval(_ADVANCE, *partition, *moved):
        raise Fenced


async def apply(place: Place, partition: TopicPartition, follows: int, records: Sequence[ConsumerRecord]) -> None:
    """Apply the records in one transaction. Raises Fenced, Unreadable, or what a handler raised."""
    facts: list[Recorded[Fact]] = []
    with metrics.BATCH_SECONDS.labels(place.service).time():
        async with place.store.work(place.context()) as work:
            await advance(work, place, partition, follows, records)
            parsed = [(record, parse(record)) for record in records]
            if known := [(record, fact) for record, fact in parsed if fact and place.subscriptions.groups(fact.type)]:
                facts, new = await _new(work, place, known)
                with telemetry.consuming(place.service, facts) as work.traceparents:
                    await place.subscriptions.handle(work, facts, new)
    for fact in facts:
        metrics.CONSUMED.labels(place.service, fact.type).inc()


async def _new(
    work: Work, place: Place, known: Sequence[tuple[ConsumerRecord, Recorded[Fact]]]
) -> tuple[list[Recorded[Fact]], Groups]:
    """The facts that some group never received, and which. Where a group waits behind a parked one, it parks too."""
    received = await receive(work, [fact for _, fact in known])
    blocked = await work.connection.fetch(_BLOCKED, known[0][0].topic, list({_key(record) for record, _ in known}))
    waiting = {(row["key"], row["handler_group"]) for row in blocked}
    facts, new = [], dict[str, set[str]]()
    for record, fact in known:
        groups = received.pop(str(fact.id), set())
        for group in sorted(behind := {group for group in groups if (_key(record), group) in waiting}):
            await _insert_parked(work, place, record, group, "an earlier fact of the same key is parked", "")
        if groups - behind:
            facts.append(fact)
            new[str(fact.id)] = groups - behind
    return facts, new


async def receive(work: Work, facts: Sequence[Recorded[Fact]], *, whatever_age: bool = False) -> dict[str, set[str]]:
    """Note facts as received; give the groups to which each is new, by the fact's id.

    What is older than a group's floor counts as known, unless of ``whatever_age``. To be called where the stored offset
    is locked and the registered handlers are this release's own.
    """
    given = [(str(fact.id), fact.type, fact.time) for fact in facts]
    groups: dict[str, set[str]] = {}
    for row in await work.connection.fetch(_RECEIVE, *map(list, zip(*given, strict=True)), whatever_age):
        groups.setdefault(row["event_id"], set()).add(row["handler_group"])
    return groups


async def park(place: Place, partition: TopicPartition, follows: int, record: ConsumerRecord, error: Exception) -> None:
    """Set one record aside with the reason, in a transaction of its own; what follows on its key will follow it."""
    async with place.store.work(place.context()) as work:
        await advance(work, place, partition, follows, [record])
        # An unreadable record's id proves nothing: it must not make a good fact look received.
        fact = None if isinstance(error, Unreadable) else parse(record)
        groups = {""} if fact is None else (await receive(work, [fact])).get(str(fact.id), set())
        reason, detail = f"{type(error).__name__}: {error}"[:1000], "".join(traceback.format_exception(error))[-8000:]
        for group in sorted(groups):
            await _insert_parked(work, place, record, group, reason, detail, blocks=fact is not None)


async def _insert_parked(
    work: Work, place: Place, record: ConsumerRecord, group: str, reason: str, detail: str, *, blocks: bool = True
) -> None:
    texts = [(storable(name), _text(value)) for name, value in record.headers]
    origin = record.topic, record.partition, record.offset, _key(record), event_id(record)
    given = dict(texts).get("ce_type", ""), json.dumps(texts), record.value or b"", group
    await work.connection.execute(_PARK, *origin, *given, storable(reason), storable(detail), blocks)
    metrics.PARKED_TOTAL.labels(place.service).inc()
