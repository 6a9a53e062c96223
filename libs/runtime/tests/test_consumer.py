"""The consumer: each fact handled exactly once and in its key's order, whoever joins, leaves or dies."""

import asyncio
import random
from collections import defaultdict
from uuid import UUID, uuid4

import asyncpg
from sqlalchemy import event

from contracts import PARTITIONS
from notes.installation import Installation, Member, message
from notes.main import TOPICS
from runtime.consumer import Consumer
from telemetry import metrics

FACTS = 3000


async def heard_in_order(installation: Installation, keys: list[UUID], each: int) -> None:
    """Every number of every key once, and in its order."""
    heard = defaultdict(list)
    for row in await installation.rows("SELECT key, number FROM heard ORDER BY position"):
        heard[row["key"]].append(row["number"])
    assert heard == {str(key): list(range(each)) for key in keys}


async def all_heard(installation: Installation, count: int, within: float = 60) -> None:
    await installation.eventually(lambda: installation.value("SELECT count(*) >= $1 FROM heard", count), within)


async def slowly(*_: object) -> None:
    """An obstacle that only takes time, so that a rebalance meets a batch in the making."""
    if random.random() < 0.02:
        await asyncio.sleep(0.05)


async def test_members_that_join_leave_and_die_handle_each_fact_once(installation: Installation) -> None:
    keys = [uuid4() for _ in range(30)]
    each, chance = FACTS // len(keys), random.Random(7)
    installation.trouble.obstacle = slowly
    installation.settings.pool_size = 3

    async def produce() -> None:
        for start in range(0, each, 5):
            await installation.produce([message(key, n) for n in range(start, start + 5) for key in keys])
            await asyncio.sleep(0.1)

    producing = asyncio.create_task(produce())
    members = [Member(Consumer(installation.replica(), installation.settings))]
    for churn in range(6):
        members.append(Member(Consumer(installation.replica(), installation.settings)))
        await asyncio.sleep(chance.uniform(0.5, 1.5))
        leaver = members.pop(chance.randrange(len(members)))
        if churn % 2:
            leaver.task.cancel()
        await leaver.stop()
    await producing
    try:
        await all_heard(installation, FACTS)
    finally:
        await asyncio.gather(*(member.stop() for member in members))
    await heard_in_order(installation, keys, each)
    assert await installation.value("SELECT count(*) FROM parked") == 0


async def test_two_replicas_share_the_partitions(installation: Installation) -> None:
    keys = [uuid4() for _ in range(16)]
    async with installation.consuming() as first, installation.consuming() as second:

        async def shared() -> bool:
            both = [member.consumer._consumer.assignment() for member in (first, second) if member.consumer._consumer]
            return len(both) == 2 and all(both)

        await installation.eventually(shared, 20)
        await installation.produce([message(key, number) for number in range(50) for key in keys])
        await all_heard(installation, 50 * len(keys))
    await heard_in_order(installation, keys, 50)


async def test_members_that_come_make_nobody_begin_anew(installation: Installation) -> None:
    installation.settings.pool_size = 3
    keys, rewinds = [uuid4() for _ in range(30)], metrics.REWINDS.labels("notes")._value
    before, members, clients = rewinds.get(), list[Member](), list[object]()
    await installation.produce([message(key, 0) for key in keys])
    for count in (1, 2, 3):
        member = Member(Consumer(installation.replica(), installation.settings))
        members.append(member)

        async def all_have_a_share(count: int = count) -> bool:
            shares = [len(member.consumer._backlogs) for member in members]
            return all(shares) and sum(shares) == len(TOPICS) * PARTITIONS

        await installation.eventually(all_have_a_share, 40)
        clients.append(member.consumer._consumer)
        await installation.produce([message(key, count) for key in keys])
        await all_heard(installation, (count + 1) * len(keys))
    assert [member.consumer._consumer for member in members] == clients
    assert rewinds.get() == before
    for member in members:
        await member.stop()


async def test_a_row_that_somebody_holds_stops_one_partition_only(installation: Installation) -> None:
    keys = [uuid4() for _ in range(30)]
    await installation.produce([message(key, 0) for key in keys])
    async with installation.consuming():
        await all_heard(installation, 30)
    connection = await asyncpg.connect(installation.admin)
    async with connection.transaction():
        await connection.execute(
            "SELECT FROM consumer_offset WHERE topic LIKE '%.partner' AND partition = 0 FOR UPDATE"
        )
        await installation.produce([message(key, 1) for key in keys])
        async with installation.consuming():
            await all_heard(installation, 60)
    await connection.close()


async def test_stopping_finishes_the_batch_in_hand(installation: Installation) -> None:
    key, begun, go_on = uuid4(), asyncio.Event(), asyncio.Event()

    async def wait(*_: object) -> None:
        begun.set()
        await go_on.wait()

    installation.trouble.obstacle = wait
    await installation.produce([message(key, number) for number in range(20)])
    async with installation.consuming() as member:
        await asyncio.wait_for(begun.wait(), 20)
        stopping = asyncio.create_task(member.stop())
        await asyncio.sleep(0.3)
        assert not stopping.done()
        go_on.set()
        await stopping
    await heard_in_order(installation, [key], 20)
    assert await installation.value("SELECT sum(next) FROM consumer_offset WHERE topic LIKE '%product'") == 20


async def test_a_fact_that_comes_twice_is_handled_once(installation: Installation) -> None:
    key, other = uuid4(), uuid4()
    again = message(key, 0, id=uuid4())
    await installation.produce([again, again, message(key, 1), again])
    async with installation.consuming():
        await all_heard(installation, 2)
        await installation.produce([again, message(other, 0)])
        await all_heard(installation, 3)
    heard = await installation.rows("SELECT key, number FROM heard ORDER BY position")
    assert [tuple(row) for row in heard] == [(str(key), 0), (str(key), 1), (str(other), 0)]


async def test_unknown_types_and_fields_are_passed_over(installation: Installation) -> None:
    key = uuid4()
    stranger = message(key, 0, type="io.entente.NobodyKnows.v9")
    newer = message(key, 1)
    newer["value"] = newer["value"][:-1] + b', "invented_in_2040": {"a": [1]}}'
    await installation.produce([stranger, newer])
    async with installation.consuming():
        await all_heard(installation, 1)
    assert await installation.value("SELECT number FROM heard") == 1
    assert await installation.value("SELECT count(*) FROM parked") == 0
    assert await installation.value("SELECT sum(next) FROM consumer_offset WHERE topic LIKE '%product'") == 2


async def test_a_consumer_that_begins_without_its_database_goes_on_when_it_is_back(installation: Installation) -> None:
    key, database = uuid4(), await installation.value("SELECT current_database()")
    await installation.produce([message(key, number) for number in range(5)])
    place, refusals = installation.replica(), 0

    @event.listens_for(place.store.engine.sync_engine, "do_connect")
    def _refuse(*_: object) -> None:
        nonlocal refusals
        if refusals < 3:
            refusals += 1
            raise ConnectionRefusedError(database)

    member = Member(Consumer(place, installation.settings))
    try:
        await all_heard(installation, 5)
    finally:
        await member.stop()
    assert refusals == 3
    await heard_in_order(installation, [key], 5)
