"""Where the relay stands in the outbox: PgQ-style snapshot batches, saved by the one leader of a database.

A batch is what snapshot ``high`` sees and snapshot ``low`` did not, in order of position. A cursor on the position
alone loses the rows of transactions that commit late; see docs/adr/0003. A catch-up reads by position, up to
``until``: for a replay, and after a restore, when transaction ids start again.
"""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

CHUNK = 500
CHUNK_BYTES = 8_000_000
"""A chunk of the largest payloads would take half a gigabyte: it ends with the row that reaches this."""
ENVELOPE = ("id", "type", "time", "partitionkey", "sequence", "correlationid", "causationid", "traceparent", "parties")
"""Of CloudEvents, as the columns of a row to send."""
_LEADERSHIP = "hashtextextended('entente.relay', 0)"
LOCK = f"SELECT pg_try_advisory_lock({_LEADERSHIP})"
LED = f"""
EXISTS (SELECT FROM pg_locks JOIN pg_database ON database = pg_database.oid AND datname = current_database()
    WHERE locktype = 'advisory' AND objsubid = 1 AND granted AND classid::bigint << 32 | objid::bigint = {_LEADERSHIP})
"""
"""Whether somebody holds it: a worker runs, and sends facts or tries to."""
_BEGINNING = "1:1:"
"""A snapshot that has seen nothing."""
_PLACE = "epoch, low::text, high::text, position, floor, until"
_TAKE_OVER = f"""
INSERT INTO relay_cursor AS mine (epoch, low, system_identifier)
VALUES (1, '{_BEGINNING}', (SELECT system_identifier FROM pg_control_system()))
ON CONFLICT (single) DO UPDATE SET epoch = mine.epoch + 1
RETURNING {_PLACE}, system_identifier <> (SELECT system_identifier FROM pg_control_system()) AS restored
"""  # noqa: S608
# What a snapshot has not seen: later transactions, and those that ran. Not all since the oldest that ran: one that
# stays open, anywhere in the server, would make that the whole day.
# position + 0, or the planner walks the whole ledger by position instead of the few newest rows by xid.
# The range has an end, although nothing that is seen lies beyond it: without statistics an open one counts for a third
# of the ledger, which is then read whole, and one with two ends for little. A restore also brings rows that lie beyond.
_LATER = (
    "FROM outbox WHERE xid >= pg_snapshot_xmax({low}) AND xid < pg_snapshot_xmax(pg_current_snapshot())"
    " AND position + 0 > {floor}"
)
_RAN = "FROM outbox WHERE xid = ANY(ARRAY(SELECT pg_snapshot_xip({low}))) AND position + 0 > {floor}"
_OPEN = f"""
SELECT pg_current_snapshot()::text AS high, (SELECT epoch FROM relay_cursor) AS epoch,
       least((SELECT min(position + 0) {_LATER}), (SELECT min(position + 0) {_RAN})) AS first
""".format(low="$1::text::pg_snapshot", floor="$2")  # noqa: S608
# The place that is saved, also where no relay has led yet.
_SAVED = f"""
WITH place AS (SELECT coalesce(max(low::text), '{_BEGINNING}')::pg_snapshot AS low, coalesce(max(position), 0) AS at,
               max(until) AS until, coalesce(max(until), max(floor), 0) AS floor FROM relay_cursor)
"""  # noqa: S608
_OF_SAVED = {"low": "(SELECT low FROM place)", "floor": "(SELECT floor FROM place)"}
_PENDING = f"""
{_SAVED} SELECT later.count + ran.count + coalesce(until - at, 0) AS facts,
    extract(epoch FROM now() - least(later.since, ran.since))::float AS seconds
FROM place, (SELECT count(*), min(time) AS since {_LATER}) AS later, (SELECT count(*), min(time) AS since {_RAN}) AS ran
""".format(**_OF_SAVED)  # noqa: S608
_TIME = """to_char(time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
# ``found`` are the rows of the chunk before it is cut to the bytes it may have.
_ROWS = f"""
SELECT position, topic, data, id::text, type, {_TIME} AS time, key AS partitionkey, sequence::text,
       causation_id AS causationid, nullif(correlation_id, '') AS correlationid, traceparent,
       nullif(parties, '') AS parties, found
FROM (SELECT *, count(*) OVER () AS found, sum(octet_length(data)) OVER (ORDER BY position) AS bytes
      FROM (SELECT * FROM outbox WHERE position > $1 AND %s ORDER BY position LIMIT {CHUNK}) AS chunk) AS measured
WHERE bytes - octet_length(data) < {CHUNK_BYTES} ORDER BY position
"""  # noqa: S608
_BATCH = _ROWS % (
    "NOT pg_visible_in_snapshot(xid, $2::text::pg_snapshot) AND pg_visible_in_snapshot(xid, $3::text::pg_snapshot)"
)
_CATCH_UP = _ROWS % "position <= $2"
_SAVE = """
UPDATE relay_cursor SET low = $2::text::pg_snapshot, high = $3::text::pg_snapshot, position = $4, floor = $5,
    until = $6::bigint, sent_up_to = CASE WHEN $6::bigint IS NULL THEN greatest(sent_up_to, $7) ELSE $7 END
