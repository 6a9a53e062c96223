"""Whether what is backed up could be restored: to be asked every day (EU GMP Annex 11, 7.2)."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from cli.backups import programs
from cli.backups.reading import read
from cli.backups.segments import Segment, gaps, place, segments, written
from cli.backups.store import Base, Store
from cli.backups.taking import SLOT
from cli.failures import Failure
from contracts import clock

OLDEST_BASE = timedelta(days=8)
"""A weekly backup, and a day: what is older makes a restore read more of the log than anybody waits for."""
OLDEST_REHEARSAL = timedelta(days=100)
"""Once a quarter, and some days."""
FARTHEST_BEHIND = 64 * 2**20
"""Bytes of the log, made and not received: four segments."""
_SERVER = """
SELECT (SELECT system_identifier FROM pg_control_system()) AS system_identifier,
       pg_current_wal_lsn()::text AS made,
       ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int AS timeline,
       slot.active, slot.wal_status, slot.restart_lsn::text AS received
FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots AS slot ON slot_name = $1
"""


@dataclass(slots=True)
class Checked:
    """What is there, and what is wrong with it."""

    wrong: list[str] = field(default_factory=list)
    base: dict[str, Any] | None = None
    reaches_to: str | None = None
    """The last segment that was received."""
    rehearsed_at: str | None = None
    behind_bytes: int | None = None


async def check(store: Store, url: str) -> Checked:
    """Read the last base backup and the log behind it whole, and ask the server how far that is behind."""
    programs.server(url)
    checked, bases, found = Checked(), store.bases(), segments(store.wal)
    checked.reaches_to = found[-1].path.name if found else None
    if bases:
        checked.base = bases[-1].as_json()
        checked.wrong += _old(bases[-1].ended_at, OLDEST_BASE, "the last base backup")
        await _read(checked, store, bases[-1], url)
    else:
        checked.wrong.append("there is no base backup")
    if not found:
        checked.wrong.append(f"no write-ahead log was received: nothing is in {store.wal}")
    rehearsed = store.rehearsed()
    if rehearsed:
        checked.rehearsed_at = rehearsed["at"]
        checked.wrong += _old(datetime.fromisoformat(rehearsed["at"]), OLDEST_REHEARSAL, "the last rehearsal")
    else:
        checked.wrong.append("no restore was ever rehearsed")
    newest = bases[-1] if bases else None
    await _ask_server(checked, url, found, newest, store.end(newest) if newest else 0)
    return checked


async def _read(checked: Checked, store: Store, base: Base, url: str) -> None:
    """Whether files are as their manifest says, no segment lacks, and each record up to what was received is whole."""
    try:
        store.verify(base.name)
        lacking = gaps(store.log(base), base.starts)
        checked.wrong += lacking or await _spoilt(store, base, url)
    except Failure as failure:
        checked.wrong.append(str(failure))


async def _spoilt(store: Store, base: Base, url: str) -> list[str]:
    """Where the log breaks off before its end, or before what the server knows to be received."""
    ended, known, received = -1, None, await _received(url)
    # What was received last may end within a record, of which the rest comes: only where it stays so it is spoilt.
    while known is None or (known.wrong is None and ended < known.ends < received):
        if known is not None:
            ended = known.ends
            await asyncio.sleep(1)
            received = await _received(url)
        known = read(store, base)
    if known.wrong is None and known.ends < received:
        return [f"the log breaks at {written(known.ends)}, and was received up to {written(received)}"]
    return [known.wrong] if known.wrong else []


async def _received(url: str) -> int:
    """What the server knows to be received; 0 where it does not answer, which is said elsewhere."""
    with suppress(OSError, asyncpg.PostgresError):
        row = await _row(url)
        return place(row["received"]) if row["received"] else 0
    return 0


async def _row(url: str) -> Any:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return await connection.fetchrow(_SERVER, SLOT)
    finally:
        await connection.close()


def _old(at: datetime, most: timedelta, what: str) -> list[str]:
    return [f"{what} is {(clock.now() - at).days} days old"] if clock.now() - at > most else []


async def _ask_server(checked: Checked, url: str, found: list[Segment], base: Base | None, ended: int) -> None:
    """``ended`` is where the base backup ended: what was received is no less, also where nothing was yet."""
    try:
        row = await _row(url)
    except (OSError, asyncpg.PostgresError) as error:
        checked.wrong.append(f"the server does not answer: {error}")
        return
    if base and row["system_identifier"] != base.system_identifier:
        checked.wrong.append("the last base backup is of another server")
    if found and max(each.timeline for each in found) < row["timeline"]:
        advice = "start `entente backup wal` anew, then take a base backup"
        checked.wrong.append(f"the server is on timeline {row['timeline']}, and nothing of that was received: {advice}")
    if row["active"] is None:
        checked.wrong.append(f"the server has no slot {SLOT}: nothing receives its write-ahead log")
        return
    if not row["active"]:
        checked.wrong.append("nothing receives the write-ahead log now: `entente backup wal` does not run")
    if row["wal_status"] == "lost":
        checked.wrong.append("the server dropped what was not received: take a base backup now")
    if row["received"]:
        checked.behind_bytes = max(0, place(row["made"]) - place(row["received"]))
    reached = max([ended, *((each.number + 1) * each.size for each in found)])
    if reached and place(row["made"]) - reached > FARTHEST_BEHIND:
        last = f"the last segment is {found[-1].path.name}" if found else "nothing was received"
        checked.wrong.append(f"the server is at {row['made']}, and {last}")
