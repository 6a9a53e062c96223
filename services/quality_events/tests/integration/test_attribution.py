"""The audit names the fact, and the partner's message, behind what was not done by a person."""

from decimal import Decimal
from itertools import chain
from typing import Any

from uuid_utils.compat import uuid7

from contracts import clock
from contracts.partner_feeds import MaterialLot


async def behind(service: Any, record: str) -> dict[str, list[str]]:
    """By part the facts that the audit names, in their order."""
    found: dict[str, list[str]] = {}
    for entry in (await service.client.get(f"/audit/{record}", params={"limit": 500})).json()["items"]:
        assert entry["actor"] == "service:quality-events"
        causes = entry["cause"].split(", ")  # one row may be written once for what several reports say of it
        assert entry["correlation_id"] == ", ".join(f"message of {cause}" for cause in causes)
        found.setdefault(entry["part"], []).extend(causes)
    return found


async def test_each_row_of_a_batch_names_its_own_report(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    """Two batches' reports are applied together; what one amends later is known by the amendment."""
    first, second = world.lot(), world.lot()
    told: list[str] = []
    for fact in (
        world.start(first, inputs=(MaterialLot(material="lactose", number="1"),)),
        world.start(second, inputs=(MaterialLot(material="lactose", number="1"),)),
        world.process(first, force=Decimal(1)),
        world.process(first, revision=2, force=Decimal(2)),
        world.completion(first),
    ):
        event = uuid7()
        told += map(str, await bus.publish(fact, id=event, correlationid=f"message of {event}"))
    of_first, of_second, step, amended, completion = told
    made = await found("batches", lot=first.number, state="manufactured")
    other = await found("batches", lot=second.number)

    async def all_told() -> dict[str, list[str]] | None:
        parts = await behind(service, made["id"])
        return parts if amended in parts.get("process_step", ()) else None

    parts = await eventually(all_told)
    assert parts["batch_input"] == [of_first]
    assert parts["process_step"] in ([step, amended], [amended]), "applied apart, or together"
    assert {of_first, completion} <= {*parts["batch"]} <= {of_first, step, amended, completion}
    assert {*chain(*(await behind(service, other["id"])).values())} == {of_second}


async def test_a_deviation_and_what_is_made_for_it_name_its_report(
    bus: Any, world: Any, found: Any, service: Any
) -> None:
    event, lot = uuid7(), world.lot()
    await bus.publish(world.deviation(lot), id=event, correlationid=f"message of {event}")
    batch = await found("batches", lot=lot.number)
    deviation = await found("deviations", batch_id=batch["id"])
    for record in (deviation["id"], batch["id"]):
        assert {*chain(*(await behind(service, record)).values())} == {str(event)}


async def test_each_lot_of_a_deviation_names_the_report_by_which_it_became_a_batch(
    bus: Any, world: Any, found: Any, service: Any, eventually: Any
) -> None:
    lots = [world.lot(product=None, material="lactose") for _ in range(20)]
    # Known just now: one that is overdue is changed by the timer besides, and no report is behind that.
    await bus.publish(world.deviation(*lots, partner_aware_at=clock.now()))
    deviation = await found("deviations", partner_id=world.maker)
    events = {lot.number: uuid7() for lot in lots}
    for lot in lots:
        event = events[lot.number]
        await bus.publish(world.process(lot, force=Decimal(1)), id=event, correlationid=f"message of {event}")

    async def joined() -> bool:
        read = (await service.client.get(f"/deviations/{deviation['id']}")).json()
        return all(lot["batch_id"] for lot in read["lots"])

    await eventually(joined)
    entries = (await service.client.get(f"/audit/{deviation['id']}", params={"limit": 500})).json()["items"]
    changed = [entry for entry in entries if entry["done"] == "changed"]
    assert sorted(entry["cause"] for entry in changed if entry["part"] == "deviation_lot") == sorted(
        str(event) for event in events.values()
    )
    assert all(entry["cause"] and entry["correlation_id"] for entry in changed)
