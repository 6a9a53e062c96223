"""What a login of the database can do by itself, past the code of the service."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from notes.behind_http import Notes


@asynccontextmanager
async def logged_in(notes: Notes, role: str = "", tenant: UUID | str = "", actor: str = "me") -> AsyncIterator[Any]:
    """A transaction of a login, rolled back at its end, under a database role where one is named."""
    settings = notes.installation.settings
    login = settings.partner_database_of if role == "svc_partner" else settings.database_of
    connection = await asyncpg.connect(login("notes"))
    transaction = connection.transaction()
    await transaction.start()
    try:
        context = {"role": role or "none", "entente.tenant": str(tenant), "entente.actor": actor}
        for name, value in context.items():
            await connection.execute("SELECT set_config($1, $2, true)", name, value)
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def refused(connection: Any, sql: str, *arguments: Any) -> None:
    """Hold that a statement is not for this role."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with connection.transaction():
            await connection.execute(sql, *arguments)


async def a_note(notes: Notes, *parties: UUID, text: str = "n") -> UUID:
    """A note of these parties, written by the sponsor."""
    body = {"text": text, "parties": [str(party) for party in parties]}
    return UUID((await notes.client.post("/notes", json=body)).json()["id"])
