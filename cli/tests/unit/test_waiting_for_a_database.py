"""What `entente install databases` makes is what `entente install wait` waits for, with a service's own login."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from cli import databases
from cli.databases import InstallationSettings
from runtime.settings import Settings


async def test_a_process_waits_until_its_database_was_made(
    monkeypatch: pytest.MonkeyPatch, postgres_dsn: str, eventually: Callable[..., Any]
) -> None:
    monkeypatch.setattr(databases, "packages", lambda: ["kpi"])
    monkeypatch.setattr(databases, "_PAUSE", 0.05)
    own, at = f"w{uuid4().hex[:10]}_{{service}}", make_url(postgres_dsn)
    url = f"postgresql://{own}:{{password}}@{at.host}:{at.port}/{own}"
    settings = InstallationSettings(local=True, database_url=url, passwords={"kpi": "known"})
    reasons: list[str] = []

    async def wait() -> None:
        async for reason in databases.lacking(Settings(local=True, database_url=settings.database_of("kpi")), "kpi"):
            reasons.append(reason)

    async def waiting() -> bool:
        return bool(reasons)

    waited = asyncio.create_task(wait())
    try:
        await eventually(waiting)
        assert "does not answer" in reasons[0]
        await databases.prepare(settings, postgres_dsn)
        async with asyncio.timeout(30):
            await waited
        assert len(reasons) == len(set(reasons)), "a reason is told once, not at each look"
    finally:
        waited.cancel()
        administrator = await asyncpg.connect(postgres_dsn)
        await administrator.execute(f'DROP DATABASE IF EXISTS "{own.format(service="kpi")}" WITH (FORCE)')
        await administrator.close()
