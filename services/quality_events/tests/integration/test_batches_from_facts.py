"""Batches from partners' reports: facts in, facts out, through Kafka."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from uuid_utils.compat import uuid7

from contracts import Quantity
from contracts.partner_feeds import MaterialLot, ProcessDataReported, ProcessValue
from contracts.quality_events import BatchManufactured, BatchStarted


async def test_a_batch_is_started_and_manufactured(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = world.lot()
    inputs = (MaterialLot(material="lactose", number="2"), MaterialLot(material="starch", number="1"))
    await bus.publish(world.start(lot, inputs=inputs))
    yields = (ProcessValue(name="tbl_yield", value=Decimal("95.785"), unit="%"),)
    await bus.publish(world.completion(lot, yield_percent=Decimal("94.697"), stage_yields=yields))

    made = (await eventually(_told(bus, BatchManufactured, lot)))[0]
    assert made.yield_percent == Decimal("94.697")
    assert made.completed_at is None
    assert made.occurred_at == "2018-12"
    started = (await bus.told(BatchStarted, lot=lot))[0]
    assert started.occurred_at == "2018-11"
    assert started.planned_quantity == Quantity(value=Decimal(240000), unit="{tablet}")

    listed = await found("batches", lot=lot.number, state="manufactured")
    assert (listed["started_at"], listed["completed_at"]) == ("2018-11", None)
    batch = (await service.client.get(f"/batches/{listed['id']}")).json()
    assert [(part["material"], part["number"]) for part in batch["inputs"]] == [("lactose", "2"), ("starch", "1")]
    assert batch["stage_yields"] == [{"name": "tbl_yield", "value": "95.785", "text": None, "unit": "%"}]
    assert batch["product"]["number"] == world.code


async def test_any_order_gives_the_same_batch(bus: Any, world: Any, found: Any, service: Any, eventually: Any) -> None:
    lot = world.lot()
    await bus.publish(world.process(lot, force=Decimal("4.2554"), weekend="no"))
    announced = await found("batches", lot=lot.number)
    assert announced["state"] == "announced"
    await bus.publish(world.completion(lot, completed_at=date(2018, 12, 3)))
    await eventually(_told(bus, BatchManufactured, lot))
    await bus.publish(world.start(lot, on=datetime(2018, 11, 5, 6, 30, tzinfo=UTC)))
    await eventually(_told(bus, BatchStarted, lot))
    batch = (await service.client.get(f"/batches/{announced['id']}")).json()
    assert (batch["state"], batch["started_at"]) == ("manufactured", "2018-11-05T06:30:00Z")
    assert batch["completed_at"] == "2018-12-03"
    assert batch["process"][0]["values"] == [
        {"name": "force", "value": "4.2554", "text": None, "unit": None},
        {"name": "weekend", "value": None, "text": "no", "unit": None},
    ]
    assert len(bus.of(BatchStarted, lot=lot)) == len(bus.of(BatchManufactured, lot=lot)) == 1


async def test_a_duplicate_changes_nothing_and_an_amendment_keeps_the_old(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any, database: Any
) -> None:
    lot = world.lot()
    (event_id,) = await bus.publish(world.completion(lot, yield_percent=Decimal("90.1")))
    await bus.publish(world.completion(lot, yield_percent=Decimal("90.1")), id=event_id)
    await bus.publish(world.completion(lot, yield_percent=Decimal("90.1")))
    await bus.publish(world.completion(lot, revision=2, yield_percent=Decimal("97.2")))
    await bus.publish(world.completion(lot, revision=1, yield_percent=Decimal("11.1")))
    await bus.publish(world.process(lot, force=Decimal(1), speed=Decimal(2)))
    await bus.publish(world.process(lot, revision=2, force=Decimal(3)))

    async def amended() -> bool:
        record = (await service.client.get("/batches", params={"lot": lot.number})).json()["items"]
        return bool(record) and await _values(service, record[0]["id"]) == ["3"]

    await eventually(amended)
    told = [made.yield_percent for made in await bus.told(BatchManufactured, 2, lot=lot)]
    assert told == [Decimal("90.1"), Decimal("97.2")]
    batch = await found("batches", lot=lot.number)
    assert batch["yield_percent"] == "97.2"
    before = await database.fetchval(
        "SELECT old ->> 'yield_percent' FROM audit WHERE record_id = $1 AND new ->> 'yield_percent' = '97.2'",
        batch["id"],
    )
    assert before == "90.1"


async def test_another_source_fills_in_and_overwrites_nothing(
    bus: Any, world: Any, found: Any, eventually: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.start(lot, planned=None))
    await bus.publish(world.start(lot, on="2019-01", feed=uuid7(), planned=Quantity(value=Decimal(5), unit="kg")))
    await eventually(lambda: _planned(bus, lot))
    batch = await found("batches", lot=lot.number)
    assert batch["started_at"] == "2018-11"
    assert batch["planned_quantity"] == {"value": "5", "unit": "kg"}


async def test_the_genealogy_leads_both_ways(bus: Any, world: Any, found: Any, service: Any, eventually: Any) -> None:
    granulate = world.lot(material=f"granulate-{uuid4().hex[:6]}")
    tablets = world.lot()
    await bus.publish(world.start(granulate, inputs=(MaterialLot(material="lactose", number="7"),)))
    part = MaterialLot(material=granulate.material, number=granulate.number)
    await bus.publish(world.start(tablets, inputs=(part,)))
    above, below = await found("batches", lot=tablets.number), await found("batches", lot=granulate.number)

    async def linked() -> bool:
        seen = (await service.client.get(f"/batches/{above['id']}/genealogy")).json()
        return [part["batch_id"] for part in seen["inputs"]] == [below["id"]]

    await eventually(linked)
    seen = (await service.client.get(f"/batches/{below['id']}/genealogy")).json()
    assert [batch["id"] for batch in seen["used_in"]] == [above["id"]]
    assert [(part["material"], part["batch_id"]) for part in seen["inputs"]] == [("lactose", None)]
    users = await service.client.get("/batches", params={"input_lot_id": str(granulate.id)})
    assert [batch["id"] for batch in users.json()["items"]] == [above["id"]]


async def test_lists_filter_by_start_and_know_names(bus: Any, world: Any, found: Any, service: Any) -> None:
    for fact in world.registered():
        await bus.publish(fact)
    early, late = world.lot(), world.lot()
    await bus.publish(world.start(early, on=date(2020, 2, 10)))
    await bus.publish(world.start(late, on="2020-03"))
    await found("batches", lot=late.number, state="in_process")
    batch = await found("batches", lot=early.number, site_id=world.site, **{"from": "2020-02-10", "to": "2020-02-29"})
    assert batch["number"] == early.number
    later = await found("batches", site_id=world.site, **{"from": "2020-03-01"})
    assert later["number"] == late.number
    both = (await service.client.get("/batches", params={"partner_id": str(world.maker), "limit": 1})).json()
    assert len(both["items"]) == 1
    assert both["next"]


def _told(bus: Any, model: Any, lot: Any) -> Any:
    async def look() -> Any:
        return bus.of(model, lot=lot)

    return look


async def _planned(bus: Any, lot: Any) -> bool:
    return any(started.planned_quantity for started in bus.of(BatchStarted, lot=lot))


async def _values(service: Any, batch_id: Any) -> list[str]:
    steps = (await service.client.get(f"/batches/{batch_id}")).json()["process"]
    return [value["value"] for step in steps for value in step["values"]]


async def test_an_amended_start_without_inputs_has_none(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = world.lot()
    await bus.publish(world.start(lot, inputs=(MaterialLot(material="lactose", number="11"),)))
    batch = await found("batches", lot=lot.number)
    assert (await service.client.get(f"/batches/{batch['id']}")).json()["inputs"]
    await bus.publish(world.start(lot, on="2018-10", revision=2, inputs=()))

    async def amended() -> Any:
        detail = (await service.client.get(f"/batches/{batch['id']}")).json()
        return detail if detail["started_at"] == "2018-10" else None

    assert (await eventually(amended))["inputs"] == []


async def test_a_step_amended_to_another_name_stands_once(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lot = world.lot()
    for revision, step in enumerate(("compresion", "compression"), 1):
        values = (ProcessValue(name="force", value=Decimal(revision)),)
        told = world.reported(f"{lot.number}/press", revision)
        await bus.publish(ProcessDataReported(lot=lot, step=step, values=values, occurred_at="2018-11", **told))
    batch = await found("batches", lot=lot.number)

    async def steps() -> list[str]:
        detail = (await service.client.get(f"/batches/{batch['id']}")).json()
        names = [each["step"] for each in detail["process"]]
        return names if "compression" in names else []

    assert await eventually(steps) == ["compression"]
