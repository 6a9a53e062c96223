"""Transactions of several partitions and topics at once: nobody waits in a circle, nothing is lost or counted twice."""

import asyncio
import random
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from kpi.consumers import subscriptions


async def handle(kpi: Any, *facts: Any) -> None:
    """What the consumer does with one partition's batch."""
    place = kpi.running.app.state.place
    async with place.store.work(place.context()) as work:
        await subscriptions.handle(work, facts)


WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def handle_before_commit(kpi: Any, database: Any, first: Any, second: Any) -> None:
    """Handle a fact while another is handled and not committed: until it waits for that, or is done without it."""
    place = kpi.running.app.state.place
    async with place.store.work(place.context()) as work:
        await subscriptions.handle(work, [first])
        handling = asyncio.create_task(handle(kpi, second))

        async def waits() -> bool:
            return handling.done() or bool(await database.fetchval(WAITS))

        await kpi.eventually(waits)
    await handling


async def agrees(kpi: Any) -> bool:
    """Whether the kept buckets are those of the facts."""
    compared = (await kpi.client.post("/rebuilds", json={"compare": True})).json()
    return bool(compared["differences"] == [] and compared["buckets"])


async def test_partitions_that_share_buckets_add_up(kpi: Any, new_world: Any) -> None:
    makes = [new_world() for _ in range(4)]
    batches = []
    for _ in range(12):
        facts = [make.recorded(make.result(random.choice(["pass", "oos"]))) for make in makes for _ in range(25)]
        batches.append(random.sample(facts, len(facts)))
    await asyncio.gather(*(handle(kpi, *batch) for batch in batches))
    for make in makes:
        [item] = await kpi.values("oos_rate", partner=make.maker, period="all")
        assert item["sample"] == 12 * 25
    assert await agrees(kpi)


@pytest.mark.parametrize("flaw_first", [False, True])
async def test_a_batch_and_its_flaw_know_of_each_other(
    kpi: Any, new_world: Any, database: Any, flaw_first: bool
) -> None:
    make, batch = new_world(), uuid4()
    made, flaw = make.recorded(make.batch(batch_id=batch)), make.recorded(make.classified(uuid4(), batch))
    await handle_before_commit(kpi, database, *((flaw, made) if flaw_first else (made, flaw)))
    [item] = await kpi.values("right_first_time", partner=make.maker, period="all")
    assert (item["numerator"], item["denominator"]) == ("0", "1")


@pytest.mark.parametrize("amendment_first", [False, True])
async def test_a_result_and_its_amendment_know_of_each_other(
    kpi: Any, new_world: Any, database: Any, amendment_first: bool
) -> None:
    make = new_world()
    result = make.result("oos")
    facts = [make.recorded(result), make.recorded(make.result("pass", supersedes=result.results[0].result_id))]
    await handle_before_commit(kpi, database, *(reversed(facts) if amendment_first else facts))
    [item] = await kpi.values("oos_rate", partner=make.maker, period="all")
    assert (item["numerator"], item["denominator"]) == ("1", "1")


async def test_batches_and_their_flaws_at_once_give_the_same_as_one_after_another(kpi: Any, new_world: Any) -> None:
    make, batches = new_world(), [uuid4() for _ in range(40)]
    made = [[make.recorded(make.batch(batch_id=id)) for id in batches[n::4]] for n in range(4)]
    flaws = [
        [
            make.recorded(make.raised(deviation, *batches[n : n + 2])),
            make.recorded(make.classified(deviation, *batches[n : n + 2]), sequence=2),
            make.recorded(make.closed(deviation, *batches[n : n + 2], to="minor" if n % 3 else "major"), sequence=3),
        ]
        for n, deviation in enumerate(uuid4() for _ in range(12))
    ]
    work = [*made, *flaws]
    await asyncio.gather(*(handle(kpi, *facts) for facts in random.sample(work, len(work))))
    flawed = {n + more for n in range(0, 12, 3) for more in (0, 1)}
    [item] = await kpi.values("right_first_time", partner=make.maker, period="all")
    assert Decimal(item["value"]) == Decimal(40 - len(flawed)) / 40
    assert await agrees(kpi)


async def test_a_result_and_its_amendment_at_once(kpi: Any, new_world: Any) -> None:
    make = new_world()
    originals = [make.result("oos") for _ in range(10)]
    amended = [make.result("pass", supersedes=original.results[0].result_id) for original in originals]
    facts = [make.recorded(fact) for fact in (*originals, *amended)]
    await asyncio.gather(*(handle(kpi, fact) for fact in random.sample(facts, len(facts))))
    [item] = await kpi.values("oos_rate", partner=make.maker, period="all")
    assert (item["numerator"], item["denominator"]) == ("10", "10")


async def test_amendments_among_other_facts_do_not_wait_for_one_another(kpi: Any, new_world: Any) -> None:
    """Each transaction has results before and after a fact of another kind, and only the last is an amendment."""
    makes = [new_world() for _ in range(6)]
    originals = [make.result("oos") for make in makes]
    work = [
        [
            make.recorded(fact)
            for fact in (original, registered, make.result("pass", supersedes=original.results[0].result_id))
        ]
        for make, original in zip(makes, originals, strict=True)
        for registered in make.registered()[:1]
    ]
    await asyncio.gather(*(handle(kpi, *facts) for facts in work))
    for make in makes:
        [item] = await kpi.values("oos_rate", partner=make.maker, period="all")
        assert (item["numerator"], item["denominator"]) == ("1", "1")


async def test_without_the_inbox_the_ledger_knows_what_it_has_entered(kpi: Any, new_world: Any) -> None:
    make, deviation, batch = new_world(), uuid4(), uuid4()
    story = [
        make.recorded(make.batch(batch_id=batch)),
        make.recorded(make.raised(deviation, batch)),
        make.recorded(make.classified(deviation, batch), sequence=2),
        make.recorded(make.closed(deviation, batch, to="major"), sequence=3),
    ]
    for fact in [*story, *story, *random.choices(story, k=4)]:
        await handle(kpi, fact)
    [item] = await kpi.values("right_first_time", partner=make.maker, period="all")
    assert (item["numerator"], item["denominator"]) == ("0", "1")
    [closure] = await kpi.values("deviation_closure_days", partner=make.maker, period="all")
    assert (closure["sample"], closure["open"]["count"]) == (1, 0)
    assert await agrees(kpi)
