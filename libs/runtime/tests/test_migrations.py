"""Models and migrations do not drift, and a second provisioning changes nothing."""

import asyncio

from installation import migrate
from notes.installation import MIGRATIONS, Installation


async def test_models_and_migrations_agree(installation: Installation) -> None:
    await asyncio.to_thread(migrate.check, MIGRATIONS, installation.admin)


async def test_provisioning_and_upgrading_again_change_nothing(installation: Installation, postgres_dsn: str) -> None:
    async with installation.work() as work:
        await work.connection.execute("INSERT INTO inbox VALUES ('kept')")
    await migrate.provision(postgres_dsn, installation.settings.database_of("notes"))
    await asyncio.to_thread(migrate.upgrade, MIGRATIONS, installation.admin)
    assert await installation.value("SELECT event_id FROM inbox") == "kept"
