"""All who lock several batches do so in one order: none of two ends as a deadlock's victim."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts import Quantity
from quality_events.batches import intake, statements
from quality_events.batches.locking import decide_alone
from quality_events.consumers import subscriptions
from runtime.database import Context
from runtime.principal import worker
from tests.releasing import decision, disposition, qualified, settled, stated, usual
from tests.world import site_registered

from .test_at_once import recorded
from .test_hold_proposals import SUSPENDED, made
from .test_taken_over import sold

WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


async def test_a_decision_and_what_is_told_of_its_inputs_wait_for_each_other_in_one_order(
    bus: Any, known: Any, service: Any, found: Any, database: Any
) -> None:
    # The parent was made here first, and its lot's id is the higher one.
    child, parent = sorted((known.lot(), known.lot()), key=lambda lot: lot.id)
    amount = {"actual_quantity": Quantity(value=Decimal(9), unit="{tablet}")}
    ids = []
    for lot in (parent, child):
        await bus.publish(known.start(lot), known.completion(lot, **amount))
        ids.append((await found("batches", lot=lot.number, state="manufactured"))["id"])
    above, below = ids
    portion = {"batch_id": above, "quantity": {"value": "1", "unit": "{tablet}"}}
    await service.client.done(f"/batches/{below}/parents", {"kind": "packed", "parents": [portion]})
    await service.client.done(f"/batches/{below}/intent", {"markets": ["US"]})
    path = await disposition(service.client, below, "US")
    body = await decision(service.client, below, "US")

    async def told() -> None:
        completions = [recorded(known.completion(lot, revision=2, **amount)) for lot in (child, parent)]
        async with service.app.state.store.work(Context(worker("quality-events"))) as work:
            await intake.completions(work, completions)

    async def waiting(count: int) -> Any:
        return (await database.fetchval(WAITING)) >= count or None

    async with database.transaction():
        await database.execute("SELECT FROM batch WHERE id = $1 FOR UPDATE", UUID(above))
        decided = asyncio.create_task(service.client.post(f"{path}/rejection", json=body))
        await bus.eventually(lambda: waiting(1))
        report = asyncio.create_task(told())
        await bus.eventually(lambda: waiting(2))
    answer, _ = await asyncio.wait_for(asyncio.gather(decided, report), 30)
    assert answer.status_code == 200, answer.text


async def test_who_announces_lots_holds_none_that_there_was_before(
    bus: Any, known: Any, service: Any, found: Any, database: Any
) -> None:
    there, new = known.lot(), known.lot()
    await bus.publish(known.start(there))
    await found("batches", lot=there.number, state="in_process")

    async def told() -> None:
        completions = [recorded(known.completion(lot)) for lot in (there, new)]
        async with service.app.state.store.work(Context(worker("quality-events"))) as work:
            await intake.completions(work, completions)

    async def waiting() -> Any:
        return (await database.fetchval(WAITING)) >= 1 or None

    async with service.app.state.store.work(Context(worker("quality-events"))) as other:
        await intake.starts(other, [recorded(known.start(new))])
        report = asyncio.create_task(told())
        await bus.eventually(waiting)
        await other.connection.execute("SELECT FROM batch WHERE lot_id = $1 FOR UPDATE", there.id)
    await asyncio.wait_for(report, 30)
    for lot in (there, new):
        await found("batches", lot=lot.number, state="manufactured")


async def test_a_release_and_a_suspension_of_its_site_wait_for_each_other_in_one_order(
    bus: Any, known: Any, service: Any, found: Any, database: Any
) -> None:
    facts = usual(known, "US")
    await bus.publish(*facts)
    (own,) = [each for each in facts if getattr(each, "activity", "") == "drug_product"]
    first, second = sorted([(await made(bus, known, service, found))[0] for _ in range(2)])
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, second, "US")
        await settled(bus, quality, second, "US")
    path = await disposition(service.client, second, "US")
    body = await decision(service.client, second, "US")

    async def waiting(count: int) -> Any:
        return (await database.fetchval(WAITING)) >= count or None

    more = SUSPENDED | {"qualification_id": own.qualification_id, "occurred_at": "2018-12-20T12:00:00Z"}
    async with database.transaction():
        await database.execute("SELECT FROM batch WHERE id = $1 FOR UPDATE", UUID(first))
        await bus.publish(qualified(known, known.site, "drug_product", **more))
        await bus.eventually(lambda: waiting(1))
        decided = asyncio.create_task(service.client.post(f"{path}/release", json=body))
        await bus.eventually(lambda: waiting(2))
    answer = await asyncio.wait_for(decided, 60)
    assert (answer.status_code, answer.json()["fields"]) == (409, ["readiness_digest"]), "it read the suspension"
    asked = await found("hold-proposals", batch_id=second)
    body = await decision(service.client, second, "US", weighed=[asked["number"]])
    again = await service.client.post(f"{path}/release", json=body)
    assert again.status_code == 200, again.text


async def test_who_is_told_of_a_site_and_of_its_sale_holds_no_lots_while_a_decision_is_taken(
    bus: Any, known: Any, service: Any, database: Any
) -> None:
    facts = [recorded(each) for each in (site_registered(known.site, known.maker), sold(known, uuid4()))]

    async def told() -> None:
        async with service.app.state.store.work(Context(worker("quality-events"))) as work:
            await subscriptions.handle(work, facts)

    async def waiting() -> Any:
        return (await database.fetchval(WAITING)) >= 1 or None

    async with service.app.state.store.work(Context(worker("quality-events"))) as other:
        await decide_alone(other)
        report = asyncio.create_task(told())
        await bus.eventually(waiting)
        await statements.alone(other)
    await asyncio.wait_for(report, 30)
