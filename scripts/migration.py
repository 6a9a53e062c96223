"""``make migration SERVICE=s M="..."``: what the models of a service say and its database does not, as a migration."""

import asyncio
import importlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from installation import drafting, migrate
from local import PostgresServer
from runtime.settings import Settings

ROOT = Path(__file__).parents[1]


def main(arguments: list[str]) -> int:
    """Write the migration and say where it is. Exit status 2 for wrong use, 1 where nothing differs."""
    service, about = [*arguments, "", ""][:2]
    migrations = ROOT / "services" / service.replace("-", "_") / "migrations"
    if not about or not migrations.exists():
        known = ", ".join(sorted(each.parent.name for each in (ROOT / "services").glob("*/migrations")))
        print(
            f'say of which service, and what it does: make migration SERVICE=s M="..."; there are {known}',
            file=sys.stderr,
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="entente-migration-") as folder:
        server = PostgresServer(Path(folder) / "postgres", durable=False)
        server.start()
        try:
            file = _written(server.dsn, migrations, about)
        finally:
            server.stop()
    if file is None:
        print(f"the models of {service} say what its migrations make: nothing to write")
        return 1
    text = file.read_text().replace("from alembic import op\n", drafting.IMPORTS, 1)  # what is not needed goes again
    file.write_text(re.sub(r"\n    # ### .*", "", text))
    for command in (["format", "--quiet"], ["check", "--quiet", "--fix"], ["format", "--quiet"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, str(file)], cwd=ROOT, check=False)
    print(
        f"{file.relative_to(ROOT)} is a draft: read it, say what partners write (installation.tables), then make schema"
    )
    return 0


def _written(dsn: str, migrations: Path, about: str) -> Path | None:
    """The migration that Alembic writes, numbered behind the last one; None where nothing differs."""
    importlib.import_module(f"{migrations.parent.name}.main")  # which knows every model
    address = dsn.rsplit("@", 1)[1].split("/")[0]
    settings = Settings(local=True, database_url=f"postgresql://{{service}}:entente@{address}/{{service}}")
    asyncio.run(migrate.provision(dsn, settings, migrations.parent.name))
    admin = migrate.database_admin_url(dsn, settings.database_of(migrations.parent.name))
    migrate.apply(migrations, admin)
    return migrate.draft(migrations, admin, about)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
