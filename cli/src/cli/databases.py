"""The services' databases: made, given their roles, and brought up to date."""

import asyncio

from cli.data_folder import CHECKOUT, DataFolder
from identity.installed import LOCAL_ISSUER
from installation import migrate
from runtime.settings import Settings


class DemoSettings(Settings):
    """Settings of a demo: each service's database role has a password of its own."""

    passwords: dict[str, str]

    def database_of(self, service: str) -> str:
        """The database URL of one service."""
        package = service.replace("-", "_")
        return self.database_url.format(service=package, password=self.passwords.get(package, ""))


def packages() -> list[str]:
    """The services that keep a database."""
    return sorted(migrations.parent.name for migrations in (CHECKOUT / "services").glob("*/migrations"))


def settings_for(folder: DataFolder, postgres: str, bootstrap_servers: str, *, durable: bool) -> DemoSettings:
    """What the services are told. Nothing is taken from the environment, which may speak of another installation."""
    address = postgres.rsplit("@", 1)[1].split("/")[0]
    return DemoSettings(
        local=True,
        role="all",
        database_url=f"postgresql://{{service}}:{{password}}@{address}/{{service}}",
        passwords=folder.passwords(packages()),
        pool_size=4,
        kafka_bootstrap_servers=bootstrap_servers,
        topic_prefix="",
        verify_topics=durable,
        replication_factor=1,
        issuer=LOCAL_ISSUER,
        audience="entente",
        algorithms=("ES256",),
        jwks=str(folder.path / "jwks.json"),
    )


async def prepare(settings: DemoSettings, postgres: str) -> None:
    """Create what is missing and run the migrations."""
    await asyncio.gather(*(migrate.provision(postgres, settings, package) for package in packages()))
    # One after the other: alembic keeps the migration that runs in a global of its module.
    await asyncio.to_thread(_upgrade_all, settings, postgres)


def _upgrade_all(settings: DemoSettings, postgres: str) -> None:
    for package in packages():
        admin = migrate.database_admin_url(postgres, settings.database_of(package))
        migrate.upgrade(CHECKOUT / "services" / package / "migrations", admin)
