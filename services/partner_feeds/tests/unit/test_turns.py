"""Whose turn it is."""

import asyncio
from contextlib import suppress
from uuid import UUID

from partner_feeds.attempts.turns import Turns

MANY, FEW, OTHER = (UUID(int=n) for n in range(3))


async def _asking(turns: Turns, gate: asyncio.Event, served: list[UUID], *partners: UUID) -> list[asyncio.Task[None]]:
    async def one(partner_id: UUID) -> None:
        async with turns.of(partner_id):
            served.append(partner_id)
            await gate.wait()

    tasks = []
    for partner_id in partners:
        tasks.append(asyncio.create_task(one(partner_id)))
        await asyncio.sleep(0)
    return tasks


async def test_who_asks_little_does_not_wait_for_all_of_who_asks_much() -> None:
    turns, gate, served = Turns(1), asyncio.Event(), list[UUID]()
    tasks = await _asking(turns, gate, served, *[MANY] * 5, FEW, OTHER, FEW)
    assert served == [MANY], "one at a time"
    gate.set()
    await asyncio.gather(*tasks)
    assert served == [MANY, MANY, FEW, OTHER, MANY, FEW, MANY, MANY]


async def test_as_many_at_once_as_there_are_places() -> None:
    turns, gate, served = Turns(2), asyncio.Event(), list[UUID]()
    tasks = await _asking(turns, gate, served, MANY, MANY, FEW)
    assert served == [MANY, MANY]
    gate.set()
    await asyncio.gather(*tasks)
    assert served == [MANY, MANY, FEW]


async def test_who_gives_up_leaves_its_turn_to_the_next() -> None:
    turns, gate, served = Turns(1), asyncio.Event(), list[UUID]()
    first, waiting, called, last = await _asking(turns, gate, served, MANY, FEW, OTHER, MANY)
    waiting.cancel()
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)  # the turn is given to the one that is cancelled now, before it could take it
    called.cancel()
    gate.set()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(first, waiting, called, last, return_exceptions=True)
    assert (served[0], served[-1]) == (MANY, MANY)
    again = await _asking(turns, gate, served, FEW)
    await asyncio.gather(*again)
    assert served[-1] == FEW
