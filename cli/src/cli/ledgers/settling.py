"""What has to follow a restore to an earlier moment, before any service runs again on what was restored."""

from collections.abc import Sequence
from datetime import datetime

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
_RUNS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'entente'"


async def settle(
    settings: Installing, services: Sequence[str], at: datetime | None, skip: int, reason: str
) -> dict[str, int]:
    """Let each sequence of numbers go on so much later, and note the restore; gives by service how many there are.

    Numbers that were given out after the moment stand in facts, letters and heads: given again they would name two
    records. Raises Failure where a service runs already, for it may have given some.
    """
    if skip < 1:
        raise Failure(f"{skip} numbers cannot be left out", "Name more than were given out since: --skip 1000.")
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
            await note(connection, "restore", reason, to=at or "the end", skipped=skip)
            settled[package] = len(names)
    return settled
