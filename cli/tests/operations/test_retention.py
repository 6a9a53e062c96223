"""What is to go goes: else its oldest row says so."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from cli.failures import Failure
from cli.retention.kept import BOUNDS, Table, look
from runtime.settings import Settings
from tests.backed import value
from tests.installations import SERVICES

KPI = "kpi"
ANSWER = """
INSERT INTO idempotency (key, request, status, headers, body, answered_at)
VALUES ('k', 'r', 200, '{}', '', now() - $1::interval)
"""


@pytest_asyncio.fixture
async def connection(settings: Settings, postgres_dsn: str, make_database: Any) -> AsyncIterator[Any]:
    """A superuser's, to a database of kpi in which nothing runs."""
    own = settings.model_copy(update={"database_url": settings.database_url.replace("{service}", "r_{service}")})
    admin = await make_database(own, KPI, SERVICES / KPI / "migrations")
    opened = await asyncpg.connect(admin)
    yield opened
    await opened.close()
    await value(postgres_dsn, f'DROP DATABASE "{admin.rsplit("/", 1)[1]}" WITH (FORCE)')


async def test_a_row_that_should_have_gone_is_told(connection: Any) -> None:
    async def answers() -> Table:
        (found,) = [table for table in await look(connection, KPI) if table.name == "idempotency"]
        return found

    assert (await answers()).oldest is None
    _, most = BOUNDS["idempotency"]
    for age, overdue in ((most - timedelta(hours=1), False), (most + timedelta(hours=1), True)):
        await connection.execute("DELETE FROM idempotency")
        await connection.execute(ANSWER, age)
        assert (await answers()).overdue is overdue
    assert {table.kept for table in await look(connection, KPI)} == {"record", "derived", "place", "open", "bounded"}


async def test_a_table_that_nobody_knows_is_not_passed_over(connection: Any) -> None:
    await connection.execute("CREATE TABLE copied_by_hand (id int)")
    with pytest.raises(Failure, match="copied_by_hand, and nothing says how long it is kept"):
        await look(connection, KPI)
