"""The running service, what its timers do, and a site of its own for each test."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from partner_registry.main import timers
from runtime.database import Context
from runtime.principal import worker


@pytest.fixture
async def registry(launch: Any) -> Any:
    return await launch("partner_registry")


@pytest.fixture
def tick(registry: Any) -> Callable[[], Awaitable[None]]:
    """What the timers do when their time has come."""

    async def run() -> None:
        async with registry.app.state.store.work(Context(worker("partner-registry"))) as work:
            for timer in timers:
                await timer.run(work)

    return run


@pytest.fixture
async def site(registry: Any) -> Any:
    """A site of a partner of its own."""
    partner = {"legal_name": f"Partner {uuid4().hex}", "kind": "cmo", "country": "AT"}
    owner = (await registry.client.done("/partners", partner))["id"]
    body = {"partner_id": owner, "name": "Plant", "country": "AT", "time_zone": "Europe/Vienna"}
    return await registry.client.done("/sites", body | {"activities": ["drug_product"]})
