"""How far a database's migrations have come, told where every login may read it: in the comment on the database.

Only the owner reads alembic's own table, and a process may not begin before its database is one of its release.
"""

import json
from pathlib import Path

import asyncpg
from alembic.config import Config
from alembic.script import ScriptDirectory

from installation import plumbing

_READ = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
_STEPS = {"migration": ("alembic_version", "max(version_num::int)"), "plumbing": ("plumbing", "max(step)")}
"""What is counted: the table that has it, and the number of its last."""
_TELL = """
DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS %L', current_database(), '{text}'); END $$
"""


def of_this_release(migrations: Path) -> dict[str, int]:
    """The number of the last migration of a service, and that of the last step of its plumbing."""
    configuration = Config()
    configuration.set_main_option("script_location", str(migrations).replace("%", "%%"))
    head = ScriptDirectory.from_config(configuration).get_current_head()
    return {"migration": int(head or 0), "plumbing": max(plumbing.steps())}


async def tell(admin_url: str, migrations: Path) -> None:
    """Write down that a database has all of this release's migrations. ``admin_url`` is a superuser's."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(_TELL.format(text=json.dumps(of_this_release(migrations))))
    finally:
        await connection.close()


async def ahead(admin_url: str, migrations: Path) -> str:
    """What a database has beyond this release, as when an older one is put back; nothing where it is not there.

    Asked of what ran, not of what was told of it: a run that ended halfway told nothing. ``admin_url`` is that of a
    superuser.
    """
    try:
        connection = await asyncpg.connect(admin_url)
    except asyncpg.InvalidCatalogNameError:
        return ""
    try:
        found = {name: await _last(connection, *where) for name, where in _STEPS.items()}
    finally:
        await connection.close()
    return beyond(found, of_this_release(migrations))


async def _last(connection: asyncpg.Connection, table: str, last: str) -> int:
    if await connection.fetchval("SELECT to_regclass($1)", table) is None:
        return 0
    return int(await connection.fetchval(f"SELECT {last} FROM {table}") or 0)  # noqa: S608


def beyond(found: dict[str, int], wanted: dict[str, int]) -> str:
    """What was found that is not wanted yet, or nothing."""
    more = [f"{name} {found[name]}" for name, number in wanted.items() if found[name] > number]
    return f"it has {' and '.join(more)}, of a newer release" if more else ""


async def lacking(url: str, migrations: Path) -> str:
    """What a database lacks of this release, for a login of any kind; nothing where it is as far, or farther."""
    try:
        connection = await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError) as error:  # a database or a login that is not made yet is refused, too
        return f"it does not answer: {error or type(error).__name__}"
    try:
        return missing(await connection.fetchval(_READ), of_this_release(migrations))
    finally:
        await connection.close()


def missing(told: str | None, wanted: dict[str, int]) -> str:
    """What a comment does not tell of, or nothing. One of somebody's hand tells nothing."""
    try:
        found = json.loads(told or "{}")
        behind = [name for name, number in wanted.items() if found.get(name, 0) < number]
    except (ValueError, TypeError, AttributeError):
        behind = list(wanted)
    return "it has not got " + " and ".join(f"{name} {wanted[name]}" for name in behind) if behind else ""
