"""Replay: the ledger sent to Kafka once more, from an instant on. Consumers drop what they know by its id."""

from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from runtime.work import Work

_ROWS = """
SELECT o.position, o.id, o.type, o.topic, o.key, o.time, o.sequence, o.correlation_id, o.causation_id,
       o.traceparent, o.parties, o.data
FROM replay r JOIN outbox o ON o.position > r.position AND o.position <= r.until AND o.time >= r.since
WHERE r.id = $1 ORDER BY o.position LIMIT 500
"""
_REQUEST = """
INSERT INTO replay (id, since, until, requested_by)
SELECT $1, $2, coalesce(max(position), 0), $3 FROM outbox RETURNING id, since, position, until, sent, finished_at
"""
_READ = "SELECT id, since, position, until, sent, requested_by, requested_at, finished_at FROM replay WHERE id = $1"
_SENT = "UPDATE replay SET position = $2, sent = sent + $3 WHERE id = $1"
_FINISHED = "UPDATE replay SET position = until, finished_at = now() WHERE id = $1"


async def request(work: Work, since: datetime, subject: str) -> dict[str, Any]:
    """Ask the relay to send again what was recorded since an instant, up to now."""
    row = await work.connection.fetchrow(_REQUEST, uuid7(), since, subject)
    return dict(row)


async def read(work: Work, id: UUID) -> dict[str, Any] | None:
    """How far a replay is."""
    row = await work.connection.fetchrow(_READ, id)
    return dict(row) if row else None


async def next_rows(connection: Any, id: UUID) -> list[Any]:
    """The next rows of a replay."""
    rows: list[Any] = await connection.fetch(_ROWS, id)
    return rows


async def note_sent(connection: Any, id: UUID, rows: list[Any]) -> None:
    """Keep the replay's place, or its end when there was nothing more to send."""
    if rows:
        await connection.execute(_SENT, id, rows[-1]["position"], len(rows))
    else:
        await connection.execute(_FINISHED, id)
