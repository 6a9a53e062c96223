"""A rival's single records beside a laboratory's large file: how long each is on its way."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncGenerator
from typing import Any

import asyncpg
import httpx

from benchmarks.feed_to_kpi import message
from benchmarks.feeds import Feeds, client_of, laboratory_file
from benchmarks.installation import Installation
from benchmarks.rows import Delays, Row

_EVERY = 0.3
"""Seconds between two single records."""
_PLACES = {
    "sample_tracking": "SELECT count(*) FROM result WHERE partner_id = $1",
    "quality_events": "SELECT count(*) FROM batch WHERE partner_id = $1",
    "kpi": "SELECT count(*) FROM measured_fact WHERE partner_id = $1 AND measure = 'test_evaluated'",
}
ROWS = tuple(
    Row(f"a rival's record beside a file of 3,000 rows, until {where}", aim=1000, limit=4000)
    for where in ("its result is in sample_tracking", "its batch is in quality_events", "kpi counts its result")
)


async def rounds(installation: Installation, seconds: float) -> AsyncGenerator[tuple[Delays, ...], None]:
    """Percentiles of the time from sending a record until a service has it, while the file is under way."""
    feeds = await Feeds.start(installation, ["partner_registry", "partner_feeds", *_PLACES])
    rows = min(3000, int(seconds * 200))
    async with client_of(feeds.token) as client:
        for turn in itertools.count():
            rival = await feeds.company(client)
            feed = {"code": f"benchmark-rival-{turn}", "format": "cloudevents", "kind": "lims", "site_id": rival["id"]}
            grants = [{"record": "BatchStart", "partner_id": rival["partner_id"]}]
            await feeds.make(client, "partner_feeds", "/feeds", feed | {"grants": grants})
            sent: list[float] = []
            whole = asyncio.Event()
            async with asyncio.timeout(seconds + 120), asyncio.TaskGroup() as tasks:
                places = [(installation.admin_url(package), statement) for package, statement in _PLACES.items()]
                watching = [tasks.create_task(_watch(*place, rival["partner_id"], sent, whole)) for place in places]
                file = tasks.create_task(
                    _send(client, feeds, "laboratory", laboratory_file(turn * rows, rows), "text/csv")
                )
                until = time.perf_counter() + seconds
                while time.perf_counter() < until or not file.done():
                    sent.append(time.perf_counter())
                    await _send(
                        client, feeds, f"rival-{turn}", _single(len(sent)), "application/cloudevents-batch+json"
                    )
                    await asyncio.sleep(_EVERY)
                whole.set()
            await feeds.idle(client)
            yield tuple(Delays.of(task.result()) for task in watching)


def _single(number: int) -> bytes:
    """One result of one lot, and its start."""
    (result,) = json.loads(message(number, 1))
    of_start = {name: result["data"][name] for name in ("occurred_at", "lot")} | {"record_id": f"start-{number}"}
    start = {"id": f"start-{number}", "type": "io.entente.feed.BatchStart.v1", "data": of_start}
    return json.dumps([result | start, result]).encode()


async def _send(client: httpx.AsyncClient, feeds: Feeds, feed: str, content: bytes, kind: str) -> None:
    url = f"http://127.0.0.1:{feeds.port('partner_feeds')}/v1/feeds/benchmark-{feed}/messages"
    answer = await client.post(url, content=content, headers={"Content-Type": kind})
    answer.raise_for_status()


async def _watch(url: str, statement: str, partner_id: str, sent: list[float], whole: asyncio.Event) -> list[float]:
    """Seconds until each record that was sent was there."""
    connection: Any = await asyncpg.connect(url)
    taken: list[float] = []
    while not whole.is_set() or len(taken) < len(sent):
        there = await connection.fetchval(statement, partner_id)
        taken += [time.perf_counter() - sent[n] for n in range(len(taken), there)]
        await asyncio.sleep(0.01)
    await connection.close()
    return taken
