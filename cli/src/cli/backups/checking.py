"""Whether what is backed up could be restored: to be asked every day (EU GMP Annex 11, 7.2)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from cli.backups import programs
from cli.backups.segments import Segment, gaps, place, segments
from cli.backups.store import Store
from cli.backups.taking import SLOT
from contracts import clock

OLDEST_BASE = timedelta(days=8)
"""A weekly backup, and a day: what is older makes a restore read more of the log than anybody waits for."""
OLDEST_REHEARSAL = timedelta(days=100)
"""Once a quarter, and some days."""
FARTHEST_BEHIND = 64 * 2**20
"""Bytes of the log, made and not received: four segments."""
_SERVER = """
SELECT (SELECT system_identifier FROM pg_control_system()) AS system_identifier,
       pg_current_wal_lsn()::text AS made, slot.active, slot.wal_status, slot.restart_lsn::text AS received
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
    """Read the last base backup whole, follow the log behind it, and ask the server how far that is behind."""
    checked, bases, found = Checked(), store.bases(), segments(store.wal)
    checked.reaches_to = found[-1].path.name if found else None
    if bases:
        newest = bases[-1]
        checked.base = newest.as_json()
        store.verify(newest.name)
        checked.wrong += _old(newest.ended_at, OLDEST_BASE, "the last base backup")
        checked.wrong += gaps(store.log(newest), newest.starts)
    else:
        checked.wrong.append("there is no base backup")
    rehearsed = store.rehearsed()
    if rehearsed:
        checked.rehearsed_at = rehearsed["at"]
        checked.wrong += _old(datetime.fromisoformat(rehearsed["at"]), OLDEST_REHEARSAL, "the last rehearsal")
    else:
        checked.wrong.append("no restore was ever rehearsed")
    await _ask_server(checked, url, found, {base.system_identifier for base in bases[-1:]})
    return checked


def _old(at: datetime, most: timedelta, what: str) -> list[str]:
    return [f"{what} is {(clock.now() - at).days} days old"] if clock.now() - at > most else []


async def _ask_server(checked: Checked, url: str, found: list[Segment], known: set[int]) -> None:
    programs.server(url)
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError) as error:
        checked.wrong.append(f"the server does not answer: {error}")
        return
    try:
        (row,) = await connection.fetch(_SERVER, SLOT)
    finally:
        await connection.close()
    if known and row["system_identifier"] not in known:
        checked.wrong.append("the last base backup is of another server")
    if row["active"] is None:
        checked.wrong.append(f"the server has no slot {SLOT}: nothing receives its write-ahead log")
        return
    if not row["active"]:
        checked.wrong.append("nothing receives the write-ahead log now: `entente backup wal` does not run")
    if row["wal_status"] == "lost":
        checked.wrong.append("the server dropped what was not received: take a base backup now")
    if row["received"]:
        checked.behind_bytes = max(0, place(row["made"]) - place(row["received"]))
    if found and place(row["made"]) - (found[-1].number + 1) * found[-1].size > FARTHEST_BEHIND:
        checked.wrong.append(f"the server is at {row['made']}, and the last segment is {found[-1].path.name}")
