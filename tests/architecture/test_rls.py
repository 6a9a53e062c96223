"""What each service's database grants: behind a policy, or in a short list with its reason; and partners' moves."""

import asyncio
import importlib
import pkgutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import inspect
from sqlmodel import SQLModel

from installation import migrate
from runtime import lifecycle
from runtime.settings import Settings

SERVICES = Path(__file__).parents[2] / "services"
PACKAGES = sorted(path.parent.name for path in SERVICES.glob("*/migrations"))
WITHOUT_POLICY = {
    "outbox": "written by all, read by the worker; COPY refuses row security, so a CHECK holds partners",
    "inbox": "the worker's alone, which has no tenant",
    "consumer_offset": "the worker's alone, which has no tenant",
    "relay_cursor": "the worker's alone, which has no tenant",
    "parked": "the worker's alone, which has no tenant",
    "handled": "the worker's alone, which has no tenant",
    "set_aside": "the worker's alone, which has no tenant",
}
_GRANTED = """
SELECT relname, relrowsecurity AS guarded, grantee::regrole::text AS role, privilege_type AS right
FROM pg_class, LATERAL (
    SELECT grantee, privilege_type FROM aclexplode(relacl)
    UNION SELECT grantee, privilege_type FROM pg_attribute, aclexplode(attacl) WHERE attrelid = pg_class.oid
) AS granted
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND grantee <> relowner
"""
_POLICIES = "SELECT tablename, unnest(roles)::text AS role, cmd FROM pg_policies WHERE schemaname = 'public'"
_MOVES = """
SELECT tgrelid::regclass::text AS table_name, string_to_array(encode(tgargs, 'escape'), '\\000') AS moves
FROM pg_trigger WHERE tgname = 'partner_moves'
"""


@pytest_asyncio.fixture(scope="module", params=PACKAGES)
async def database(
    request: pytest.FixtureRequest, settings: Settings, postgres_dsn: str
) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A service's package and its database, as its migrations make it."""
    package = request.param
    own = settings.model_copy(update={"database_url": settings.database_url + "_rls"})
    await migrate.provision(postgres_dsn, own, package)
    admin = migrate.database_admin_url(postgres_dsn, own.database_of(package))
    await asyncio.to_thread(migrate.upgrade, SERVICES / package / "migrations", admin)
    connection = await asyncpg.connect(admin)
    yield package, connection
    await connection.close()
    administrator = await asyncpg.connect(postgres_dsn)
    await administrator.execute(f'DROP DATABASE "{own.database_of(package).rsplit("/", 1)[1]}" WITH (FORCE)')
    await administrator.close()


async def test_every_right_is_behind_a_policy_or_has_a_reason(database: Any) -> None:
    _, connection = database
    policies = {(row["tablename"], row["role"], row["cmd"]) for row in await connection.fetch(_POLICIES)}
    bare = []
    for row in await connection.fetch(_GRANTED):
        table, role, right = row["relname"], row["role"], row["right"]
        covered = row["guarded"] and {(table, role, "ALL"), (table, role, right)} & policies
        if right in ("SELECT", "INSERT", "UPDATE", "DELETE") and not covered and table not in WITHOUT_POLICY:
            bare.append(f"{role} may {right} {table}")
    assert bare == []


async def test_what_has_no_policy_is_nothing_that_a_partner_reads_or_changes(database: Any) -> None:
    _, connection = database
    rights = {
        (row["relname"], row["right"])
        for row in await connection.fetch(_GRANTED)
        if row["relname"] in WITHOUT_POLICY and row["role"] == "svc_partner"
    }
    assert rights == {("outbox", "INSERT")}


async def test_partners_take_records_only_where_their_steps_do(database: Any) -> None:
    """The database's list of moves is that of the transitions which name a partner's side, no more and no less."""
    package, connection = database
    found = {row["table_name"]: set(filter(None, row["moves"])) for row in await connection.fetch(_MOVES)}
    assert found == {table: moves for table, model in models(package).items() if (moves := moves_of(model))}


def models(package: str) -> dict[str, type[SQLModel]]:
    """A service's models with a lifecycle, by their tables."""
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        importlib.import_module(module.name)
    registry = importlib.import_module(f"{package}.metadata").tables
    classes = [mapper.class_ for mapper in registry.mappers]
    return {inspect(each).local_table.name: each for each in classes if lifecycle.table(each)}


def moves_of(model: type[SQLModel]) -> set[str]:
    """From which state to which a partner's step takes a record."""
    rows = [row for row in lifecycle.table(model) if any(grant.side != "sponsor" for grant in row.needs.grants)]
    return {f"{source}>{row.target or source}" for row in rows for source in row.source}
