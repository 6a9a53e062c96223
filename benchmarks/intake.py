"""A partner's file going in, against COPY of the rows that it becomes."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncGenerator
from typing import Any

import asyncpg

from benchmarks.feeds import RECORDS_A_ROW, Feeds, laboratory_file
from benchmarks.installation import Installation
from benchmarks.load import exchange, request
from benchmarks.rows import Rates, Row

ROWS = (Row("file intake", aim=0.1, limit=0.02, floor="COPY of the same rows", unit="records/s"),)
_TABLES = "known_record", "lot_start", "message_row", "outbox"
"""Where intake leaves what it made of a file."""


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


async def _copy(connection: asyncpg.Connection) -> float:
    """Seconds to COPY all that intake has left so far, ready in memory, into empty tables like its own.

    These have the same indexes, and neither policies nor triggers. A transaction takes as many rows as intake's.
    """
    rows = {table: [tuple(row) for row in await connection.fetch(f"SELECT * FROM {table}")] for table in _TABLES}
    for table in _TABLES:
        await connection.execute(f"DROP TABLE IF EXISTS floor_{table}")
        await connection.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING INDEXES)")
    began = time.perf_counter()
    size = 500 * RECORDS_A_ROW
    for table, whole in rows.items():
        for start in range(0, len(whole), size):
            await connection.copy_records_to_table(f"floor_{table}", records=whole[start : start + size])
    return time.perf_counter() - began


async def rounds(installation: Installation, seconds: float) -> AsyncGenerator[tuple[Rates], None]:
    """Records per second from upload to answer, and of COPY of the rows that intake made of them."""
    feeds = await Feeds.start(installation, ["partner_feeds"])
    connection = await asyncpg.connect(installation.admin_url("partner_feeds"))
    count = int(seconds * 300)
    records = count * RECORDS_A_ROW
    for turn in itertools.count():
        content = laboratory_file(1 + turn * count, count)
        taken = await _send(feeds.port("partner_feeds"), feeds.token, content)
        yield (Rates(records / taken, (turn + 1) * records / await _copy(connection)),)
