"""How streams end: the process stops, the reader is too slow, Kafka is away. Whoever resumes misses nothing."""

import asyncio
import socket
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from event_stream import api, main
from runtime.settings import Settings


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_sigterm_ends_open_streams_and_then_the_process(
    settings: Settings, issuer: Any, happen: Any, fact: Any, serve: Any
) -> None:
    raised, running = fact(), await serve("event_stream.main:create", settings)
    headers = {"Authorization": f"Bearer {issuer.token('quality')}"}
    async with (
        httpx.AsyncClient(base_url=running.url, timeout=30, headers=headers) as client,
        client.stream("GET", "/v1/events", params={"key": str(raised.partner_id)}) as response,
    ):
        lines = response.aiter_lines()
        await anext(lines)
        await happen(raised)
        while not (await anext(lines)).startswith("data:"):
            pass
        running.process.terminate()
        async with asyncio.timeout(8):
            rest = [line async for line in lines]  # a stream that were cut raises RemoteProtocolError here
    assert not any(line.startswith("data:") for line in rest)
    assert await running.stop() == 0
    assert [line for line in running.lines() if line["level"] != "info"] == []


async def _until_closed(reader: asyncio.StreamReader) -> list[str]:
    """The ids of the whole events that a raw connection still has."""
    received = b""
    while chunk := await reader.read(1 << 16):
        received += chunk
    text = received.decode("utf-8", "replace")
    return [line.removeprefix("id: ") for line in text.splitlines() if line.startswith("id: ")]


async def test_a_slow_reader_is_cut_off_and_resumes(
    url: str, streaming: Any, issuer: Any, happen: Any, fact: Any, launch: Any, eventually: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(api, "SLOWEST_SEND", 0.3)
    partner, since, status = uuid4(), datetime.now(UTC), (await launch("event_stream")).client
    sent = await happen(*[fact(partner, "x" * 400_000) for _ in range(40)])
    at = urlsplit(url)
    reader, writer = await asyncio.open_connection(at.hostname, at.port, limit=1024)
    since_ = since.isoformat().replace("+", "%2B")
    writer.write(
        f"GET /v1/events?key={partner}&since={since_} HTTP/1.1\r\nHost: test\r\n"
        f"Authorization: Bearer {issuer.token('quality')}\r\n\r\n".encode()
    )
    assert b"200 OK" in await reader.readline()

    async def cut_off() -> bool:
        return bool((await status.get("status")).json()["readers"] == 0)

    await eventually(cut_off)
    seen = await _until_closed(reader)
    writer.close()
    assert 0 < len(seen) < len(sent)
    monkeypatch.undo()
    async with streaming(last=seen[-2], key=str(partner)) as stream:
        resumed = await stream.take(len(sent) - len(seen) + 1)
    assert [event.data["id"] for event in resumed] == sent[len(seen) - 1 :]


async def test_while_kafka_is_away_a_stream_is_refused_for_now(settings: Settings, issuer: Any) -> None:
    app = main.create(settings.model_copy(update={"kafka_bootstrap_servers": f"127.0.0.1:{_free_port()}"}))
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://test"))
        headers = {"Authorization": f"Bearer {issuer.token('quality')}"}
        answer = await client.get("/v1/events", headers=headers)
        ready = await client.get("/readyz")
    assert (answer.status_code, ready.status_code) == (503, 503)
    assert answer.headers["retry-after"]
    assert "Kafka" in answer.json()["detail"]


async def test_more_readers_than_a_process_has_room_for_are_refused(
    streaming: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with streaming(type="ProductRegistered"):
        monkeypatch.setattr(api, "MOST_READERS", 1)
        async with streaming(type="ProductRegistered") as second:
            assert second.response.status_code == 503
            assert second.response.headers["retry-after"]


async def test_one_partner_leaves_room_for_the_others(
    streaming: Any, issuer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "MOST_OF_A_PARTNER", 1)
    own, rival = (issuer.token("partner_quality", partner_id=uuid4()) for _ in range(2))
    async with streaming(token=own) as first, streaming(token=own) as second, streaming(token=rival) as other:
        assert [stream.response.status_code for stream in (first, second, other)] == [200, 429, 200]
        assert second.response.headers["retry-after"]
    async with streaming(token=own) as again:
        assert again.response.status_code == 200


async def test_who_asks_too_often_is_refused_a_stream_too(settings: Settings, issuer: Any) -> None:
    app = main.create(settings.model_copy(update={"requests_per_second": 0.1, "requests_burst": 1}))
    headers = {"Authorization": f"Bearer {issuer.token('quality')}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        assert (await client.get("/v1/status")).status_code == 200
        refused = await client.get("/v1/events")
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 10


async def test_a_partner_has_no_view_of_operations(launch: Any) -> None:
    running = await launch("event_stream")
    async with running.as_("partner_quality", partner_id=uuid4()) as client:
        assert (await client.get("status")).status_code == 403
    assert (await running.client.get("status")).json()["service"] == "event-stream"
