"""The stored offset decides: a batch that does not follow on it is not applied, whoever fetched it and why."""

import asyncio
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from aiokafka.structs import ConsumerRecord, TopicPartition
from sqlmodel import select

from contracts import Fact, Recorded
from contracts.partner_registry import ProductRegistered
from notes.installation import FORGETFUL, Installation, Member, claim, message
from notes.model import Heard
from notes.parked import numbers
from runtime import applying
from runtime.consumer import Consumer
from runtime.offsets import Fenced
from runtime.subscriptions import Subscriptions
from runtime.work import Work

NEXT = "SELECT next FROM consumer_offset WHERE topic LIKE '%product' AND partition = 0"


async def fetched(installation: Installation, count: int) -> tuple[TopicPartition, list[ConsumerRecord]]:
    """So many facts of one key in one partition, registered to be handled."""
    await Consumer(installation.place, installation.settings).register()
    key = uuid4()
    await installation.produce([message(key, number) | {"partition": 0} for number in range(count)])
    records = await installation.log()
    return TopicPartition(records[0].topic, 0), records


@pytest.mark.parametrize("begin", [0, 2, 5, 8])
async def test_a_batch_that_does_not_follow_on_is_fenced(installation: Installation, begin: int) -> None:
    """Five facts are applied. What begins before or behind that changes nothing: no effect, no place, no inbox."""
    partition, records = await fetched(installation, 10)
    await applying.apply(installation.place, claim(partition, 0, records[:5]), records[:5])
    if begin != 5:
        with pytest.raises(Fenced):
            await applying.apply(installation.place, claim(partition, begin, records[begin:]), records[begin:])
        with pytest.raises(Fenced):
            await applying.park(
                installation.place, claim(partition, begin, [records[begin]]), records[begin], ValueError("bad")
            )
    assert await installation.value(NEXT) == 5
    assert await installation.value("SELECT count(*) FROM inbox") == 5
    assert await numbers(installation, read_key(records)) == [*range(5)]
    await applying.apply(installation.place, claim(partition, 5, records[5:]), records[5:])
    assert await numbers(installation, read_key(records)) == [*range(10)]


def read_key(records: list[ConsumerRecord]) -> UUID:
    return UUID(records[0].key.decode())


@pytest.mark.parametrize("fails", [False, True])
async def test_a_member_that_was_cut_off_with_a_batch_in_hand_does_not_pass_over_a_rewind(
    installation: Installation, fails: bool
) -> None:
    """What it holds lies behind what is to be read again: the place would leap over the rest."""
    partition, records = await fetched(installation, 10)
    await applying.apply(installation.place, claim(partition, 0, records[:5]), records[:5])
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def hold(work: Work, recorded: Recorded[Fact]) -> None:
        begun.set()
        await go_on.wait()
        if fails:
            raise ConnectionResetError

    installation.trouble.obstacle = hold
    late = asyncio.create_task(applying.apply(installation.replica(), claim(partition, 5, records[5:]), records[5:]))
    await begun.wait()
    rewinding = asyncio.create_task(installation.rows("UPDATE consumer_offset SET next = 0, last_id = NULL"))
    go_on.set()
    outcome = await asyncio.gather(late, rewinding, return_exceptions=True)
    assert isinstance(outcome[0], ConnectionResetError) == fails
    with pytest.raises(Fenced):
        await applying.apply(installation.place, claim(partition, 5, records[5:]), records[5:])
    assert await installation.value(NEXT) == 0


async def test_without_an_inbox_members_that_come_and_go_apply_each_fact_once(installation: Installation) -> None:
    await installation.run(FORGETFUL)
    installation.settings.pool_size = 3
    keys = [uuid4() for _ in range(20)]
    members = [Member(Consumer(installation.replica(), installation.settings))]
    for turn in range(12):
        await installation.produce([message(key, turn * 5 + step) for step in range(5) for key in keys])
        if turn % 4 == 1:
            members.append(Member(Consumer(installation.replica(), installation.settings)))
        if turn % 4 == 3:
            leaver = members.pop(0)
            leaver.task.cancel()
            await leaver.stop()
    await installation.eventually(lambda: installation.value("SELECT count(*) >= 1200 FROM heard"), 60)
    for member in members:
        await member.stop()
    for key in keys:
        assert await numbers(installation, key) == [*range(60)]
    assert await installation.value("SELECT count(*) FROM inbox") == 0


async def test_facts_that_are_handled_one_by_one_see_each_other(installation: Installation) -> None:
    """Each finds what the ones before it in the same transaction made."""
    listens, found = Subscriptions(), []

    @listens.on(ProductRegistered)
    async def hear(work: Work, fact: ProductRegistered) -> None:
        found.append(len((await work.session.execute(select(Heard))).all()))
        work.session.add(Heard(key=str(fact.product_id), number=int(fact.code), event_id=""))

    installation.place = replace(installation.place, subscriptions=listens)
    partition, records = await fetched(installation, 3)
    await applying.apply(installation.place, claim(partition, 0, records), records)
    assert found == [0, 1, 2]
