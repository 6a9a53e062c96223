"""A partner's file going in, against COPY of the facts that it becomes."""

import asyncio
import json
import time
from typing import Any

import asyncpg

from benchmarks.feeds import FACTS_A_ROW, RECORDS_A_ROW, Feeds, laboratory_file
from benchmarks.installation import Installation
from benchmarks.load import exchange, request
from benchmarks.report import Measurement

_FLOOR = "CREATE TABLE IF NOT EXISTS floor_fact (id uuid PRIMARY KEY, type text, key text, time timestamptz, data text)"
_TAKEN = (
    "SELECT id, type, key, time, data FROM outbox WHERE topic LIKE 'partner-feeds.%' ORDER BY position DESC LIMIT $1"
)


async def _send(port: int, token: str, content: bytes) -> float:
    """Seconds until the file is answered, every row taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**26)
    headers = {"Authorization": f"Bearer {token}", "Content_Type": "text/csv"}
    began = time.perf_counter()
    path = "/v1/feeds/benchmark-laboratory/messages"
    status, body = await exchange(reader, writer, request("POST", path, content, **headers))
    answer: dict[str, Any] = json.loads(body)
    while answer.get("state") == "received":
        await asyncio.sleep(0.1)
        get = request("GET", f"/v1/messages/{answer['message_id']}", Authorization=headers["Authorization"])
        status, body = await exchange(reader, writer, get)
        answer = json.loads(body) | {"message_id": answer["message_id"]}
    taken = time.perf_counter() - began
    writer.close()
    if status >= 300 or answer["refused"]:
        raise RuntimeError(f"{status}: {body[:500]!r}")
    return taken


async def _copy(connection: asyncpg.Connection, rows: list[Any]) -> float:
    """Seconds to COPY these facts, as binary rows that are ready in memory, in transactions of 500 rows of the file."""
    await connection.execute("TRUNCATE floor_fact")
    began = time.perf_counter()
    size = 500 * FACTS_A_ROW
    for start in range(0, len(rows), size):
        await connection.copy_records_to_table("floor_fact", records=rows[start : start + size])
    return time.perf_counter() - began


async def measure(installation: Installation, seconds: float) -> list[Measurement]:
    """Records per second from upload to answer, and of COPY of the facts that hold them into a table with one index."""
    feeds = await Feeds.start(installation, ["partner_feeds"])
    count = max(200, int(seconds * 60))
    ours, floors = [], []
    connection = await asyncpg.connect(installation.admin_url("partner_feeds"))
    await connection.execute(_FLOOR)
    for turn in range(3):
        taken = await _send(feeds.port("partner_feeds"), feeds.token, laboratory_file(1 + turn * count, count))
        ours.append(count * RECORDS_A_ROW / taken)
        rows = [tuple(row) for row in await connection.fetch(_TAKEN, count * FACTS_A_ROW)]
        floors.append(count * RECORDS_A_ROW / await _copy(connection, rows))
    await connection.close()
    return [Measurement("file intake / COPY", max(ours), max(floors), "records/s", 0.4)]
