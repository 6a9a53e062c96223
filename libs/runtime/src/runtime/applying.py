"""Applying facts: offset, inbox, effects and own outbox rows in one transaction; or parking what cannot be."""

import json
import traceback
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka.structs import ConsumerRecord

from contracts import Fact, Recorded, Unreadable, read
from runtime.database import Context
from runtime.health import Health, described, kind_of
from runtime.offsets import LONGEST, Claim, advance, event_id, text_of
from runtime.principal import worker
from runtime.problems import storable
from runtime.subscriptions import Groups, Subscriptions
from runtime.work import Store, Work
from telemetry import metrics, spans

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


@dataclass(frozen=True, slots=True)
class Place:
    """Whose facts are applied, and where they come from."""

    service: str
    store: Store
    subscriptions: Subscriptions
    health: Health
    operator: Context | None = None
    """On behalf of whom plumbing works, under the worker's database role, and why; None for the worker itself."""

    def context(self, correlation_id: str = "") -> Context:
        """The transaction context of this service's worker, or its operator."""
        return self.operator or Context(worker(self.service), correlation_id=correlation_id)


def parse(record: ConsumerRecord) -> Recorded[Fact] | None:
    """The fact of a record, None for an unknown type. Raises Unreadable: no key of it can be trusted."""
    return read(record.key, record.value, record.headers)


def _key(record: ConsumerRecord) -> str:
    return text_of(record.key)[:LONGEST]


async def apply(place: Place, claim: Claim, records: Sequence[ConsumerRecord]) -> None:
    """Apply the records in one transaction. Raises Fenced, Unreadable, or what a handler raised."""
    facts: list[Recorded[Fact]] = []
    with metrics.processing(place.service):
        async with place.store.work(place.context()) as work:
            await advance(work, claim, place.subscriptions.digest())
            parsed = [(record, parse(record)) for record in records]
            if known := [(record, fact) for record, fact in parsed if fact and place.subscriptions.groups(fact.type)]:
                facts, new = await _new(work, place, known)
                with spans.consuming(place.service, facts) as work.traceparents:
                    await place.subscriptions.handle(work, facts, new)
    for fact in facts:
        metrics.consumed(place.service, fact.type).inc()


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


async def park(place: Place, claim: Claim, record: ConsumerRecord, error: Exception) -> None:
    """Set one record aside with the reason, in a transaction of its own; what follows on its key will follow it."""
    async with place.store.work(place.context()) as work:
        await advance(work, claim, place.subscriptions.digest())
        # An unreadable record's id proves nothing: it must not make a good fact look received.
        fact = None if isinstance(error, Unreadable) else parse(record)
        groups = {""} if fact is None else (await receive(work, [fact])).get(str(fact.id), set())
        reason, detail = described(error)[:1000], "".join(traceback.format_exception(error))[-8000:]
        for group in sorted(groups):
            await _insert_parked(work, place, record, group, reason, detail, blocks=fact is not None)


async def _insert_parked(
    work: Work, place: Place, record: ConsumerRecord, group: str, reason: str, detail: str, *, blocks: bool = True
) -> None:
    texts = [(storable(name), text_of(value)) for name, value in record.headers]
    origin = record.topic, record.partition, record.offset, _key(record), event_id(record)
    given = dict(texts).get("ce_type", ""), json.dumps(texts), record.value or b"", group
    await work.connection.execute(_PARK, *origin, *given, storable(reason), storable(detail), blocks)
    metrics.PARKED_TOTAL.labels(place.service, kind_of(reason)).inc()
