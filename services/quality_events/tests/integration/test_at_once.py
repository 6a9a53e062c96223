"""Handlers of different topics speak of the same new lots at once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from contracts import Fact, Recorded, contract_of
from quality_events.batches import intake
from quality_events.batches.statements import announce
from quality_events.oos_investigations import commands as investigations
from quality_events.oot_investigations import commands as trends
from runtime.database import Context
from runtime.principal import worker
from runtime.work import Work

WAITING = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def recorded(fact: Any) -> Recorded[Any]:
    """A fact as the consumer hands it over."""
    contract = contract_of(type(fact))
    return Recorded(
        id=uuid7(),
        type=contract.type,
        source="/test",
        time=datetime.now(UTC),
        key=contract.key_of(fact),
        sequence=1,
        correlation_id="test",
        causation_id=None,
        traceparent=None,
        parties=(),
        fact=fact,
    )


async def test_lots_are_announced_once(world: Any, service: Any, database: Any) -> None:
    lots = [world.lot() for _ in range(100)]
    store = service.app.state.store

    async def start(facts: Sequence[Recorded[Fact]]) -> None:
        async with store.work(Context(worker("quality-events"))) as work:
            await intake.starts(work, facts)  # type: ignore[arg-type]

    async def hear_of() -> None:
        async with store.work(Context(worker("quality-events"))) as work:
            known = await announce(work, lots)
            assert len(known) == 100

    starts = [recorded(world.start(lot)) for lot in lots]
    amended = [recorded(world.start(lot, revision=2, on="2018-10")) for lot in reversed(lots)]
    await asyncio.gather(start(starts), hear_of(), start(amended))
    rows = await database.fetch("SELECT started_at, parties FROM batch WHERE site_id = $1", world.site)
    assert [row["started_at"] for row in rows] == ["2018-10"] * 100
    assert all(row["parties"] == [world.maker] for row in rows)


@pytest.mark.parametrize("trend_first", [True, False])
async def test_a_result_out_of_specification_and_of_trend_is_investigated_once(
    world: Any, service: Any, database: Any, bus: Any, trend_first: bool
) -> None:
    lot, result, store = world.lot(), uuid7(), service.app.state.store
    oos, oot = recorded(world.oos(lot, result=result)), recorded(world.oot(lot, result=result))

    async def out_of_trend(work: Work) -> None:
        await trends.follow(work, oot)

    async def out_of_specification(work: Work) -> None:
        await investigations.open(work, oos.fact, oos.time)
        await trends.give_way(work, result)

    async def told(step: Any) -> None:
        async with store.work(Context(worker("quality-events"))) as work:
            await step(work)

    async def waits() -> bool:
        return second.done() or bool(await database.fetchval(WAITING))

    steps = [out_of_trend, out_of_specification]
    one, other = steps if trend_first else reversed(steps)
    async with store.work(Context(worker("quality-events"))) as work:
        await one(work)
        await work.flush()
        second = asyncio.create_task(told(other))
        await bus.eventually(waits)
    await second
    state = "SELECT state FROM {} WHERE result_id = $1"
    assert await database.fetchval(state.format("oot_investigation"), result) == "withdrawn"
    assert await database.fetchval(state.format("oos_investigation"), result) == "phase_1"
