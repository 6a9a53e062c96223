"""Parked facts: listed, explained and, once the cause is mended, applied in their order."""

from collections import Counter
from typing import Any

from contracts import read
from runtime.applying import Place, receive
from runtime.health import described, kind_of
from runtime.problems import NotFound, storable
from runtime.work import Work
from telemetry import spans

_COLUMNS = 'id, topic, partition, "offset", key, event_id, type, handler_group, reason, blocks, attempts, parked_at'
_LIST = f"SELECT {_COLUMNS} FROM parked WHERE id > $1 ORDER BY id LIMIT $2"  # noqa: S608
_REASONS = "SELECT split_part(reason, ': ', 1) || ': ', count(*) FROM parked GROUP BY 1"
_EXPLAIN = f"SELECT {_COLUMNS}, detail, headers, value FROM parked WHERE id = $1"  # noqa: S608
# A record that could not be parsed is on no key whose order it could keep: it is retried by itself.
_KEYS = """
SELECT topic, partition, key, handler_group, CASE WHEN NOT blocks THEN id END AS alone FROM parked
WHERE $1::bigint IS NULL OR id = $1 GROUP BY topic, partition, key, handler_group, alone ORDER BY min(id)
"""
_LOCK = "SELECT true FROM consumer_offset WHERE topic = $1 AND partition = $2 AND handlers = $3 FOR UPDATE"
_FIRST = """
SELECT id, headers, value, blocks FROM parked WHERE topic = $1 AND partition = $2 AND key = $3 AND handler_group = $4
AND CASE WHEN $5::bigint IS NULL THEN blocks ELSE id = $5 END ORDER BY id LIMIT 1
"""
# With a record that was never readable go those that repeat it: they would outlive what the inbox knows of it.
_DONE = """
DELETE FROM parked USING parked AS done WHERE done.id = $1 AND (parked.id = done.id
    OR NOT done.blocks AND NOT parked.blocks AND parked.event_id = done.event_id AND parked.value = done.value)
"""
_FAILED = "UPDATE parked SET attempts = attempts + 1, reason = $2, last_tried_at = now() WHERE id = $1"


async def listing(place: Place, limit: int, after: int = 0) -> list[dict[str, Any]]:
    """The parked facts behind one of them, oldest first."""
    async with place.store.work(place.context()) as work:
        return [dict(row) for row in await work.connection.fetch(_LIST, after, limit)]


async def by_kind(work: Work) -> dict[str, int]:
    """How many are parked, by the class of the error; nothing for what waits behind another one of its key."""
    found = Counter[str]()
    for reason, count in await work.connection.fetch(_REASONS):
        found[kind_of(reason)] += count
    return found


async def explain(place: Place, id: int) -> dict[str, Any]:
    """One parked fact with its reason, what the code said, and the record as it came. Raises NotFound."""
    async with place.store.work(place.context()) as work:
        row = await work.connection.fetchrow(_EXPLAIN, id)
    if row is None:
        raise NotFound("parked fact", id)
    value = bytes(row["value"]).decode("utf-8", "replace")
    return dict(row) | {"headers": dict(row["headers"]), "value": value}


async def retry(place: Place, id: int | None) -> dict[str, Any]:
    """Apply parked facts in order: of every key, or of the key of one of them. A key stops at its first failure."""
    async with place.store.work(place.context()) as work:
        keys = await work.connection.fetch(_KEYS, id)
    if id is not None and not keys:
        raise NotFound("parked fact", id)
    applied, failed = 0, []
    for key in keys:
        while (outcome := await _apply_first(place, key)) is True:
            applied += 1
        if outcome:
            failed.append(outcome)
    return {"applied": applied, "failed": failed}


async def _apply_first(place: Place, of: Any) -> bool | dict[str, Any]:
    """Apply and remove the first parked fact ``of`` a group and key; False when none is left, why when it fails."""
    (topic, partition, key, group, alone), row = of, None
    try:
        async with place.store.work(place.context()) as work:
            # The consumer needs this row for its next batch: nothing of the key can overtake what is applied here.
            ours = await work.connection.fetchval(_LOCK, topic, partition, place.subscriptions.digest())
            row = await work.connection.fetchrow(_FIRST, topic, partition, key, group, alone)
            if row is None:
                return False
            headers = [(name, value.encode()) for name, value in row["headers"]]
            fact = read(key.encode(), bytes(row["value"]), headers)
            groups = place.subscriptions.groups(fact.type) if fact else ()
            if not ours or fact is None or not groups or (row["blocks"] and group not in groups):
                raise LookupError("this release does not handle such a fact, or another one's handlers are registered")
            # One that could not be read was never applied, however old it is by now.
            new = {str(fact.id): {group}} if row["blocks"] else await receive(work, [fact], whatever_age=True)
            if new:
                with spans.consuming(place.service, [fact]) as work.traceparents:
                    await place.subscriptions.handle(work, [fact], new)
            await work.connection.execute(_DONE, row["id"])
            return True
    except Exception as error:
        if row is None:
            raise
        reason = storable(described(error)[:1000])
    async with place.store.work(place.context()) as work:
        await work.connection.execute(_FAILED, row["id"], reason)
    return {"id": row["id"], "key": key, "reason": reason}
