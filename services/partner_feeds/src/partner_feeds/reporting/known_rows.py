"""The SQL of known records: each statement takes a whole batch, in the order of the key."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from partner_feeds.reporting.revisions import Key

# In a first import a plan is made while the table is empty; kept, it reads the growing table whole for each batch. So a
# plan is made for each batch, and in a form that leaves one way: each record by the primary key.
_PLAN_ANEW: Final = "SET LOCAL plan_cache_mode = force_custom_plan"
_INSERT: Final = """
INSERT INTO known_record (feed_id, message_id, fact, record_id, revision, digest, row, lot_id)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::bigint[], $7::int[], $8::uuid[])
ON CONFLICT DO NOTHING RETURNING fact, record_id
"""
_HIGHEST: Final = """
SELECT found.* FROM unnest($2::text[], $3::text[]) AS given (fact, record_id) CROSS JOIN LATERAL (
    SELECT fact, record_id, revision, digest, lot_id, message_id, row FROM known_record AS known
    WHERE known.feed_id = $1 AND known.fact = given.fact AND known.record_id = given.record_id LIMIT 1 {}) AS found
"""
_READ, _LOCK = _HIGHEST.format(""), _HIGHEST.format("FOR UPDATE")
_EARLIER: Final = """
SELECT found.* FROM unnest($2::text[], $3::text[]) AS given (fact, record_id) CROSS JOIN LATERAL (
    SELECT fact, record_id, revision, digest, message_id, row FROM earlier_revision AS known
    WHERE known.feed_id = $1 AND known.fact = given.fact AND known.record_id = given.record_id LIMIT 1000) AS found
"""
_AMEND: Final = """
INSERT INTO known_record AS known (feed_id, message_id, fact, record_id, revision, digest, row)
SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::bigint[], $7::int[])
ON CONFLICT (feed_id, fact, record_id) DO UPDATE
SET revision = excluded.revision, digest = excluded.digest, message_id = excluded.message_id, row = excluded.row
"""
_KEEP: Final = """
INSERT INTO earlier_revision (feed_id, fact, record_id, revision, digest, message_id, row)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::int[], $5::bigint[], $6::uuid[], $7::int[])
ON CONFLICT DO NOTHING
"""


async def insert(connection: Any, feed_id: UUID, message_id: UUID, sent: Sequence[Any]) -> set[Key]:
    """Make records known, each in one revision; gives the keys of those that were not. Waits where somebody else does
    the same at this moment."""
    return set(map(tuple, await connection.fetch(_INSERT, feed_id, message_id, *_columns(each[:6] for each in sent))))


async def highest(connection: Any, feed_id: UUID, keys: Sequence[Key]) -> dict[Key, Any]:
    """The rows of records that are known, in their highest revision."""
    return await _by_key(connection, _READ, feed_id, keys)


async def locked(connection: Any, feed_id: UUID, keys: Sequence[Key]) -> dict[Key, Any]:
    """The same, as they are now and until the end of the transaction."""
    return await _by_key(connection, _LOCK, feed_id, keys)


async def earlier(connection: Any, feed_id: UUID, keys: Sequence[Key]) -> list[Any]:
    """The rows of revisions that a higher one stands in place of."""
    if not keys:
        return []
    await connection.execute(_PLAN_ANEW)
    rows: list[Any] = await connection.fetch(_EARLIER, feed_id, *_columns(keys))
    return rows


async def amend(connection: Any, feed_id: UUID, message_id: UUID, sent: Sequence[Any]) -> None:
    """Put a higher revision in the place of one whose row is locked."""
    await connection.execute(_AMEND, feed_id, message_id, *_columns(each[:5] for each in sent))


async def displace(connection: Any, feed_id: UUID, rows: Iterable[Any]) -> None:
    """Keep what a higher revision will stand in place of."""
    names = ("fact", "record_id", "revision", "digest", "message_id", "row")
    await connection.execute(_KEEP, feed_id, *_columns([row[name] for name in names] for row in rows))


async def keep_earlier(connection: Any, feed_id: UUID, message_id: UUID, sent: Sequence[Any]) -> None:
    """Keep revisions that came behind a higher one."""
    rows = ((each.fact, each.id, each.revision, each.digest, message_id, each.row) for each in sent)
    await connection.execute(_KEEP, feed_id, *_columns(rows))


async def _by_key(connection: Any, statement: str, feed_id: UUID, keys: Sequence[Key]) -> dict[Key, Any]:
    if not keys:
        return {}
    await connection.execute(_PLAN_ANEW)
    rows = await connection.fetch(statement, feed_id, *_columns(keys))
    return {(row["fact"], row["record_id"]): row for row in rows}


def _columns(rows: Iterable[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
