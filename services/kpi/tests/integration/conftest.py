"""The running service, and how its numbers are asked for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest


@dataclass
class Kpi:
    """The running service as tests speak to it."""

    running: Any
    eventually: Callable[..., Awaitable[Any]]

    @property
    def client(self) -> httpx.AsyncClient:
        """A client with every role of a sponsor."""
        client: httpx.AsyncClient = self.running.client
        return client

    def as_(self, *roles: str, **claims: Any) -> httpx.AsyncClient:
        """A client with another token."""
        client: httpx.AsyncClient = self.running.as_(*roles, **claims)
        return client

    async def values(self, code: str, **parameters: Any) -> list[dict[str, Any]]:
        """The items of a KPI's values."""
        answer = await self.client.get(f"/kpis/{code}/values", params=parameters)
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def until(
        self, code: str, holds: Callable[[dict[str, Any]], bool] | None = None, /, **parameters: Any
    ) -> dict[str, Any]:
        """The first number over all time, once something holds of it; ``sample=5``: once it is made of five."""
        sample = parameters.pop("sample", None)

        async def look() -> Any:
            items = await self.values(code, **{"period": "all"} | parameters)
            fits = bool(items) and sample in (None, items[0]["sample"]) and (holds is None or holds(items[0]))
            return items[0] if fits else None

        found: dict[str, Any] = await self.eventually(look)
        return found


@pytest.fixture
async def kpi(launch: Any, eventually: Any) -> Kpi:
    """The running service."""
    return Kpi(await launch("kpi"), eventually)
