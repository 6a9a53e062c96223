"""A member that can do nothing for now neither stands still for ever nor takes the processor for it."""

import asyncio
import time
from collections.abc import Coroutine
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from aiokafka.structs import ConsumerRecord, TopicPartition

from contracts import PARTITIONS, Fact, Recorded
from notes.installation import Installation, message
from notes.parked import applied
from notes.releases import PARTNERS, changed
from runtime import backlog, consumer
from runtime.backlog import Backlog, Turns
from runtime.consumer import Consumer
from runtime.work import Work


async def test_a_fetcher_that_died_is_said_and_the_consumer_made_anew(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "STALLED_AFTER", 1.0)
    monkeypatch.setattr(consumer, "LOOK_EVERY", 0.1)
    async with installation.consuming() as member:
        await installation.produce([message(uuid4(), 0)])
        await applied(installation, 1)
        troubles = member.health.troubles
        before = member.consumer._consumer
        before._fetcher._fetch_task.cancel()
        produced = 1

        async def said() -> bool:  # what was asked for before still comes
            nonlocal produced
            await installation.produce([message(uuid4(), produced)])
            produced += 1
            return "fetching" in troubles

        await installation.eventually(said, 20)
        assert troubles["fetching"].reason == "nothing comes from Kafka; the consumer is made anew"
        await applied(installation, produced)
        assert member.consumer._consumer is not before
        await installation.eventually(lambda: asyncio.sleep(0, "fetching" not in troubles), 20)


async def test_while_all_partitions_are_full_and_wait_the_processor_is_free(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rounds of the poll are counted by their looks for a turn."""
    monkeypatch.setattr(backlog, "MOST", 3)
    rounds = tries = 0
    find = Turns.next

    def look(self: Turns, backlogs: list[backlog.Backlog]) -> object:
        nonlocal rounds
        rounds += 1
        return find(self, backlogs)

    async def fail(work: Work, recorded: Recorded[Fact]) -> None:
        nonlocal tries
        tries += 1
        raise ConnectionResetError

    monkeypatch.setattr(Turns, "next", look)
    installation.trouble.obstacle = fail
    log = [message(uuid4(), number) | {"partition": number % PARTITIONS} for number in range(3 * PARTITIONS)]
    others = [changed(uuid4(), number) | {"partition": number % PARTITIONS} for number in range(3 * PARTITIONS)]
    await installation.produce(log)
    await installation.produce(others, PARTNERS)
    async with installation.consuming():
        await installation.eventually(lambda: asyncio.sleep(0, tries >= 2 * PARTITIONS), 30)
        rounds, began = 0, time.monotonic()
        await installation.eventually(lambda: asyncio.sleep(0, tries >= 10 * PARTITIONS), 30)
        assert rounds / (time.monotonic() - began) < 50
        installation.trouble.obstacle = None
        await applied(installation, len(log))


@pytest.mark.parametrize("full", [False, True])
async def test_while_what_waits_rests_a_member_waits_for_what_comes_and_others_have_their_turn(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, full: bool
) -> None:
    """A lane has records, and all of them lie behind one of their key that rests."""
    partition, rounds, asked, beats = TopicPartition("t", 0), 20, list[float](), list[int]()
    headers = [(("ce_parties", lane.encode()),) for lane in ("maker", "laboratory,maker")]
    log = [ConsumerRecord("t", 0, n, 0, 0, b"lot", b"{}", None, 1, 2, each) for n, each in enumerate(headers)]
    monkeypatch.setattr(backlog, "MOST", 2 if full else 5)
    held, stopping = Backlog(partition, 0, 1), asyncio.Event()
    held.add(log)
    held.rest("maker", 60)

    def count(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == rounds:
            stopping.set()

    async def getmany(*_: Any, timeout_ms: int, **__: Any) -> dict[Any, Any]:
        count(timeout_ms / 1000)
        return {}

    async def sleep(seconds: float, real: Any = asyncio.sleep) -> None:
        if seconds:
            count(seconds)
        await real(0)

    async def at_once(coroutine: Coroutine[Any, Any, Any], _: float) -> Any:  # as from Python 3.12 on
        return await coroutine

    async def well() -> bool:
        return False

    async def beat(real: Any = asyncio.sleep) -> None:
        while not stopping.is_set():
            beats.append(len(asked))
            await real(0)

    member = Consumer(installation.place, installation.settings)
    member._backlogs = {partition: held}
    member._consumer = SimpleNamespace(assignment=lambda: frozenset({partition}), getmany=getmany)
    monkeypatch.setattr(member, "_is_stalled", well)
    monkeypatch.setattr(consumer, "asyncio", SimpleNamespace(sleep=sleep, wait_for=at_once))
    beating = asyncio.create_task(beat())
    await asyncio.wait_for(member._poll(stopping), 20)
    await beating
    assert asked == [0.1] * rounds
    assert len({*beats}) >= rounds - 1, "once a round"
