"""A poll of the relay costs the same, however much was sent since the oldest transaction that is still open began."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from notes.installation import Installation
from runtime import cursor, relay
from runtime.cursor import Cursor

ROWS = 20_000
FEW = 60
"""Blocks of 8 kB. The ledger has some hundred, its index by transaction as many again."""


@pytest_asyncio.fixture
async def elsewhere(installation: Installation, postgres_dsn: str) -> AsyncIterator[Any]:
    """A write transaction in another database of the server that began before everything, and stays open."""
    connection = await asyncpg.connect(postgres_dsn)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("SELECT pg_current_xact_id()")
    yield connection
    await transaction.rollback()
    await connection.close()


async def blocks(connection: Any, sql: str, *arguments: Any) -> int:
    """How many blocks a statement touches."""
    explained = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", *arguments)
    plan = json.loads(explained)[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


async def written(connection: Any) -> int:
    """How many times a session wrote the log of transactions itself, as it does when a commit waits for the disk."""
    await connection.execute("SELECT pg_stat_force_next_flush()")
    statement = "SELECT sum(writes) FROM pg_stat_get_backend_io(pg_backend_pid()) WHERE object = 'wal'"
    return int(await connection.fetchval(statement) or 0)


async def test_a_leader_saves_its_place_without_waiting_for_the_disk(installation: Installation) -> None:
    url = installation.settings.database_of("notes")
    leader = await asyncpg.connect(url, server_settings=relay.LEADER)
    place = await Cursor.take_over(leader)
    before = await written(leader)
    for number in range(5):
        await installation.publish(uuid4(), [number])
        await place.sent(await place.next_chunk())
    assert await written(leader) == before
    await leader.close()


@pytest.mark.parametrize(("analyzed", "generic"), [(False, False), (True, True)])
async def test_an_open_transaction_elsewhere_makes_no_poll_scan(
    installation: Installation, elsewhere: Any, analyzed: bool, generic: bool
) -> None:
    await installation.rows("ALTER TABLE outbox SET (autovacuum_enabled = false)")
    url = installation.settings.database_of("notes")
    leader = await asyncpg.connect(url, server_settings=relay.LEADER)
    for _ in range(ROWS // 100):
        await installation.publish(uuid4(), range(100))
    if analyzed:
        await installation.run("ANALYZE outbox")
    if generic:
        await leader.execute("SET plan_cache_mode = force_generic_plan")
    place = await Cursor.take_over(leader)
    while rows := await place.next_chunk():
        await place.sent(rows)
    assert str(await elsewhere.fetchval("SELECT pg_current_xact_id()")) in place.low
    assert await blocks(leader, cursor._OPEN, place.low, place.floor) < FEW
    assert await blocks(leader, cursor._PENDING) < FEW
    await installation.publish(uuid4(), range(3))
    assert len(await place.next_chunk()) == 3
    assert await blocks(leader, cursor._BATCH, place.position, place.low, place.high) < FEW
    await leader.close()


RESTORED = """
INSERT INTO outbox (xid, id, type, topic, key, time, sequence, correlation_id, parties, data)
SELECT $1::text::xid8, gen_random_uuid(), 'io.entente.Loaded.v1', 'notes.note', loaded::text, now(), 1, '', '',
       repeat('x', 400)
FROM generate_series(1, 200000) AS loaded
"""
"""What a restore leaves: a ledger of which the planner knows nothing but how large its file is."""


@pytest.mark.parametrize("xid", ["3", "1000000000"])
@pytest.mark.parametrize("mode", ["auto", "force_generic_plan"])
async def test_no_poll_scans_a_ledger_that_was_never_analyzed(installation: Installation, mode: str, xid: str) -> None:
    await installation.rows("ALTER TABLE outbox SET (autovacuum_enabled = false)")
    leader = await asyncpg.connect(installation.settings.database_of("notes"), server_settings=relay.LEADER)
    await leader.execute(f"SET plan_cache_mode = {mode}")
    await Cursor.take_over(leader)
    await installation.rows(RESTORED, xid)
    await installation.rows("UPDATE relay_cursor SET system_identifier = 1")
    place = await Cursor.take_over(leader)
    while rows := await place.next_chunk():
        await place.sent(rows)
    assert await installation.value("SELECT reltuples FROM pg_class WHERE relname = 'outbox'") == -1
    assert await blocks(leader, cursor._OPEN, place.low, place.floor) < FEW
    assert await blocks(leader, cursor._PENDING) < FEW
    await installation.publish(uuid4(), range(3))
    assert len(await place.next_chunk()) == 3
    assert await blocks(leader, cursor._BATCH, place.position, place.low, place.high) < FEW
    await leader.close()
