"""Models and migrations do not drift, and a second provisioning changes nothing."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from installation import migrate, plumbing
from notes.installation import MIGRATIONS, Installation
from runtime.settings import Settings

AUDITED = """
INSERT INTO audit (actor, actor_roles, tenant, correlation_id, reason, table_name, record_id, operation)
VALUES ('ana', 'quality', '', '', '', 'note', $1, 'INSERT')
"""


async def test_models_and_migrations_agree(installation: Installation) -> None:
    await asyncio.to_thread(migrate.check, MIGRATIONS, installation.admin)


@asynccontextmanager
async def of_an_earlier_release(settings: Settings, postgres_dsn: str) -> AsyncIterator[tuple[str, asyncpg.Connection]]:
    """A database that has the first step of the plumbing alone."""
    url = f"{settings.database_url.rsplit('/', 1)[0]}/n{uuid4().hex[:8]}_{{service}}"
    own = settings.model_copy(update={"database_url": url})
    await migrate.provision(postgres_dsn, own, "notes")
    admin = migrate.database_admin_url(postgres_dsn, own.database_of("notes"))
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f"SET ROLE {migrate.OWNER}; {plumbing.steps()[1]}")
        yield admin, connection
    finally:
        await connection.close()
        administrator = await asyncpg.connect(postgres_dsn)
        await administrator.execute(f'DROP DATABASE "{own.database_of("notes").rsplit("/", 1)[1]}" WITH (FORCE)')
        await administrator.close()


async def test_who_uses_a_table_does_not_wait_for_a_migration_that_waits_for_it(
    settings: Settings, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader of two seconds is in the way: whoever comes behind the migration is past it after its patience."""
    monkeypatch.setattr(migrate, "LOCK_SECONDS", 0.3)
    monkeypatch.setattr(migrate, "PAUSE", 0.3)
    async with of_an_earlier_release(settings, postgres_dsn) as (admin, connection):
        reader = await asyncpg.connect(admin)
        waited = 0.0
        async with reader.transaction():
            await reader.execute("LOCK TABLE inbox IN ACCESS SHARE MODE")
            migrating = asyncio.create_task(asyncio.to_thread(migrate.upgrade, MIGRATIONS, admin))
            until = time.monotonic() + 2
            while (began := time.monotonic()) < until:
                await connection.fetch("SELECT * FROM inbox")
                waited = max(waited, time.monotonic() - began)
                await asyncio.sleep(0.02)
            assert not migrating.done()
        await migrating
        await reader.close()
        assert 0.1 < waited < 1.5
        assert await connection.fetchval("SELECT array_agg(step ORDER BY step) FROM plumbing") == [*plumbing.steps()]


async def test_a_database_of_an_earlier_release_gets_the_steps_that_it_lacks(
    settings: Settings, postgres_dsn: str
) -> None:
    async with of_an_earlier_release(settings, postgres_dsn) as (admin, connection):
        kept, record = uuid4(), uuid4()
        await connection.execute(AUDITED, record)
        await connection.execute("INSERT INTO inbox VALUES ($1)", str(kept))
        await connection.execute("INSERT INTO consumer_offset VALUES ('t', 0, 7, 'x')")
        await connection.execute(
            "INSERT INTO parked VALUES (DEFAULT, 't', 0, 7, 'k', 'e', '', '{}', '', 'why', '', true)"
        )
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, admin)
        assert await connection.fetchval("SELECT array_agg(step ORDER BY step) FROM plumbing") == [*plumbing.steps()]
        known = await connection.fetch("SELECT event_id, handler_group, handled_id FROM inbox")
        assert [tuple(row) for row in known] == [(str(kept), "", None)]
        stored = await connection.fetch("SELECT next, handlers, read_to_end_at FROM consumer_offset")
        assert [tuple(row) for row in stored] == [(7, "", None)]
        assert await connection.fetchval("SELECT handler_group || reason FROM parked") == "why"
        assert await connection.fetchval("SELECT root_id FROM audit") == record


async def test_provisioning_and_upgrading_again_change_nothing(installation: Installation, postgres_dsn: str) -> None:
    async with installation.work() as work:
        await work.connection.execute("INSERT INTO inbox VALUES ('kept')")
    await migrate.provision(postgres_dsn, installation.settings, "notes")
    await asyncio.to_thread(migrate.upgrade, MIGRATIONS, installation.admin)
    assert await installation.value("SELECT event_id FROM inbox") == "kept"
