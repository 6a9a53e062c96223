"""Models and migrations, against a real PostgreSQL."""

import asyncio
from pathlib import Path
from typing import Any

from installation import migrate

MIGRATIONS = Path(__file__).parents[2] / "migrations"


async def test_models_and_migrations_say_the_same(launch: Any, settings: Any, postgres_dsn: str) -> None:
    await launch("contracting")
    admin = migrate.database_admin_url(postgres_dsn, settings.database_of("contracting"))
    await asyncio.to_thread(migrate.check, MIGRATIONS, admin)
