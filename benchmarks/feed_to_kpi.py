"""From a laboratory's message to the KPI that it moves: how long, at 1,000 results a second."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg

from benchmarks.feeds import PRODUCT, Feeds
from benchmarks.installation import Installation
from benchmarks.load import exchange, request
from benchmarks.rows import Delays, Row

ROWS = (Row("from a message of 110 results to the KPI, at 1,000 results a second", aim=150, limit=600),)
_RATE = 1000
_OF_A_LOT = 11
"""Results of one lot, which go together as a set."""
_SIZE = 10 * _OF_A_LOT
"""Results of a message."""
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


async def _send(port: int, token: str, first: int, count: int, sent: list[float]) -> None:
    """Send messages at the rate, noting for each result when its message was sent; a slow answer delays no message."""
    headers = {"Authorization": f"Bearer {token}", "Content_Type": "application/cloudevents-batch+json"}
    path = "/v1/feeds/benchmark-events/messages"

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        status, body = await exchange(reader, writer, request("POST", path, message(number, _SIZE), **headers))
        writer.close()
        if status >= 300:
            raise RuntimeError(f"{status}: {body[:300]!r}")

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number * _SIZE / _RATE - time.perf_counter()))
            sent += [time.perf_counter()] * _SIZE
            tasks.create_task(one(first + number))


async def _watch(connection: Any, before: int, total: int, seen: list[float]) -> None:
    """Note when the n-th result became visible in the KPI's buckets."""
    while len(seen) < total:
        visible = await connection.fetchval(_VISIBLE) - before
        seen += [time.perf_counter()] * (visible - len(seen))
        await asyncio.sleep(0.004)


async def rounds(installation: Installation, seconds: float) -> AsyncGenerator[tuple[Delays], None]:
    """Percentiles of the time from a message's first byte to its results in the KPI."""
    feeds = await Feeds.start(installation, ["partner_feeds", "sample_tracking", "kpi"])
    connection = await asyncpg.connect(installation.admin_url("kpi"))
    count = int(seconds * _RATE / _SIZE)
    for turn in itertools.count():
        sent: list[float] = []
        seen: list[float] = []
        async with asyncio.timeout(seconds * 4 + 60), asyncio.TaskGroup() as tasks:
            tasks.create_task(_watch(connection, turn * count * _SIZE, count * _SIZE, seen))
            await _send(feeds.port("partner_feeds"), feeds.token, turn * count, count, sent)
        yield (Delays.of([end - start for start, end in zip(sent, seen, strict=True)]),)
