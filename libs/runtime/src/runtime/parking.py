"""Parked facts: listed, explained and, once the cause is mended, applied in their order."""

import json
from typing import Any

from contracts import read
from runtime import telemetry
from runtime.applying import Place
from runtime.database import Context
from runtime.problems import Problem
from runtime.work import Work

_COLUMNS = 'id, topic, partition, "offset", key, event_id, type, reason, blocks, attempts, parked_at'
_LIST = f"SELECT {_COLUMNS} FROM parked ORDER BY id LIMIT $1"  # noqa: S608
_EXPLAIN = f"SELECT {_COLUMNS}, detail, headers, value FROM parked WHERE id = $1"  # noqa: S608
_KEYS = """
SELECT topic, partition, key FROM parked WHERE $1::bigint IS NULL OR id = $1
GROUP BY topic, partition, key ORDER BY min(id)
"""
_LOCK = "SELECT next FROM consumer_offset WHERE topic = $1 AND partition = $2 FOR UPDATE"
_NEXT = """
SELECT id, headers, value, key, attempts FROM parked WHERE topic = $1 AND partition = $2 AND key = $3
ORDER BY "offset" LIMIT 1
"""
_FAILED = "UPDATE parked SET attempts = attempts + 1, reason = $2, last_tried_at = now() WHERE id = $1"


async def listing(work: Work, limit: int) -> list[dict[str, Any]]:
    """The parked facts, oldest first."""
    return [dict(row) for row in await work.connection.fetch(_LIST, limit)]


async def explain(work: Work, id: int) -> dict[str, Any] | None:
    """One parked fact with its reason, what the code said, and the record as it came."""
    row = await work.connection.fetchrow(_EXPLAIN, id)
    if row is None:
        return None
    record = dict(row)
    record["headers"] = dict(json.loads(record["headers"]))
    record["value"] = bytes(record["value"]).decode("utf-8", "replace")
    return record


async def retry(place: Place, id: int | None) -> dict[str, Any]:
    """Apply parked facts in order: of every key, or of the key of one of them. A key stops at its first failure."""
    async with place.store.work(place.context()) as work:
        keys = await work.connection.fetch(_KEYS, id)
    if id is not None and not keys:
        raise Problem(404, "not-found", f"there is no parked fact {id}")
    applied, failed = 0, []
    for topic, partition, key in keys:
        while True:
            try:
                if not await _apply_first(place, topic, partition, key):
                    break
                applied += 1
            except _StillFails as failure:
                failed.append({"id": failure.id, "key": key, "reason": failure.reason})
                break
    return {"applied": applied, "failed": failed}


class _StillFails(Exception):
    def __init__(self, id: int, reason: str) -> None:
        self.id, self.reason = id, reason


async def _apply_first(place: Place, topic: str, partition: int, key: str) -> bool:
    """Apply and remove the first parked fact of a key; False when there is none left."""
    row = None
    try:
        async with place.store.work(place.context()) as work:
            # The consumer needs this row for its next batch: nothing of the key can overtake what is applied here.
            await work.connection.execute(_LOCK, topic, partition)
            row = await work.connection.fetchrow(_NEXT, topic, partition, key)
            if row is None:
                return False
            headers = [(name, value.encode()) for name, value in json.loads(row["headers"])]
            fact = read(key.encode(), bytes(row["value"]), headers)
            if fact is not None:
                with telemetry.consuming(place.service, [fact]) as work.traceparents:
                    await place.subscriptions.handle(work, [fact])
            await work.session.flush()
            await work.connection.execute("DELETE FROM parked WHERE id = $1", row["id"])
            return True
    except Exception as error:
        if row is None:
            raise
        reason = f"{type(error).__name__}: {error}"[:1000]
        await _note_failure(place, place.context(), row["id"], reason)
        raise _StillFails(row["id"], reason) from error


async def _note_failure(place: Place, context: Context, id: int, reason: str) -> None:
    async with place.store.work(context) as work:
        await work.connection.execute(_FAILED, id, reason)
