"""Handlers of different topics speak of the same new lots at once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from uuid_utils.compat import uuid7

from contracts import Fact, Recorded, contract_of
from quality_events.batches import intake
from quality_events.batches.statements import announce
from runtime.database import Context
from runtime.principal import worker


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
