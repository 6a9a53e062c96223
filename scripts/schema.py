"""``make schema``: what each service's database holds beside its rows, written down to be compared with from now on."""

import asyncio
import sys
import tempfile
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from installation import migrate, plumbing, schema
from local import PostgresServer
from runtime.settings import Settings

ROOT = Path(__file__).parents[1]
OF_THE_TEST_SERVICE = ROOT / "libs/runtime/tests/notes/migrations"


def main() -> None:
    """Make each database anew and write its lines, what all of them have once."""
    with tempfile.TemporaryDirectory(prefix="entente-schema-") as folder:
        server = PostgresServer(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            address = server.dsn.rsplit("@", 1)[1].split("/")[0]
            settings = Settings(local=True, database_url=f"postgresql://{{service}}:entente@{address}/{{service}}")
            everywhere = asyncio.run(_plumbing(server.dsn, settings))
            _write(schema.PLUMBING, everywhere)
            for migrations in _chosen(*sys.argv[1:]):
                admin = _database(server.dsn, settings, migrations.parent.name)
                migrate.apply(migrations, admin)
                _write(schema.golden(migrations), [line for line in migrate.lines(admin) if line not in everywhere])
        finally:
            server.stop()


def _chosen(service: str = "") -> list[Path]:
    """The migrations of one service, or of all."""
    all_ = [*sorted((ROOT / "services").glob("*/migrations")), OF_THE_TEST_SERVICE]
    return [each for each in all_ if service.replace("-", "_") in ("", each.parent.name)]


def _database(dsn: str, settings: Settings, name: str) -> str:
    asyncio.run(migrate.provision(dsn, settings, name))
    return migrate.database_admin_url(dsn, settings.database_of(name))


async def _plumbing(dsn: str, settings: Settings) -> list[str]:
    await migrate.provision(dsn, settings, "plumbing")
    url = make_url(migrate.database_admin_url(dsn, settings.database_of("plumbing")))
    engine = create_async_engine(url.set(drivername="postgresql+asyncpg"))
    async with engine.begin() as connection:
        await connection.exec_driver_sql(f"SET ROLE {migrate.OWNER}")
        await connection.run_sync(plumbing.upgrade)
        found = await connection.run_sync(schema.lines_of)
    await engine.dispose()
    return found


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n")
    print(f"{path.relative_to(ROOT)}: {len(lines)} lines")


if __name__ == "__main__":
    main()
