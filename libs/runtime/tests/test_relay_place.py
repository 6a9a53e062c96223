"""Where the relay stands: leaders change, clusters are restored, the ledger is sent again, and nothing is lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import asyncpg
import pytest

from contracts import clock
from notes.installation import Installation, product
from notes.ledger import LEADERS, everything_arrives, in_order, some_notes, write_from_many
from notes.model import Note
from runtime import cursor
from runtime.cursor import Cursor, SteppedDown

FAR_FUTURE = "9000000000:9000000000:"
"""A snapshot of the cluster that was, whose transactions were counted much further."""


async def leader_other_than(installation: Installation, former: int | None) -> int:
    async def leads() -> int | None:
        pids = [row["pid"] for row in await installation.rows(LEADERS)]
        return pids[0] if pids and pids[0] != former else None

    found: int = await installation.eventually(leads)
    return found


async def test_another_relay_takes_over_in_the_middle(installation: Installation) -> None:
    notes = await some_notes(installation, 6)
    for first in range(1, 6001, 500):
        await installation.publish(uuid4(), range(first, first + 500))
    leader = None
    async with installation.relaying(), installation.relaying():
        writing = asyncio.create_task(write_from_many(installation, notes, rounds=30))
        for _ in range(4):
            leader = await leader_other_than(installation, leader)
            await installation.rows("SELECT pg_terminate_backend($1)", leader)
        await writing
        committed = await installation.rows("SELECT id FROM outbox")
        log = await everything_arrives(installation)
    assert len(log) >= len(committed) >= 6000
    assert await installation.value("SELECT epoch FROM relay_cursor") >= 4


async def test_a_zombie_cannot_move_the_place(installation: Installation) -> None:
    await installation.publish(uuid4(), range(1, 701))
    first, second = await asyncpg.connect(installation.admin), await asyncpg.connect(installation.admin)
    try:
        zombie = await Cursor.take_over(first)
        rows = await zombie.next_chunk()
        heir = await Cursor.take_over(second)
        with pytest.raises(SteppedDown):
            await zombie.sent(rows)
        assert await installation.value("SELECT position FROM relay_cursor") == 0
        assert [row["id"] for row in await heir.next_chunk()] == [row["id"] for row in rows]
        idle = await Cursor.take_over(first)
        with pytest.raises(SteppedDown):
            await heir.sent(rows)
        assert idle.epoch == heir.epoch + 1
    finally:
        await first.close()
        await second.close()


@pytest.mark.parametrize("writers_first", [False, True])
async def test_after_a_restore_new_facts_arrive_and_what_was_unsent(
    installation: Installation, writers_first: bool
) -> None:
    old, unsent, new = uuid4(), uuid4(), uuid4()
    await installation.publish(old, range(1, 51))
    async with installation.relaying():
        await everything_arrives(installation)
    await installation.publish(unsent, range(1, 31))
    # As a dump of another cluster is: its transactions were numbered far ahead, these two groups among them.
    await installation.rows("UPDATE outbox SET xid = '8999999999' WHERE key = $1", str(old))
    await installation.rows("UPDATE outbox SET xid = '9000000001' WHERE key = $1", str(unsent))
    await installation.rows("UPDATE relay_cursor SET system_identifier = 1, low = $1::text::pg_snapshot", FAR_FUTURE)
    if writers_first:
        await installation.publish(new, range(1, 101))
    async with installation.relaying():
        await installation.eventually(lambda: installation.value("SELECT system_identifier <> 1 FROM relay_cursor"))
        if not writers_first:
            await installation.publish(new, range(1, 101))
        log = await everything_arrives(installation)
        await installation.publish(new, range(101, 111))
        log = await everything_arrives(installation)
    assert [in_order(log)[str(key)] for key in (old, unsent, new)] == [
        list(range(1, 51)), list(range(1, 31)), list(range(1, 111)),
    ]  # fmt: skip
    assert len(log) == 50 + 30 + 110, "only what is new to Kafka is sent"


async def replay_all(installation: Installation) -> int:
    async with installation.work() as work:
        return await cursor.replay(work.connection, datetime.fromtimestamp(0, UTC))


async def test_a_replay_sends_again_while_writers_go_on(installation: Installation) -> None:
    notes = await some_notes(installation, 12)
    async with installation.relaying():
        await write_from_many(installation, notes, rounds=5)
        before = await everything_arrives(installation)
        writing = asyncio.create_task(write_from_many(installation, notes, rounds=15))
        for _ in range(3):
            assert await replay_all(installation) >= len(before)
        await writing
        log = await everything_arrives(installation)
    assert len(log) >= len(before) * 2


async def test_a_replay_waits_for_a_writer_in_the_middle(installation: Installation) -> None:
    """Its row lies before others that are committed already: the replay must not take it for sent."""
    async with installation.work() as slow:
        slow.publish(product(uuid4(), 1), of=Note(text="", parties=[]))
        await slow.flush()
        await installation.publish(uuid4(), [2])
        replaying = asyncio.create_task(replay_all(installation))
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'outbox'::regclass AND NOT granted"

        async def waits_or_is_done() -> bool:
            return replaying.done() or bool(await installation.value(waiting))

        await installation.eventually(waits_or_is_done)
    await replaying
    async with installation.relaying():
        assert len(await everything_arrives(installation)) == 2


async def test_a_replay_begins_at_its_instant(installation: Installation) -> None:
    """Also where a slow transaction's fact, of an earlier time, lies after a quick one's."""
    noon, keys = datetime(2021, 5, 4, 12, tzinfo=UTC), [uuid4() for _ in range(4)]
    for key, seconds in zip(keys, (-60, 5, -1, 30), strict=True):
        with clock.standing_at(noon + timedelta(seconds=seconds)):
            await installation.publish(key, [1])
    async with installation.relaying():
        assert len(await everything_arrives(installation)) == 4
        async with installation.work() as work:
            assert await cursor.replay(work.connection, noon) >= 2

        async def again() -> bool:
            keys_again = [record.key.decode() for record in await installation.log()]
            return keys_again.count(str(keys[1])) == 2 and keys_again.count(str(keys[3])) == 2

        await installation.eventually(again)
        log = await installation.log()
    assert [record.key.decode() for record in log].count(str(keys[0])) == 1


@pytest.mark.parametrize("in_a_catch_up", [False, True])
async def test_a_replay_of_late_facts_loses_no_early_ones(installation: Installation, in_a_catch_up: bool) -> None:
    """Kafka was away, the outbox waits, and somebody asks to send the last hour again, or asks twice."""
    await installation.publish(uuid4(), range(1, 31))
    connection = await asyncpg.connect(installation.admin)
    await Cursor.take_over(connection)
    await connection.close()
    async with installation.work() as work:
        if in_a_catch_up:
            await cursor.replay(work.connection, datetime.fromtimestamp(0, UTC))
        await cursor.replay(work.connection, clock.now() + timedelta(hours=1))
    async with installation.relaying():
        assert len(await everything_arrives(installation)) == 30
