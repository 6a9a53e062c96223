"""Lots that batch records name become inputs: in any order, twice, amended, and also where they cannot be right."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from contracts import Quantity
from contracts.batch_records import Use


async def test_what_records_name_goes_in_and_what_cannot_be_right_is_said(
    bus: Any, known: Any, found: Any, service: Any, eventually: Any
) -> None:
    parent, first, second = known.lot(f"G-{uuid4().hex[:6]}"), known.lot(), known.lot()

    def took(lot: Any, kilograms: int, **more: Any) -> Any:
        return known.used(lot, parent.material, parent.number, quantity=_kg(kilograms), **more)

    await bus.publish(took(first, 9, revision=2), took(first, 6), took(second, 5), took(second, 5))
    await bus.publish(known.used(first, "lactose", "L-7"), known.used(first, "lactose", "L-8", revision=2, record="x"))
    await bus.publish(known.used(first, "lactose", "L-9", record="x"))
    await bus.publish(known.used(first, first.material, first.number, use=Use.produced))
    await bus.publish(known.completion(parent, actual_quantity=_kg(13)))
    await found("batches", lot=parent.number, state="manufactured")
    path = f"/batches/{(await found('batches', lot=first.number))['id']}"

    async def inputs() -> Any:
        seen = (await service.client.get(f"{path}/genealogy")).json()["inputs"]
        return sorted(part["number"] for part in seen) == sorted([parent.number, "L-7", "L-8"]) and seen

    seen = await eventually(inputs)
    assert [bool(part["batch_id"]) for part in seen if part["number"] in ("L-7", "L-8")] == [False, False]
    uses = (await service.client.get(path)).json()["materials"]
    assert [
        (each["number"], each["use"], each["quantity"]["value"]) for each in uses if each["material"] != "lactose"
    ] == [*sorted([(parent.number, "consumed", "9"), (first.number, "produced", "1")])]

    def says_more(expected: bool) -> Any:
        async def look() -> bool:
            more = f"{parent.number}: more of it was consumed than was made"
            return (more in await _said(service, path)) == expected

        return look

    await eventually(says_more(True))
    await bus.publish(took(first, 8, revision=3))
    await eventually(says_more(False))
    assert "is not released for AT" in await _said(service, path)


async def _said(service: Any, path: str) -> str:
    market = (await service.client.get(f"{path}/readiness", params={"market": "AT"})).json()["markets"][0]
    return next(str(each["why"]) for each in market["conditions"] if each["name"] == "inputs_released")


def _kg(value: int) -> Quantity:
    return Quantity(value=Decimal(value), unit="kg")
