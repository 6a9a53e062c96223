"""The services' databases: made, given their roles, and brought up to date."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

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


def admin_url(postgres: str, settings: Settings, package: str) -> str:
    """A superuser's URL of a service's database; ``{service}`` in the one that is given becomes the service's name."""
    return migrate.database_admin_url(postgres.replace("{service}", package), settings.database_of(package))


async def prepare(settings: InstallationSettings, postgres: str) -> list[str]:
    """Create what is missing and run the migrations; give a line for each database.

    One that a newer release brought further stays as it is: processes of this one accept it.
    """
    servers = {package: postgres.replace("{service}", package) for package in packages()}
    beyond = {package: await _ahead(settings, package, server) for package, server in servers.items()}
    behind = {package: server for package, server in servers.items() if not beyond[package]}
    await asyncio.gather(*(migrate.provision(server, settings, package) for package, server in behind.items()))
    # One after the other: alembic keeps the migration that runs in a global of its module.
    await asyncio.to_thread(_upgrade_all, settings, behind)
    return [
        f"unchanged: database {package}: {more}" if more else f"up to date: database {package}"
        for package, more in beyond.items()
    ]


async def _ahead(settings: InstallationSettings, package: str, postgres: str) -> str:
    return await reached.ahead(admin_url(postgres, settings, package), _migrations(package))


def _upgrade_all(settings: InstallationSettings, servers: Mapping[str, str]) -> None:
    for package, postgres in servers.items():
        admin = admin_url(postgres, settings, package)
        migrate.upgrade(_migrations(package), admin)
        asyncio.run(reached.tell(admin, _migrations(package)))


def _migrations(package: str) -> Path:
    return CHECKOUT / "services" / package / "migrations"


async def lacking(settings: Settings, package: str) -> AsyncIterator[str]:
    """What a service's database lacks of this release, whenever that is another thing; ends when nothing does."""
    migrations, before = _migrations(package), ""
    while reason := await reached.lacking(settings.database_of(package), migrations):
        if reason != before:
            yield reason
        before = reason
        await asyncio.sleep(_PAUSE)
