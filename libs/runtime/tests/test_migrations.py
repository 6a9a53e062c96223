"""Models and migrations do not drift, and a second provisioning changes nothing."""

import asyncio
from uuid import uuid4

import asyncpg

from installation import migrate, plumbing
from notes.installation import MIGRATIONS, Installation
from runtime.settings import Settings

AUDITED = """
INSERT INTO audit (actor, actor_roles, tenant, correlation_id, reason, table_name, record_id, operation)
VALUES ('ana', 'quality', '', '', '', 'note', $1, 'INSERT')
"""


async def test_models_and_migrations_agree(installation: Installation) -> None:
    await asyncio.to_thread(migrate.check, MIGRATIONS, installation.admin)


async def test_a_database_of_an_earlier_release_gets_the_steps_that_it_lacks(
    settings: Settings, postgres_dsn: str
) -> None:
    url = f"{settings.database_url.rsplit('/', 1)[0]}/n{uuid4().hex[:8]}_{{service}}"
    own = settings.model_copy(update={"database_url": url})
    await migrate.provision(postgres_dsn, own, "notes")
    admin = migrate.database_admin_url(postgres_dsn, own.database_of("notes"))
    connection = await asyncpg.connect(admin)
    try:
        await connection.execute(f"SET ROLE {migrate.OWNER}; {plumbing.steps()[1]}")
        kept, record = uuid4(), uuid4()
        audit = (
            "INSERT INTO audit (actor, actor_roles, tenant, correlation_id, reason, table_name, record_id, operation)"
        )
        await connection.execute(f"{audit} VALUES ('a', '', '', '', '', 'note', $1, 'INSERT')", record)
        await connection.execute("INSERT INTO inbox VALUES ($1)", str(kept))
        await asyncio.to_thread(migrate.upgrade, MIGRATIONS, admin)
        made = await connection.fetch("SELECT step FROM plumbing ORDER BY step")
        assert [row["step"] for row in made] == sorted(plumbing.steps())
        assert await connection.fetchval("SELECT event_id FROM inbox") == str(kept)
        assert await connection.fetchval("SELECT root_id FROM audit") == record
    finally:
        await connection.close()
        administrator = await asyncpg.connect(postgres_dsn)
        await administrator.execute(f'DROP DATABASE "{own.database_of("notes").rsplit("/", 1)[1]}" WITH (FORCE)')
        await administrator.close()


async def test_provisioning_and_upgrading_again_change_nothing(installation: Installation, postgres_dsn: str) -> None:
    async with installation.work() as work:
        await work.connection.execute("INSERT INTO inbox VALUES ('kept')")
    await migrate.provision(postgres_dsn, installation.settings, "notes")
    await asyncio.to_thread(migrate.upgrade, MIGRATIONS, installation.admin)
    assert await installation.value("SELECT event_id FROM inbox") == "kept"
