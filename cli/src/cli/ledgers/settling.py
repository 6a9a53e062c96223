"""What has to follow a restore to an earlier moment, before any service runs again on what was restored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from cli.failures import Failure
from cli.installing import Installing
from cli.ledgers.databases import database, note

# Those that give numbers to people; a sequence of a column's own gives places that nobody outside knows.
_NUMBERS = """
SELECT quote_ident(relname) FROM pg_class
WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace AND NOT EXISTS (
    SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i'))
ORDER BY 1
"""
_SKIP = "SELECT setval('{name}', last_value + $1) FROM {name}"
# Of a service that gives numbers in another way: a register has no gap but that of a restore, so no sequence counts it.
_REGISTERS = "SELECT to_regprocedure('public.leave_numbers_out(int)') IS NOT NULL"
_LEAVE_OUT = "SELECT public.leave_numbers_out($1)"
_RUNS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'entente'"


async def settle(
    settings: Installing, services: Sequence[str], at: datetime | None, skip: int, reason: str, entries: int = 100
) -> dict[str, int]:
    """Let each sequence of numbers go on so much later, and note the restore; gives by service how many there are.

    Registers go on ``entries`` later: what is left out of them stands there as missing, a line each.

    Numbers that were given out after the moment stand in facts, letters and heads: given again they would name two
    records. Raises Failure where a service runs already, for it may have given some.
    """
    if min(skip, entries) < 1:
        advice = "Name more than were given out since: --skip 1000, --skip-entries 100."
        raise Failure(f"{min(skip, entries)} numbers cannot be left out", advice)
    if not reason:
        raise Failure("no reason was given", "The audit wants one: --reason.")
    for package in services:
        async with database(settings, package) as connection:
            if await connection.fetchval(_RUNS):
                raise Failure(f"{package} runs on its database already", "Stop every service first, then settle.")
    settled = dict[str, int]()
    for package in services:
        async with database(settings, package) as connection, connection.transaction():
            names = [row[0] for row in await connection.fetch(_NUMBERS)]
            for name in names:
                await connection.fetchval(_SKIP.format(name=name), skip)
            detail = await _registers(connection, entries)
            await note(connection, "restore", reason, to=at or "the end", skipped=skip, **detail)
            settled[package] = len(names)
    return settled


async def _registers(connection: Any, entries: int) -> dict[str, int]:
    """Leave numbers out of each register that the service keeps; gives what the audit is to say of it."""
    if not await connection.fetchval(_REGISTERS):
        return {}
    return {"registers": await connection.fetchval(_LEAVE_OUT, entries), "entries": entries}
