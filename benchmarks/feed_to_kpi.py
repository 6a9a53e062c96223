"""From a laboratory's message to the KPI that it moves: how long, at 1,000 facts a second."""

import asyncio
import json
import statistics
import time
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from benchmarks.feeds import PRODUCT, Feeds
from benchmarks.installation import Installation
from benchmarks.load import exchange, request
from benchmarks.report import Latencies

RATE = 1000
"""Facts per second."""
_EVERY = 0.1
_OF_A_LOT = 11
"""Results of one lot that come together."""
_VISIBLE = "SELECT coalesce(sum(count), 0)::int FROM bucket WHERE measure = 'test_evaluated'"


def message(number: int, size: int) -> bytes:
    """A batch of results of several lots as CloudEvents."""
    now = datetime.now(UTC).isoformat()
    result = {"occurred_at": now, "test": "dissolution_min", "stage": "release", "value": 91, "unit": "%"}

    def lot(place: int) -> dict[str, str]:
        return {"material": PRODUCT, "number": f"L{number}-{place}"}

    events = [
        {
            "specversion": "1.0",
            "id": uuid4().hex,
            "source": "/benchmark",
            "type": "io.entente.feed.TestResult.v1",
            "time": now,
            "data": {"record_id": f"{number}-{place}", "lot": lot(place // _OF_A_LOT)} | result,
        }
        for place in range(size)
    ]
    return json.dumps(events).encode()


async def _send(port: int, token: str, seconds: float, sent: list[float]) -> None:
    """Send messages at the rate, noting for each fact when its message was sent; a slow answer delays no message."""
    headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/cloudevents-batch+json"}
    size, path = int(RATE * _EVERY), "/v1/feeds/benchmark-events/messages"

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        status, body = await exchange(reader, writer, request("POST", path, message(number, size), **headers))
        writer.close()
        if status >= 300:
            raise RuntimeError(f"{status}: {body[:300]!r}")

    began, tasks = time.perf_counter(), []
    for number in range(int(seconds / _EVERY)):
        await asyncio.sleep(max(0.0, began + number * _EVERY - time.perf_counter()))
        sent += [time.perf_counter()] * size
        tasks.append(asyncio.create_task(one(number)))
    await asyncio.gather(*tasks)


async def _watch(connection: Any, total: int, seen: list[float]) -> None:
    """Note when the n-th fact became visible in the KPI's buckets."""
    while len(seen) < total:
        visible = await connection.fetchval(_VISIBLE)
        seen += [time.perf_counter()] * (visible - len(seen))
        await asyncio.sleep(0.004)


async def measure(installation: Installation, seconds: float) -> list[Latencies]:
    """Percentiles of the time from a message's first byte to its facts in the KPI."""
    feeds = await Feeds.start(installation, ["partner_feeds", "sample_tracking", "kpi"])
    connection = await asyncpg.connect(installation.admin_url("kpi"))
    sent: list[float] = []
    seen: list[float] = []
    total = int(seconds / _EVERY) * int(RATE * _EVERY)
    async with asyncio.timeout(seconds * 4 + 60):
        watching = asyncio.create_task(_watch(connection, total, seen))
        await _send(feeds.port("partner_feeds"), feeds.token, seconds, sent)
        await watching
    await connection.close()
    warm = len(sent) // 5  # the first fifth pays for caches and prepared statements
    taken = [1000 * (end - start) for start, end in zip(sent[warm:], sorted(seen)[warm:], strict=True)]
    points = statistics.quantiles(taken, n=100)
    rate = len(sent) / (sent[-1] - sent[0])
    return [Latencies("feed to KPI visible", rate, points[49], points[94], points[98], 250)]
