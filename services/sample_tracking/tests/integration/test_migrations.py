"""Models and migrations say the same."""

import asyncio
from pathlib import Path
from typing import Any

from installation import migrate


async def test_models_and_migrations_do_not_drift(tracking: Any, settings: Any, postgres_dsn: Any) -> None:
    url = migrate.database_admin_url(postgres_dsn, settings.database_of("sample_tracking"))
    await asyncio.to_thread(migrate.check, Path(__file__).parents[2] / "migrations", url)
