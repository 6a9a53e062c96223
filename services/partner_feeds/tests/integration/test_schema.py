"""The migrations make what the models say, and what arrived cannot be changed."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from installation import migrate
from runtime.settings import Settings


async def test_models_and_migrations_agree(settings: Settings, postgres_dsn: str, service: Any) -> None:
    url = migrate.database_admin_url(postgres_dsn, settings.database_of("partner_feeds"))
    await asyncio.to_thread(migrate.check, Path(__file__).parents[2] / "migrations", url)


@pytest.mark.parametrize("role", ["svc_sponsor", "svc_partner", "svc_worker"])
@pytest.mark.parametrize("change", ["UPDATE message_chunk SET bytes = ''", "DELETE FROM message_chunk"])
async def test_nobody_changes_what_arrived(database: asyncpg.Pool, role: str, change: str) -> None:
    async with database.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(change)
        await transaction.rollback()
