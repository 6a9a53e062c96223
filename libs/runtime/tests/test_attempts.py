"""A batch that fails: what works goes on, what fails alone waits by its key, and nobody waits long for another's."""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast

import asyncpg
import pytest
from aiokafka.structs import ConsumerRecord, TopicPartition

from runtime import applying, attempts, backlog
from runtime.applying import Place
from runtime.attempts import DIVIDED_AFTER, Attempts
from runtime.backlog import Backlog, Turns
from runtime.health import Health

HOUR = 3600.0


def logged(offset: int, lane: str, key: str = "") -> ConsumerRecord:
    headers = (("ce_parties", lane.encode()), ("ce_id", f"id-{offset}".encode()))
    return ConsumerRecord("t", 0, offset, 0, 0, (key or f"{lane}{offset}").encode(), b"{}", None, 1, 2, headers)


class Member:
    """Takes turns at one partition, without Kafka and without a database; its clock moves when something takes time."""

    def __init__(self) -> None:
        self.now, self.health, self.turns = 0.0, Health("x"), Turns()
        self.held = Backlog(TopicPartition("t", 0), 0, 1)
        self.attempts = Attempts(cast(Place, SimpleNamespace(service="x", health=self.health)))
        self.stuck: set[int] = set()
        self.error: Callable[[], Exception] = ConnectionResetError
        self.passes = 0.0
        """Seconds between two looks at the clock."""
        self.takes, self.waits = 0.01, 0.0
        """Seconds of what works, and of what does not."""
        self.tries: list[list[int]] = []
        self.done: list[int] = []

    def clock(self) -> float:
        self.now += self.passes
        return self.now

    async def _apply(self, place: Place, claim: Any, records: Iterable[ConsumerRecord]) -> None:
        offsets = [record.offset for record in records]
        self.tries.append(offsets)
        if self.stuck.intersection(offsets):
            self.now += self.waits
            raise self.error()
        self.now += self.takes
        self.done += offsets

    async def turn(self) -> bool:
        """One turn, or a tenth of a second in which there is none."""
        if turn := self.turns.next([self.held]):
            await self.attempts.apply(*turn)
        else:
            self.now += 0.1
        return turn is not None

    async def until(self, seconds: float) -> None:
        while self.now < seconds:
            await self.turn()


@pytest.fixture
def member(monkeypatch: pytest.MonkeyPatch) -> Member:
    made = Member()
    clock = SimpleNamespace(monotonic=made.clock)
    for module in (backlog, attempts):
        monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(applying, "apply", made._apply)
    return made


async def test_one_fact_waits_and_all_others_of_its_partner_go_on(member: Member) -> None:
    member.held.add([logged(offset, "a", "stuck" if offset in (40, 41) else "") for offset in range(100)])
    member.stuck = {40}
    await member.until(10)
    others = [offset for offset in range(100) if offset not in (40, 41)]
    assert sorted(member.done) == others
    assert [len(each) for each in member.tries[: DIVIDED_AFTER + 2]] == [100] * (DIVIDED_AFTER + 1) + [1]
    tried = len(member.tries)
    while len(member.tries) == tried:
        await member.turn()
    member.held.add([logged(offset, "a") for offset in range(100, 200)])
    await member.turn()
    assert sorted(member.done) == [*others, *range(100, 200)], "at once, and together"
    assert [*member.health.troubles] == ["t/0 of a"]
    assert member.health.troubles["t/0 of a"].reason == "waits at offset 40: ConnectionResetError:"
    member.stuck = set()
    await member.until(member.now + 60)
    assert (sorted(member.done), member.done.index(40) < member.done.index(41)) == ([*range(200)], True)
    assert (member.health.troubles, member.held.stored) == ({}, 200)


async def test_the_alert_and_the_count_of_a_fact_that_waits_do_not_fall_with_the_progress_of_others(
    member: Member,
) -> None:
    member.held.add([logged(offset, "a") for offset in range(100)])
    member.stuck, member.takes = {50, 99}, 0.04
    while not member.done:
        await member.turn()
    since, tried = member.health.troubles["t/0 of a"].since, len(member.tries)
    while 98 not in member.done:
        await member.turn()
        assert member.health.troubles["t/0 of a"].since == since, "it is still failing"
    assert {len(each) for each in member.tries[tried:]} == {1}, "the batch is not tried from the beginning again"
    await member.until(member.now + 60)
    assert member.health.troubles["t/0 of a"].since == since
    assert member.done == [offset for offset in range(99) if offset != 50]


