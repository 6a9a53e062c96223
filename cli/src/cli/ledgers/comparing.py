"""A service's ledger beside its topics, and beside what the others received: who knows what the other does not.

Nothing is put right here, for nothing of it can be known to be right: what cannot be reconciled is listed.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from cli.installing import Installing
from cli.ledgers.databases import database
from cli.ledgers.reading import contents, read
from contracts import contracts, topics_of

_BEGINNING = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
# Taken before Kafka is read: what is sent meanwhile is not missed.
_PLACE = """
SELECT coalesce((SELECT low::text FROM relay_cursor), '1:1:') AS low,
       coalesce((SELECT sent_up_to FROM relay_cursor), 0) AS sent_up_to
"""
_RECEIVED = "CREATE TEMP TABLE received (id uuid, time timestamptz, type text, by text)"
_INBOX = """
SELECT event_id, recorded_at, type FROM inbox JOIN handled ON handled.id = handled_id
WHERE type = ANY($1::text[]) AND recorded_at >= $2
"""
# A fact whose owner does not know it, wherever it was seen; and how far the owner is with the record that it tells of.
_UNKNOWN = """
WITH seen AS (
    SELECT coalesce(kafka.id, received.id) AS id, coalesce(kafka.time, received.time) AS time,
           coalesce(kafka.type, received.type) AS type, topic, partition, "offset", key, sequence, parties,
           coalesce(by, '{}') AS received_by
    FROM (SELECT DISTINCT ON (id) * FROM on_kafka ORDER BY id, "offset") AS kafka
    FULL JOIN (SELECT id, time, type, array_agg(DISTINCT by ORDER BY by) AS by FROM received GROUP BY id, time, type)
        AS received ON received.id = kafka.id
), strangers AS (
    SELECT * FROM seen
    WHERE NOT EXISTS (SELECT FROM outbox AS ledger WHERE ledger.id = seen.id AND ledger.time = seen.time)
), known AS (
    SELECT topic, key, max(sequence) AS version FROM outbox WHERE key IN (SELECT key FROM strangers) GROUP BY topic, key
)
SELECT strangers.*, known.version AS owner_is_at FROM strangers LEFT JOIN known USING (topic, key) ORDER BY time, id
"""
_SENT = "position <= $2 AND pg_visible_in_snapshot(xid, $3::text::pg_snapshot)"
_MISSING = f"""
SELECT id, type, topic, key, time, sequence, parties FROM outbox
WHERE time >= $1 AND {_SENT} AND NOT EXISTS (SELECT FROM on_kafka WHERE on_kafka.id = outbox.id) ORDER BY position
"""  # noqa: S608
_COUNT = f"SELECT count(*) AS facts, count(*) FILTER (WHERE NOT ({_SENT})) AS waiting FROM outbox WHERE time >= $1"  # noqa: S608


@dataclass(slots=True)
class Compared:
    """One service's ledger and its topics."""

    service: str
    facts: int = 0
    """In the ledger."""
    records: int = 0
    """On Kafka; what was sent twice counts twice."""
    waiting: int = 0
    """Not sent yet, as far as the relay saved its place."""
    strange: int = 0
    """Records in its topics that are no facts."""
    unknown: list[dict[str, Any]] = field(default_factory=list)
    """On Kafka, or received by others, and not in the ledger: after a restore, what was told after its moment."""
    missing: list[dict[str, Any]] = field(default_factory=list)
    """In the ledger, sent, and not on Kafka: it lost them."""

    @property
    def agrees(self) -> bool:
        """Whether both hold the same, but for what waits."""
        return not (self.unknown or self.missing or self.strange)


async def compare(
    settings: Installing, package: str, services: Sequence[str], since: datetime | None = None
) -> Compared:
    """Hold a service's ledger against Kafka and against the inboxes of services, whole or since a moment."""
    compared, began = Compared(package.replace("_", "-")), since or _BEGINNING
    topics, types = topics_of(compared.service), _types(compared.service)
    if not topics:
        return compared
    async with database(settings, package) as connection:
        place = await connection.fetchrow(_PLACE)
        sent = began, place["sent_up_to"], place["low"]
        compared.records, compared.strange = await read(settings.administrator, topics, since, connection)
        await connection.execute(_RECEIVED)
        for other in services:
            await _inbox(settings, other, types, began, connection)
        compared.unknown = [dict(row) for row in await connection.fetch(_UNKNOWN)]
        compared.missing = [dict(row) for row in await connection.fetch(_MISSING, *sent)]
        compared.facts, compared.waiting = await connection.fetchrow(_COUNT, *sent)
    seen = [each for each in compared.unknown if each["topic"]]
    places = [(each["topic"], each["partition"], each["offset"]) for each in seen]
    for each, data in zip(seen, await contents(settings.administrator, places), strict=True):
        each["data"] = data
    return compared


def _types(service: str) -> list[str]:
    return [contract.type for contract in contracts() if contract.producer == service]


async def _inbox(settings: Installing, other: str, types: Sequence[str], began: datetime, into: Any) -> None:
    """What another service noted as received of these types, beside the ledger. It remembers some ninety days."""
    async with database(settings, other) as connection, connection.transaction():
        rows = []
        async for row in connection.cursor(_INBOX, types, began, prefetch=5000):
            with suppress(ValueError):  # what had no id of its own is no service's
                rows.append((UUID(row["event_id"]), row["recorded_at"], row["type"], other.replace("_", "-")))
        await into.copy_records_to_table("received", records=rows, columns=("id", "time", "type", "by"))
