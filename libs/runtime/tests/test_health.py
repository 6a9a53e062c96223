"""What users see of a service's health, and what those who run it see on a port of their own."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio

from notes.behind_http import Notes
from notes.installation import PRODUCTS, Installation
from runtime.settings import Settings

FACTORY = "notes.main:create"


@pytest_asyncio.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a token."""
    async with httpx.AsyncClient(timeout=30) as client:
        yield client


async def test_users_see_a_bare_status_and_no_metrics(serve: Any, notes: Notes, http: httpx.AsyncClient) -> None:
    running = await serve(FACTORY, notes.installation.settings.model_copy(update={"role": "api"}))
    ready, alive = await http.get(f"{running.url}/readyz"), await http.get(f"{running.url}/livez")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    assert (await http.get(f"{running.url}/metrics")).status_code == 404


async def test_who_runs_it_sees_metrics_and_no_api(serve: Any, notes: Notes, http: httpx.AsyncClient) -> None:
    running = await serve(FACTORY, notes.installation.settings.model_copy(update={"role": "api"}))
    ready, alive = await http.get(f"{running.operations}/readyz"), await http.get(f"{running.operations}/livez")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready", "services": ["notes"]})
    assert (alive.status_code, alive.json()) == (200, {"status": "alive"})
    metrics = await http.get(f"{running.operations}/metrics")
    assert metrics.headers["content-type"].startswith("text/plain")
    assert 'entente_parked_facts{error_type="",service_name="notes"} ' in metrics.text
    nothing = await http.get(f"{running.operations}/v1/notes")
    assert (nothing.status_code, nothing.headers["content-type"]) == (404, "application/problem+json")


async def test_why_it_is_not_ready_is_told_to_who_runs_it_only(
    serve: Any, installation: Installation, http: httpx.AsyncClient, eventually: Any
) -> None:
    missing = {"topic_prefix": "no-such-prefix."}
    running = await serve(FACTORY, installation.settings.model_copy(update=missing), ready=False)

    async def told() -> Any:
        try:
            answer = await http.get(f"{running.operations}/readyz")
        except httpx.TransportError:
            return None
        return answer if "is missing" in answer.text else None

    answer = await eventually(told, 30)
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert f"topic no-such-prefix.{PRODUCTS} is missing" in answer.json()["services"]["notes"]
    bare = await http.get(f"{running.url}/readyz")
    assert (bare.status_code, bare.headers["content-type"]) == (503, "application/problem+json")
    assert bare.headers["retry-after"] == "1"
    for name in ("topic", PRODUCTS, "prefix", "127.0.0.1", "notes"):
        assert name not in bare.text


async def test_without_a_port_of_their_own_nothing_is_told_anywhere(
    serve: Any, notes: Notes, http: httpx.AsyncClient
) -> None:
    assert Settings().operations_port == 0
    running = await serve(FACTORY, notes.installation.settings.model_copy(update={"role": "api"}), operations=False)
    assert (await http.get(f"{running.url}/readyz")).status_code == 200
    assert await running.stop() == 0
    (line,) = running.lines()
    assert (line["event"], line["addresses"]) == ("serving", [["127.0.0.1", running.port]])


async def test_a_port_that_is_taken_is_told_in_one_line(serve: Any, notes: Notes) -> None:
    settings = notes.installation.settings.model_copy(update={"role": "api"})
    first = await serve(FACTORY, settings)
    second = await serve(FACTORY, settings, ready=False, port=first.port)
    assert await second.process.wait() == 1
    (line,) = second.lines()
    assert line["level"] == "critical"
    assert "Address already in use" in line["exception"]
