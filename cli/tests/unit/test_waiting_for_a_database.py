"""What `entente install databases` makes is what `entente install wait` waits for, with a service's own login."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from cli import databases
from cli.databases import InstallationSettings
from runtime.settings import Settings


@pytest.fixture
async def installed(monkeypatch: pytest.MonkeyPatch, postgres_dsn: str) -> AsyncIterator[InstallationSettings]:
    """An installation of one service, whose database is not made yet."""
    monkeypatch.setattr(databases, "packages", lambda: ["kpi"])
    monkeypatch.setattr(databases, "_PAUSE", 0.05)
    own, at = f"w{uuid4().hex[:10]}_{{service}}", make_url(postgres_dsn)
    url = f"postgresql://{own}:{{password}}@{at.host}:{at.port}/{own}"
    yield InstallationSettings(local=True, database_url=url, passwords={"kpi": "known"})
    administrator = await asyncpg.connect(postgres_dsn)
    await administrator.execute(f'DROP DATABASE IF EXISTS "{own.format(service="kpi")}" WITH (FORCE)')
    await administrator.close()


async def test_a_process_waits_until_its_database_was_made(
    installed: InstallationSettings, postgres_dsn: str, eventually: Callable[..., Any]
) -> None:
    reasons: list[str] = []

    async def wait() -> None:
        async for reason in databases.lacking(Settings(local=True, database_url=installed.database_of("kpi")), "kpi"):
            reasons.append(reason)

    async def waiting() -> bool:
        return bool(reasons)

    waited = asyncio.create_task(wait())
    try:
        await eventually(waiting)
        assert "does not answer" in reasons[0]
        await databases.prepare(installed, postgres_dsn)
        async with asyncio.timeout(30):
            await waited
        assert len(reasons) == len(set(reasons)), "a reason is told once, not at each look"
    finally:
        waited.cancel()


class Ahead:
    """What a newer release left in a database, besides what it changed there."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    async def stands(self) -> tuple[object, ...]:
        """Its steps, what is told of them, and what its login is known by."""
        connection = await asyncpg.connect(self.url)
        (found,) = await connection.fetch(_STANDS)
        await connection.close()
        return tuple(found)


_STANDS = """
SELECT (SELECT max(version_num) FROM alembic_version), (SELECT max(step) FROM plumbing),
       shobj_description(d.oid, 'pg_database'), (SELECT rolpassword FROM pg_authid WHERE rolname = d.datname)
FROM pg_database d WHERE datname = current_database()
"""
NEWER = {
    "a migration": "UPDATE alembic_version SET version_num = '9999'",
    "a step of plumbing": "INSERT INTO plumbing (step) VALUES (9999)",
}


@pytest.mark.parametrize("newer", NEWER.values(), ids=NEWER)
async def test_an_older_release_leaves_a_database_that_is_ahead_as_it_is(
    installed: InstallationSettings, postgres_dsn: str, newer: str
) -> None:
    """A release that is put back runs its jobs again, when Kubernetes has forgotten that they ran."""
    assert await databases.prepare(installed, postgres_dsn) == ["up to date: database kpi"]
    database = Ahead(databases.admin_url(postgres_dsn, installed, "kpi"))
    await database.run(newer, "ALTER TABLE parked ADD COLUMN of_the_newer text")
    before = await database.stands()

    (said,) = await databases.prepare(installed, postgres_dsn)

    assert said.startswith("unchanged: database kpi: it has ")
    assert said.endswith(" 9999, of a newer release")
    assert await database.stands() == before
    waited = [
        reason
        async for reason in databases.lacking(Settings(local=True, database_url=installed.database_of("kpi")), "kpi")
    ]
    assert waited == []
