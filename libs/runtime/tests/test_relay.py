"""The outbox and its relay: every committed fact reaches Kafka, and each key keeps its order."""

import asyncio
from uuid import uuid4

import pytest

from notes.installation import Installation, product
from notes.ledger import everything_arrives, ids, in_order, some_notes, write_from_many
from notes.model import Note
from runtime.outbox import LARGEST_PAYLOAD

async def test_each_committed_fact_arrives_once_and_in_order(installation: Installation) -> None:
    notes = await some_notes(installation, 12)
    async with installation.relaying():
        await write_from_many(installation, notes)
        log = await everything_arrives(installation)
    assert len(log) == len(set(ids(log))) > 100
    positions = await installation.rows("SELECT key, array_agg(sequence ORDER BY position) AS found FROM outbox GROUP BY key")
    assert in_order(log) == {row["key"]: row["found"] for row in positions}


async def test_only_one_of_two_relays_leads(installation: Installation) -> None:
    key = uuid4()
    async with installation.relaying(), installation.relaying():
        await installation.publish(key, range(1, 1201))
        log = await everything_arrives(installation)
        leaders = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        assert await installation.value(leaders) == 1
    assert len(log) == 1200
    assert await installation.value("SELECT epoch FROM relay_cursor") <= 2


async def test_another_relay_takes_over_when_the_leader_loses_its_connection(installation: Installation) -> None:
    notes = await some_notes(installation, 12)
    leader = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    async with installation.relaying(), installation.relaying():
        writing = asyncio.create_task(write_from_many(installation, notes))
        for _ in range(5):
            await asyncio.sleep(0.2)
            await installation.rows(leader)
        await writing
        await everything_arrives(installation)
    assert await installation.value("SELECT epoch FROM relay_cursor") >= 3


async def test_a_payload_is_measured_in_bytes_and_refused_beyond_the_limit(installation: Installation) -> None:
    for text in ("x" * LARGEST_PAYLOAD, "€" * (LARGEST_PAYLOAD // 2)):
        with pytest.raises(ValueError, match="bytes; the limit is"):
            async with installation.work() as work:
                work.publish(product(uuid4(), 1, name=text), of=Note(text="n", parties=[]))
    assert await installation.value("SELECT count(*) FROM outbox") == 0


async def test_the_largest_payload_that_is_taken_reaches_kafka(installation: Installation) -> None:
    async with installation.work() as work:
        work.publish(product(uuid4(), 1, name="x" * (LARGEST_PAYLOAD - 300)), of=Note(text="n", parties=[]))
    async with installation.relaying():
        assert len(await everything_arrives(installation)) == 1
