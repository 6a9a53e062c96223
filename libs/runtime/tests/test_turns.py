"""A rival's single fact does not wait for a file before it in its partition, and nothing is lost or doubled by that."""

import asyncio
from uuid import UUID, uuid4

import pytest
from aiokafka.structs import TopicPartition

from contracts import Fact, Recorded
from notes.installation import Installation, Member, message
from notes.parked import applied, numbers, parked
from runtime import applying, attempts, backlog, handled
from runtime.backlog import Backlog
from runtime.consumer import Consumer
from runtime.offsets import Fenced
from runtime.work import Work

ROWS, RIVALS = 400, 7
NEXT = "SELECT next FROM consumer_offset WHERE topic LIKE '%product' AND partition = 0"


@pytest.fixture(autouse=True)
def _short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backlog, "_BEGIN_WITH", 20)
    monkeypatch.setattr(backlog, "_MOST", 20)


async def a_file_and_a_fact(installation: Installation) -> tuple[list[UUID], UUID]:
    """So many facts of a laboratory's, of ten keys, and behind them one of a rival's; the keys."""
    laboratory, rival, keys, own = uuid4(), uuid4(), [uuid4() for _ in range(10)], uuid4()
    file = [message(keys[row % 10], row, parties=str(laboratory)) for row in range(ROWS)]
    log = [*file, message(own, RIVALS, parties=str(rival))]
    await installation.produce([each | {"partition": 0} for each in log])
    return keys, own


async def each_once(installation: Installation, keys: list[UUID], own: UUID) -> None:
    await applied(installation, ROWS + 1)
    assert await numbers(installation, own) == [RIVALS]
    for first, key in enumerate(keys):
        assert await numbers(installation, key) == [*range(first, ROWS, 10)]


async def test_a_rivals_fact_is_applied_before_the_file_that_lies_before_it(installation: Installation) -> None:
    told: list[str] = []

    async def note(work: Work, recorded: Recorded[Fact]) -> None:
        told.append(recorded.key)

    installation.trouble.obstacle = note
    keys, own = await a_file_and_a_fact(installation)
    async with installation.consuming():
        await each_once(installation, keys, own)
    assert len(told) == ROWS + 1
    assert told.index(str(own)) < ROWS / 2


async def test_who_reads_it_again_finds_what_was_applied_ahead_in_the_inbox(installation: Installation) -> None:
    keys, own = await a_file_and_a_fact(installation)
    gate = asyncio.Event()

    async def hold(work: Work, recorded: Recorded[Fact]) -> None:
        if recorded.sequence == ROWS // 2:
            await gate.wait()

    async def ahead() -> bool:
        return await numbers(installation, own) == [RIVALS]

    installation.trouble.obstacle = hold
    killed = Member(Consumer(installation.replica(), installation.settings))
    await installation.eventually(ahead, 30)
    assert await installation.value(NEXT) <= ROWS // 2
    killed.task.cancel()
    await killed.stop()
    gate.set()
    async with installation.consuming():
        await each_once(installation, keys, own)


async def test_what_waits_does_not_hold_up_a_rival_and_what_is_bad_parks_alone(installation: Installation) -> None:
    trouble: list[Exception] = [ConnectionResetError()]

    async def fail(work: Work, recorded: Recorded[Fact]) -> None:
        if recorded.sequence == 3:
            raise trouble[0]

    async def ahead() -> bool:
        return await numbers(installation, own) == [RIVALS]

    installation.trouble.obstacle = fail
    keys, own = await a_file_and_a_fact(installation)
    async with installation.consuming() as member:
        await installation.eventually(ahead, 30)
        assert await installation.value(NEXT) <= 3
        await installation.eventually(lambda: asyncio.sleep(0, bool(member.health.troubles)))
        trouble[0] = ValueError("bad for good")
        await applied(installation, ROWS + 1)
        assert not member.health.troubles
    assert await parked(installation, keys[3]) == [*range(3, ROWS, 10)], "it, and what follows on its key"
    assert await numbers(installation, keys[4]) == [*range(4, ROWS, 10)]


async def test_however_long_one_fact_waits_all_others_of_its_partition_go_on(installation: Installation) -> None:
    async def fail(work: Work, recorded: Recorded[Fact]) -> None:
        if recorded.sequence == ROWS:
            raise ConnectionResetError

    installation.trouble.obstacle = fail
    stuck, own = uuid4(), uuid4()
    log = [message(stuck, ROWS, parties=str(uuid4())), *(message(own, n, parties=str(uuid4())) for n in range(100))]
    await installation.produce([each | {"partition": 0} for each in log])

    async def all_others() -> bool:
        return await numbers(installation, own) == [*range(100)]

    async with installation.consuming() as member:
        await installation.eventually(all_others, 20)
        assert await installation.value(NEXT) == 0
        assert [*member.health.troubles], "and it is said"
        installation.trouble.obstacle = None
        await applied(installation, 101)


async def test_one_bad_fact_in_a_large_batch_takes_no_more_than_a_turn_at_a_time(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "_BEGIN_WITH", 1000)
    monkeypatch.setattr(attempts, "SECONDS", 0.0)

    async def fail(work: Work, recorded: Recorded[Fact]) -> None:
        if recorded.sequence == 50:
            raise ValueError("bad for good")

    installation.trouble.obstacle = fail
    await Consumer(installation.place, installation.settings).register()
    await a_file_and_a_fact(installation)
    records = await installation.log()
    held = Backlog(TopicPartition(records[0].topic, 0), 0, 1)
    held.add(records)
    lane = held.lanes[0]
    assert await attempts.Attempts(installation.place).apply(held, lane, held.turn(lane, ROWS)) == 1
    assert (held.stored, held.waiting[lane]) == (1, ROWS - 1)


async def test_who_has_applied_some_ahead_notices_that_all_is_built_anew(installation: Installation) -> None:
    """The offset alone does not tell: it was at the beginning before, too."""
    await Consumer(installation.place, installation.settings).register()
    await a_file_and_a_fact(installation)
    records = await installation.log()
    held = Backlog(TopicPartition(records[0].topic, 0), 0, 1)
    held.add(records)
    ahead = held.turn(held.lanes[1], 10)
    await applying.apply(installation.place, held.claim(ahead), ahead)
    held.applied(ahead)
    assert (await installation.value(NEXT), held.stored) == (0, 0)
    async with installation.work() as work:
        await handled.rebuild(work, [])
    rest = held.turn(held.lanes[0], ROWS)
    with pytest.raises(Fenced):
        await applying.apply(installation.place, held.claim(rest), rest)
    assert await installation.value(NEXT) == 0
