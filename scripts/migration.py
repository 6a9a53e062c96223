"""``make migration SERVICE=s M="..."``: what the models of a service say and its database does not, as a migration."""

import asyncio
import importlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from installation import migrate
from local import PostgresServer
from runtime.settings import Settings

ROOT = Path(__file__).parents[1]
_CREATED = re.compile(r"""op\.create_table\(\s*["'](\w+)["'](.*?)\n    \)""", re.DOTALL)
_IMPORTS = """import sqlalchemy as sa
from alembic import op
from installation import tables
from sqlalchemy.dialects import postgresql
"""  # what is not needed goes again


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
        server = PostgresServer(Path(folder) / "postgres")
        server.start()
        try:
            file = _written(server.dsn, migrations, about)
        finally:
            server.stop()
    if file is None:
        print(f"the models of {service} say what its migrations make: nothing to write")
        return 1
    file.write_text(guarded(file.read_text()))
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
    settings = Settings(database_url=f"postgresql://{{service}}:entente@{address}/{{service}}")
    asyncio.run(migrate.provision(dsn, settings, migrations.parent.name))
    admin = migrate.database_admin_url(dsn, settings.database_of(migrations.parent.name))
    migrate.apply(migrations, admin)
    return migrate.draft(migrations, admin, about)


def guarded(text: str) -> str:
    """The draft with each new table under its guard: what has parties as a root record, the rest as the sponsor's."""
    guards = [
        f'    tables.{"root_record" if "parties" in columns else "sponsor_record"}("{table}")\n'
        for table, columns in _CREATED.findall(text)
    ]
    text = text.replace("from alembic import op\n", _IMPORTS, 1)
    text = re.sub(r"\n    # ### .*", "", text)
    return f"{text.rstrip()}\n{''.join(guards)}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
