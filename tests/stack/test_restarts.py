"""Containers are killed and started again while people work: what was answered with 201 is everywhere, once."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from runtime.jobs import pause
from tests.partnership import LIMIT

pytestmark = pytest.mark.timeout(2400)
KILLED = ("partner-registry-worker", "kafka", "sample-tracking-worker", "postgres", "partner-registry-api", "gateway")
FACT = "io.entente.ProductRegistered.v1"


async def taken(client: Any, key: str, patiently: Any) -> str:
    """The id of a product: asked for with one key until an answer comes, whatever is away meanwhile."""
    body = {"code": f"K-{key}", "name": "Tablets", "dosage_form": "tablet"}

    async def asked() -> str:
        with contextlib.suppress(httpx.TransportError):
            answer = await client.post("/products", json=body, headers={"Idempotency-Key": key})
            assert answer.status_code < 500 or answer.status_code in (500, 502, 503, 504), answer.text
            if answer.status_code < 300:
                return str(answer.json()["id"])
            assert answer.status_code >= 500 or answer.status_code == 409, answer.text
        return ""

    found: str = await patiently(asked, 60)
    return found


async def heard(client: Any, wanted: set[str]) -> dict[str, set[str]]:
    """By product the ids of the facts that the event stream tells of it, once it reads Kafka; nothing before."""
    try:
        return await _heard(client, wanted)
    except httpx.TransportError:
        return {}


async def _heard(client: Any, wanted: set[str]) -> dict[str, set[str]]:
    facts: dict[str, set[str]] = {}
    parameters = {"type": FACT, "since": "beginning"}
    async with client.stream("GET", "/events", params=parameters, timeout=300) as answer:
        if answer.status_code in (502, 503):
            return {}
        assert answer.status_code == 200
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                event = json.loads(line.removeprefix("data:"))
                if (product := event["data"]["product_id"]) in wanted:
                    facts.setdefault(product, set()).add(event["id"])
            if facts.keys() == wanted:
                break
    return facts


async def test_what_was_taken_is_not_lost_whatever_is_killed(
    service: Callable[[str], Any], killed: Callable[[str], None], patiently: Any
) -> None:
    registry, tracking, stream = service("partner-registry"), service("sample-tracking"), service("event-stream")
    products: list[str] = []
    stopping = asyncio.Event()

    async def work() -> None:
        while not await pause(stopping, 0.5):
            products.append(await taken(registry.client, uuid4().hex, patiently))

    working = asyncio.create_task(work())
    for part in KILLED:
        before = len(products)
        await asyncio.to_thread(killed, part)

        async def more(before: int = before) -> bool:
            if working.done():
                await working
            return len(products) > before + 1

        await patiently(more, 60)
    stopping.set()
    await working

    facts = await patiently(lambda: heard(stream.client, set(products)), 60)
    assert {product: len(ids) for product, ids in facts.items()} == dict.fromkeys(products, 1)
    for product in products:
        assert (await registry.client.get(f"/products/{product}")).status_code == 200

        async def known(product: str = product) -> bool:
            limits = [LIMIT | {"method": "M-1", "stage": "release"}]
            answer = await tracking.client.post("/specifications", json={"product_id": product, "limits": limits})
            return bool(answer.is_success)

        await patiently(known)

    async def settled() -> bool:
        said = [(await each.client.get("/status")).json() for each in (registry, tracking)]
        return all(each["parked"] == each["outbox_pending"] == 0 for each in said)

    await patiently(settled)
