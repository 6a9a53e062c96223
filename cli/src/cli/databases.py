"""The services' databases: made, given their roles, and brought up to date."""

import asyncio
from collections.abc import AsyncIterator

from cli.data_folder import CHECKOUT
from installation import migrate, reached
from runtime.settings import Settings

_PAUSE = 2.0
"""Seconds between two looks at a database that others bring up to date."""


class InstallationSettings(Settings):
    """Settings of a whole installation: each service's database role has a password of its own."""

    passwords: dict[str, str]

    def database_of(self, service: str) -> str:
        """The database URL of one service."""
        package = service.replace("-", "_")
        return self.database_url.format(service=package, password=self.passwords.get(package, ""))


def packages() -> list[str]:
    """The services that keep a database."""
    return sorted(migrations.parent.name for migrations in (CHECKOUT / "services").glob("*/migrations"))


async def prepare(settings: InstallationSettings, postgres: str) -> None:
    """Create what is missing and run the migrations."""
    await asyncio.gather(*(migrate.provision(postgres, settings, package) for package in packages()))
    # One after the other: alembic keeps the migration that runs in a global of its module.
    await asyncio.to_thread(_upgrade_all, settings, postgres)


def _upgrade_all(settings: InstallationSettings, postgres: str) -> None:
    for package in packages():
        admin = migrate.database_admin_url(postgres, settings.database_of(package))
        migrations = CHECKOUT / "services" / package / "migrations"
        migrate.upgrade(migrations, admin)
        asyncio.run(reached.tell(admin, migrations))


async def lacking(settings: Settings, package: str) -> AsyncIterator[str]:
    """What a service's database lacks of this release, whenever that is another thing; ends when nothing does."""
    migrations, before = CHECKOUT / "services" / package / "migrations", ""
    while reason := await reached.lacking(settings.database_of(package), migrations):
        if reason != before:
            yield reason
        before = reason
        await asyncio.sleep(_PAUSE)