async def test_a_hiccup_in_the_midst_of_a_divided_batch_lets_few_wait(member: Member) -> None:
    member.held.add([logged(offset, "a") for offset in range(100)])
    member.stuck = {*range(5, 100)}
    for _ in range(DIVIDED_AFTER + 1):
        assert await member.turn()
        member.now += 10
    assert (member.done, member.tries[DIVIDED_AFTER + 1 :]) == ([*range(5)], [[offset] for offset in range(7)])


async def test_however_slow_the_process_is_nothing_passes_by_what_failed_on_its_key(member: Member) -> None:
    """It may be frozen for longer than what failed was to rest."""
    member.held.add([logged(offset, "a", "same" if offset < 50 else "") for offset in range(100)])
    member.stuck, member.passes = {0}, 60.0
    for _ in range(100):
        await member.turn()
    assert sorted(member.done) == [*range(50, 100)]


async def test_a_divided_batch_has_no_more_than_a_turn_at_a_time(member: Member) -> None:
    member.held.add([logged(offset, "a") for offset in range(100)])
    member.stuck, member.takes = {99}, 0.04
    for _ in range(DIVIDED_AFTER):
        assert await member.turn()
        member.now += 10
    await member.turn()
    assert member.done == [0, 1, 2], "a tenth of a second"


async def test_what_meets_the_statement_timeout_takes_a_small_part_of_a_members_time(member: Member) -> None:
    """Sixty seconds each time, in which nobody else has a turn."""
    member.held.add([logged(offset, "a") for offset in range(50)])
    member.stuck, member.waits, member.error = {20}, 60.0, lambda: asyncpg.QueryCanceledError("statement timeout")
    await member.until(HOUR)
    assert sorted(member.done) == [offset for offset in range(50) if offset != 20]
    tried = [each for each in member.tries if 20 in each]
    assert [len(each) for each in tried[:2]] == [50, 1], "it is divided at once"
    assert 3 <= len(tried) <= 7, "it takes no more than some tenth, and is tried again and again"


async def test_when_the_database_is_back_nobody_waits_long_however_long_each_try_took(member: Member) -> None:
    member.held.add([logged(offset, f"partner{offset % 3}") for offset in range(90)])
    member.stuck, member.waits, member.error = {*range(90)}, 60.0, TimeoutError
    await member.until(HOUR)
    member.stuck = set()
    await member.until(member.now + 32)  # the longest rest, and what the facts take themselves
    assert sorted(member.done) == [*range(90)]
    assert member.health.troubles == {}


async def test_while_nothing_works_a_lane_rests_however_many_keys_it_has(member: Member) -> None:
    member.held.add([logged(offset, "a") for offset in range(1000)])
    member.stuck = {*range(1000)}
    await member.until(HOUR)
    assert len(member.tries) < HOUR / 5
    member.stuck = set()
    await member.until(member.now + 60)
    assert sorted(member.done) == [*range(1000)]


async def test_many_that_fail_alone_do_not_stop_the_lane(member: Member) -> None:
    member.held.add([logged(offset, "a") for offset in range(100)])
    member.stuck = {*range(0, 20)}
    await member.until(HOUR / 4)
    assert sorted(member.done) == [*range(20, 100)]
    before = member.now
    member.held.add([logged(100, "a")])
    while 100 not in member.done:
        await member.turn()
    assert member.now - before < 1


async def test_a_fact_that_is_stuck_before_more_than_is_held_does_not_stop_a_rival(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "MOST", 50)
    log = [logged(offset, "a", "stuck" if offset % 2 else "") for offset in range(300)] + [logged(300, "rival")]
    member.stuck = {1}
    while 300 not in member.done:
        if not member.held.full:
            member.held.add(log[:10])
            del log[:10]
        await member.turn()
        assert member.now < 60
    assert not {*range(0, 300, 2)} - {*member.done}, "nor another of the same partner's"


async def test_what_lost_its_place_does_not_wait_any_more(member: Member) -> None:
    member.held.add([logged(0, "a"), logged(1, "a")])
    member.stuck = {0}
    await member.turn()
    member.attempts.forget(TopicPartition("t", 1))
    assert [*member.health.troubles] == ["t/0 of a"]
    member.attempts.forget(TopicPartition("t", 0))
    assert member.health.troubles == {}
