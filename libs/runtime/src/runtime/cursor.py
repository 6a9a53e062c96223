"""Where the relay stands in the outbox: PgQ-style snapshot batches, saved by the one leader of a database.

A batch is what snapshot ``high`` sees and snapshot ``low`` did not, in order of position. A cursor on the position
alone loses rows of transactions that commit late; see docs/adr/0003.
"""

from dataclasses import dataclass
from typing import Any

LOCK = "SELECT pg_try_advisory_lock(hashtextextended('entente.relay', 0))"

_TAKE_OVER = """
INSERT INTO relay_cursor AS mine (epoch, low, system_identifier)
VALUES (1, '1:1:', (SELECT system_identifier FROM pg_control_system()))
ON CONFLICT (single) DO UPDATE SET epoch = mine.epoch + 1
RETURNING epoch, low::text, high::text, position, floor, system_identifier,
          (SELECT system_identifier FROM pg_control_system()) AS cluster
"""
_OPEN = """
SELECT pg_current_snapshot()::text AS high,
       (SELECT id FROM replay WHERE finished_at IS NULL ORDER BY id LIMIT 1) AS replay,
       (SELECT min(position) FROM outbox
        WHERE xid >= pg_snapshot_xmin($1::text::pg_snapshot) AND position > $2
          AND NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)) AS first
"""
_CHUNK = """
SELECT position, id, type, topic, key, time, sequence, correlation_id, causation_id, traceparent, parties, data
FROM outbox
WHERE position > $1 AND NOT pg_visible_in_snapshot(xid, $2::text::pg_snapshot)
  AND ($3::text IS NULL OR pg_visible_in_snapshot(xid, $3::text::pg_snapshot))
ORDER BY position LIMIT $4
"""
_SAVE = """
UPDATE relay_cursor SET low = $2::text::pg_snapshot, high = $3::text::pg_snapshot, position = $4,
    sent_up_to = greatest(sent_up_to, $5)
WHERE epoch = $1 RETURNING true
"""
_ADOPT = """
UPDATE relay_cursor SET low = pg_current_snapshot(), high = NULL, position = 0,
    floor = coalesce((SELECT max(position) FROM outbox), 0),
    system_identifier = (SELECT system_identifier FROM pg_control_system())
WHERE epoch = $1 RETURNING low::text, floor
"""
_PENDING = """
SELECT EXISTS (SELECT 1 FROM outbox WHERE position > $1 AND NOT pg_visible_in_snapshot(xid, $2::text::pg_snapshot))
"""
CHUNK = 500


class SteppedDown(Exception):
    """Another relay leads now; this one may have sent duplicates, and stops."""


@dataclass(slots=True)
class Cursor:
    """The leader's place. ``high`` is None between batches; ``floor`` covers rows of a cluster that was restored."""

    connection: Any
    epoch: int
    low: str
    high: str | None
    position: int
    floor: int
    restored: bool
    replay: Any = None
    """The id of a replay that somebody asked for, seen while there was nothing else to send."""

    @classmethod
    async def take_over(cls, connection: Any) -> "Cursor":
        """Become the leader's cursor, on the connection that holds the leader's lock."""
        row = await connection.fetchrow(_TAKE_OVER)
        cursor = cls(connection, row["epoch"], row["low"], row["high"], row["position"], row["floor"], False)
        if row["cluster"] != row["system_identifier"]:
            cursor.restored = True
            if cursor.high is not None:
                # What this half-sent batch did not see may lie before its position: begin at low's edge again.
                cursor.high, cursor.position = None, 0
        return cursor

    async def next_chunk(self) -> list[Any]:
        """The next rows to send, at most CHUNK; nothing when all that is committed has been sent."""
        if self.restored:
            return await self._rows(None)
        if self.high is None:
            row = await self.connection.fetchrow(_OPEN, self.low, self.floor)
            if row["first"] is None:
                self.low, self.replay = row["high"], row["replay"]
                return []
            self.high, self.position = row["high"], row["first"] - 1
        rows = await self._rows(self.high)
        if not rows:
            await self._save(low=self.high, high=None, position=0, sent=0)
        return rows

    async def _rows(self, high: str | None) -> list[Any]:
        rows: list[Any] = await self.connection.fetch(_CHUNK, max(self.position, self.floor), self.low, high, CHUNK)
        return rows

    async def sent(self, rows: list[Any]) -> None:
        """Save that these rows are in Kafka. Raises SteppedDown when another leads."""
        last = rows[-1]["position"]
        if self.high is not None and len(rows) < CHUNK:
            await self._save(low=self.high, high=None, position=0, sent=last)
        else:
            await self._save(low=self.low, high=self.high, position=last, sent=last)

    async def adopt_cluster(self) -> None:
        """After a restore: all that the old cluster left is sent; begin anew with this cluster's transaction ids."""
        async with self.connection.transaction():
            await self.connection.execute("LOCK TABLE outbox IN EXCLUSIVE MODE")
            if await self.connection.fetchval(_PENDING, max(self.position, self.floor), self.low):
                return
            row = await self.connection.fetchrow(_ADOPT, self.epoch)
            if row is None:
                raise SteppedDown
        self.low, self.floor, self.high, self.position = row["low"], row["floor"], None, 0
        self.restored = False

    async def _save(self, *, low: str, high: str | None, position: int, sent: int) -> None:
        if not await self.connection.fetchval(_SAVE, self.epoch, low, high, position, sent):
            raise SteppedDown
        self.low, self.high, self.position = low, high, position
