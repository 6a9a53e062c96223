"""Models and migrations do not drift, and a second provisioning changes nothing."""

import asyncio
from uuid import uuid4

import asyncpg

from installation import migrate, plumbing
from notes.installation import MIGRATIONS, Installation
from runtime.settings import Settings


async def test_models_and_migrations_agree(installation: Installation) -> None:
    await asyncio.to_thread(migrate.check, MIGRATIONS, installation.admin)


async def test_provisioning_and_upgrading_again_change_nothing(installation: Installation, postgres_dsn: str) -> None:
    async with installation.work() as work:
        await work.connection.execute("INSERT INTO inbox VALUES ('kept')")
    await migrate.provision(postgres_dsn, installation.settings.database_of("notes"))
    await asyncio.to_thread(migrate.upgrade, MIGRATIONS, installation.admin)
    assert await installation.value("SELECT event_id FROM inbox") == "kept"


async def test_what_a_database_of_an_earlier_release_holds_is_kept(settings: Settings, postgres_dsn: str) -> None:
    """Its tables are those of the first step, of which nobody had noted that it was made."""
    url = settings.database_of(f"earlier_{uuid4().hex[:8]}")
    await migrate.provision(postgres_dsn, url)
    admin = migrate.database_admin_url(postgres_dsn, url)
    connection = await asyncpg.connect(admin)
    await connection.execute(f"SET ROLE {migrate.OWNER}; {plumbing.steps()[1]}")
    await connection.execute("INSERT INTO inbox VALUES ('known'); INSERT INTO consumer_offset VALUES ('t', 0, 7, 'x')")
    await connection.execute("INSERT INTO parked VALUES (DEFAULT, 't', 0, 7, 'k', 'e', '', '{}', '', 'why', '', true)")
    await asyncio.to_thread(migrate.upgrade, MIGRATIONS, admin)
    known = await connection.fetch("SELECT event_id, handler_group, handled_id FROM inbox")
    assert [tuple(row) for row in known] == [("known", "", None)]
    stored = await connection.fetch("SELECT next, handlers, read_to_end_at FROM consumer_offset")
    assert [tuple(row) for row in stored] == [(7, "", None)]
    assert await connection.fetchval("SELECT handler_group || reason FROM parked") == "why"
    assert await connection.fetchval("SELECT array_agg(step ORDER BY step) FROM plumbing") == [*plumbing.steps()]
    await connection.close()
    connection = await asyncpg.connect(postgres_dsn)
    await connection.execute(f'DROP DATABASE "{url.rsplit("/", 1)[1]}" WITH (FORCE)')
    await connection.close()
