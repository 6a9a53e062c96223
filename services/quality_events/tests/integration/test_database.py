"""The database as the migrations make it."""

import asyncio
from pathlib import Path
from typing import Any

from installation import migrate
from runtime.settings import Settings


async def test_models_and_migrations_do_not_drift(service: Any, settings: Settings, postgres_dsn: str) -> None:
    url = migrate.database_admin_url(postgres_dsn, settings.database_of("quality_events"))
    await asyncio.to_thread(migrate.check, Path(__file__).parents[2] / "migrations", url)
