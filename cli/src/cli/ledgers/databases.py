"""The services' databases, as an administrator sees them: what is done here is no service's own work."""

import getpass
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from cli.databases import admin_url
from cli.failures import Failure
from cli.installing import Installing

_SPEAK = """
SELECT set_config('entente.actor', $1, true), set_config('entente.actor_roles', 'admin', true),
       set_config('entente.reason', $2, true)
"""


@asynccontextmanager
async def database(settings: Installing, package: str) -> AsyncIterator[Any]:
    """A superuser's connection to a service's database. Raises Failure where there is none, or it still recovers."""
    admin = settings.admin_database_url.get_secret_value()
    if not admin:
        raise Failure("no PostgreSQL was named", "Give a superuser's URL: ENTENTE_ADMIN_DATABASE_URL.")
    try:
        connection = await asyncpg.connect(admin_url(admin, settings, package), timeout=10)
    except (OSError, asyncpg.PostgresError) as error:
        raise Failure(
            f"the database of {package} does not open: {error}", "Is its server up, and recovered?"
        ) from error
    try:
        if await connection.fetchval("SELECT pg_is_in_recovery()"):
            raise Failure(
                f"the server of {package} still recovers", "Wait until it took all of the log: its own log says."
            )
        yield connection
    finally:
        await connection.close()


async def note(connection: Any, what: str, reason: str, **detail: Any) -> None:
    """Note in the audit what an operator did, and why, in the transaction that does it."""
    await connection.execute(_SPEAK, f"operator:{getpass.getuser()}", reason)
    await connection.execute("SELECT note_operation($1, $2::jsonb)", what, json.dumps(detail, default=str))