WHERE epoch = $1 RETURNING true
"""
# Never later than what was not sent. A position beyond the last one sent counts as that, whatever its xid says: after
# a restore the xids of new rows are small, and the old snapshot takes them for seen.
_BEGIN_CATCH_UP = f"""
WITH ledger AS (SELECT coalesce(max(position), 0) AS last FROM outbox), start AS (
    SELECT coalesce(least(
        (SELECT min(position) FROM outbox WHERE time >= $1::timestamptz),
        (SELECT min(row.position) FROM outbox AS row WHERE row.position > floor
         AND (row.position > sent_up_to OR NOT pg_visible_in_snapshot(row.xid, low))),
        CASE WHEN until IS NOT NULL THEN position + 1 END) - 1, last) AS position FROM relay_cursor, ledger)
UPDATE relay_cursor SET epoch = epoch + 1, low = pg_current_snapshot(), high = NULL,
    position = (SELECT position FROM start), sent_up_to = (SELECT position FROM start),
    until = (SELECT last FROM ledger), system_identifier = (SELECT system_identifier FROM pg_control_system())
RETURNING {_PLACE}
"""  # noqa: S608
_COUNT = "SELECT count(*) FROM outbox WHERE position > $1 AND position <= $2"


class SteppedDown(Exception):
    """Another relay leads now, or a replay moved the place; this one may have sent duplicates, and begins anew."""


async def _begin_catch_up(connection: Any, since: datetime | None) -> Any:
    # No writer may be between taking a position and its commit, or its row would be passed over.
    await connection.execute("LOCK TABLE outbox IN EXCLUSIVE MODE")
    return await connection.fetchrow(_BEGIN_CATCH_UP, since)


async def replay(connection: Any, since: datetime) -> int:
    """Let the relay send the ledger again from an instant on; give the number of facts. Needs a transaction.

    Consumers drop by its id what they know. New facts are sent after the old ones.
    """
    await connection.execute(_TAKE_OVER)
    row = await _begin_catch_up(connection, since)
    return int(await connection.fetchval(_COUNT, row["position"], row["until"]))


async def pending(connection: Any) -> tuple[int, float]:
    """How many facts are not in Kafka yet or are to be sent again; seconds for which the oldest new one waits."""
    facts, seconds = await connection.fetchrow(_PENDING)
    return int(facts), max(0.0, seconds or 0.0)


@dataclass(slots=True)
class Cursor:
    """The leader's place. ``high`` is None between batches; rows up to ``floor`` are sent, whatever their xid says."""

    connection: Any
    epoch: int
    low: str
    high: str | None
    position: int
    floor: int
    until: int | None

    @classmethod
    async def take_over(cls, connection: Any) -> "Cursor":
        """Become the leader's cursor, on the connection that holds the leader's lock."""
        async with connection.transaction():
            row = await connection.fetchrow(_TAKE_OVER)
            if row["restored"]:
                row = await _begin_catch_up(connection, None)
        return cls(connection, *(row[field.name] for field in fields(cls)[1:]))

    async def next_chunk(self) -> list[Any]:
        """The next rows to send, at most CHUNK; nothing when all that is committed has been sent.

        Raises SteppedDown when the place was moved by somebody else.
        """
        if self.until is not None:
            if rows := list(await self.connection.fetch(_CATCH_UP, self.position, self.until)):
                return rows
            await self._save(floor=self.until, until=None, position=0)
        if self.high is None:
            row = await self.connection.fetchrow(_OPEN, self.low, self.floor)
            if row["epoch"] != self.epoch:
                raise SteppedDown
            if row["first"] is None:
                self.low = row["high"]
                return []
            self.high, self.position = row["high"], row["first"] - 1
        rows = list(await self.connection.fetch(_BATCH, max(self.position, self.floor), self.low, self.high))
        if not rows:
            await self._save(low=self.high, high=None, position=0)
        return rows

    async def sent(self, rows: list[Any]) -> None:
        """Save that these rows are in Kafka. Raises SteppedDown when another leads."""
        last = rows[-1]["position"]
        if self.until is None and len(rows) == rows[-1]["found"] < CHUNK:
            await self._save(low=self.high, high=None, position=0, sent=last)
        else:
            await self._save(position=last, sent=last)

    async def _save(self, *, sent: int = 0, **changes: Any) -> None:
        for name, value in changes.items():
            setattr(self, name, value)
        place = (self.low, self.high, self.position, self.floor, self.until)
        if not await self.connection.fetchval(_SAVE, self.epoch, *place, sent):
            raise SteppedDown
