"""What is measured of requests: by the template of the route, never by what somebody asked for."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from prometheus_client import REGISTRY

from telemetry.requests import Measured

NAME = "http_server_request_duration_seconds_count"


async def _broken() -> AsyncIterator[bytes]:
    yield b"a"
    raise ConnectionError("the rest is gone")


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """A client of a small app whose routes are of a router with a prefix, as a service's are."""
    router, app = APIRouter(), FastAPI()

    @router.get("/lots/{id}")
    async def lot(id: str) -> str:
        return id

    @router.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(iter(["data: x"]), media_type="text/event-stream")

    @router.get("/broken")
    async def broken() -> StreamingResponse:
        return StreamingResponse(_broken())

    app.include_router(router, prefix="/v1")
    app.add_middleware(Measured, service="measured")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as asking:
        yield asking


def seen() -> dict[tuple[str, ...], float]:
    """How often each combination of method, route, status and error was measured."""
    labels = "http_request_method", "http_route", "http_response_status_code", "error_type"
    return {
        tuple(sample.labels[label] for label in labels): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == NAME and sample.labels["service_name"] == "measured"
    }


async def test_a_thousand_lots_are_one_series_and_invented_paths_and_methods_are_one_each(
    client: httpx.AsyncClient,
) -> None:
    before = seen()
    for number in range(20):
        await client.get(f"/v1/lots/{number}")
        await client.get(f"/v1/invented/{number}")
        await client.request(f"INVENTED{number}", f"/v1/lots/{number}")
    new = {labels: count - before.get(labels, 0) for labels, count in seen().items()}
    assert new == {
        ("GET", "/v1/lots/{id}", "200", ""): 20,
        ("GET", "", "404", ""): 20,
        ("_OTHER", "/v1/lots/{id}", "405", ""): 20,
    }


async def test_a_stream_is_no_slow_answer_and_a_broken_one_is_an_error(client: httpx.AsyncClient) -> None:
    await client.get("/v1/stream")
    await client.get("/v1/broken")
    found = {labels[1]: labels for labels in seen()}
    assert "/v1/stream" not in found
    assert found["/v1/broken"] == ("GET", "/v1/broken", "200", "ConnectionError")
