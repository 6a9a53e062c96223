"""A rival's single records beside a laboratory's large file: how long each is on its way."""

import asyncio
import json
import statistics
import time
from typing import Any

import asyncpg
import httpx

from benchmarks.feed_to_kpi import message
from benchmarks.feeds import Feeds, client_of, laboratory_file
from benchmarks.installation import Installation
from benchmarks.report import Latencies

ROWS = 3000
_EVERY = 0.3
"""Seconds between two single records."""
_PLACES = {
    "sample_tracking": "SELECT count(*) FROM result WHERE partner_id = $1",
    "quality_events": "SELECT count(*) FROM batch WHERE partner_id = $1",
    "kpi": "SELECT count(*) FROM measured_fact WHERE partner_id = $1 AND measure = 'test_evaluated'",
}


async def measure(installation: Installation, seconds: float) -> list[Latencies]:
    """Percentiles of the time from sending a record until a service has it, while the file is under way."""
    packages = ["partner_registry", "partner_feeds", *_PLACES]
    feeds = await Feeds.start(installation, packages)
    async with client_of(feeds.token) as client:
        rival = await feeds.company(client)
        grants = [{"record": "BatchStart", "partner_id": rival["partner_id"]}]
        feed = {"code": "benchmark-rival", "format": "cloudevents", "kind": "lims", "site_id": rival["id"]}
        await feeds.make(client, "partner_feeds", "/feeds", feed | {"grants": grants})
        file = asyncio.create_task(_send_file(client, feeds.port("partner_feeds"), min(ROWS, int(seconds * 200))))
        taken: dict[str, list[float]] = {package: [] for package in _PLACES}
        sent: list[float] = []
        watching = [
            asyncio.create_task(_watch(installation, package, rival["partner_id"], sent, taken[package]))
            for package in _PLACES
        ]
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or not file.done():
            sent.append(time.perf_counter())
            answer = await client.post(
                f"http://127.0.0.1:{feeds.port('partner_feeds')}/v1/feeds/benchmark-rival/messages",
                content=_single(len(sent)),
                headers={"Content-Type": "application/cloudevents-batch+json"},
            )
            answer.raise_for_status()
            await asyncio.sleep(_EVERY)
        await file
        async with asyncio.timeout(120):
            while any(len(each) < len(sent) for each in taken.values()):
                await asyncio.sleep(0.05)
        for task in watching:
            task.cancel()
    return [_latencies(f"rival's record beside a file, {package}", each) for package, each in taken.items()]


def _single(number: int) -> bytes:
    """One result of one lot, and its start."""
    (result,) = json.loads(message(number, 1))
    of_start = {name: result["data"][name] for name in ("occurred_at", "lot")} | {"record_id": f"start-{number}"}
    start = {"id": f"start-{number}", "type": "io.entente.feed.BatchStart.v1", "data": of_start}
    return json.dumps([result | start, result]).encode()


async def _send_file(client: httpx.AsyncClient, port: int, rows: int) -> None:
    url = f"http://127.0.0.1:{port}/v1/feeds/benchmark-laboratory/messages"
    answer = await client.post(url, content=laboratory_file(0, rows), headers={"Content-Type": "text/csv"})
    answer.raise_for_status()


async def _watch(
    installation: Installation, package: str, partner_id: str, sent: list[float], taken: list[float]
) -> None:
    connection: Any = await asyncpg.connect(installation.admin_url(package))
    while True:
        there = await connection.fetchval(_PLACES[package], partner_id)
        now = time.perf_counter()
        taken += [1000 * (now - sent[n]) for n in range(len(taken), there)]
        await asyncio.sleep(0.01)


def _latencies(name: str, taken: list[float]) -> Latencies:
    points = statistics.quantiles(taken, n=100)
    return Latencies(name, 1 / _EVERY, points[49], points[94], points[98], 1000)
