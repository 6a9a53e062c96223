"""A pytest plugin: a partner's database login, past all code of ours."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from runtime.settings import Settings


@dataclass
class PartnersLogin:
    """A transaction of a partner's login, undone at its end; each statement of it by itself."""

    connection: asyncpg.Connection

    async def insert(self, table: str, row: Mapping[str, Any]) -> str:
        """Insert a row that is given whole; what became of it, as ``run`` says."""
        sql = f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, $1::jsonb)"
        return await self.run(sql, json.dumps(row, default=str))

    async def run(self, sql: str, *arguments: Any) -> str:
        """What became of a statement: what PostgreSQL says that it did, or ``refused``."""
        try:
            async with self.connection.transaction():
                return str(await self.connection.execute(sql, *arguments))
        except (asyncpg.InsufficientPrivilegeError, asyncpg.CheckViolationError):
            return "refused"


@pytest.fixture
def partners_login(settings: Settings) -> Callable[..., AbstractAsyncContextManager[PartnersLogin]]:
    """``async with partners_login("kpi", partner_id)``: what a partner's requests reach without any code of ours."""

    @asynccontextmanager
    async def login(package: str, partner_id: UUID, actor: str = "me") -> AsyncIterator[PartnersLogin]:
        connection = await asyncpg.connect(settings.partner_database_of(package))
        transaction = connection.transaction()
        await transaction.start()
        try:
            context = {"role": "svc_partner", "entente.tenant": str(partner_id), "entente.actor": actor}
            for name, value in context.items():
                await connection.execute("SELECT set_config($1, $2, true)", name, value)
            yield PartnersLogin(connection)
        finally:
            await transaction.rollback()
            await connection.close()

    return login
