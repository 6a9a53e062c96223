"""A file that comes too slowly, or whose sender leaves, is given up, and nothing of it is kept."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx

from partner_feeds.main import create
from runtime.settings import Settings

CSV = {"Content-Type": "text/csv"}


async def test_an_upload_that_stops_is_given_up_and_nothing_is_kept(settings: Settings, business: Any) -> None:
    app = create(settings.model_copy(update={"role": "api", "body_silence": 0.3}))
    token = business.running.issuer.token("partner_system", partner_id=business.laboratory)
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False),
        base_url="http://test/v1",
        headers={"Authorization": f"Bearer {token}"},
    )
    file = business.file(business.batch(), business.batch()).encode()

    async def stops() -> AsyncIterator[bytes]:
        yield file[:100]
        await asyncio.Event().wait()

    async with app.router.lifespan_context(app), client:
        path = f"/feeds/{business.lims_feed}/messages"
        answer = await asyncio.wait_for(client.post(path, content=stops(), headers=CSV), 10)
        assert (answer.status_code, answer.json()["type"]) == (408, "urn:entente:problem:too-slow")
        assert answer.headers["connection"] == "close"
        assert (await client.get("/messages", params={"feed": business.lims_feed})).json()["items"] == []


async def test_a_sender_that_leaves_is_no_error(settings: Settings, business: Any, serve: Any) -> None:
    running = await serve("partner_feeds.main:create", settings.model_copy(update={"role": "api"}))
    token = business.running.issuer.token("partner_system", partner_id=business.laboratory)
    for sent in (100, 3_000_000):
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
        head = [
            f"POST /v1/feeds/{business.lims_feed}/messages HTTP/1.1", "Host: test", "Content-Length: 10000000",
            "Content-Type: text/csv", f"Authorization: Bearer {token}",
        ]  # fmt: skip
        writer.write("\r\n".join([*head, "", ""]).encode() + b"x" * sent)
        await writer.drain()
        writer.transport.abort()
    async with httpx.AsyncClient(base_url=running.url, headers={"Authorization": f"Bearer {token}"}) as client:
        answer = await client.get("/v1/messages", params={"feed": business.lims_feed})
        assert answer.json()["items"] == []
    assert await running.stop() == 0
    assert [line for line in running.lines() if line["level"] != "info"] == []
