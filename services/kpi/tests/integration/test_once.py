"""A test or a lot counts once in the second version of the formulas; the first still says what it said."""

from typing import Any
from uuid import uuid4

from contracts import Lot


async def both(kpi: Any, code: str, **parameters: Any) -> list[tuple[str, str]]:
    """Numerator and denominator by the first version and by the second."""
    found = []
    for version in (1, 2):
        [item] = await kpi.values(code, period="all", formula_version=version, **parameters)
        found.append((item["numerator"], item["denominator"]))
    return found


async def test_an_oos_that_is_amended_to_another_is_one_and_so_is_its_conclusion(
    kpi: Any, bus: Any, new_world: Any
) -> None:
    make = new_world()
    partner = {"partner": str(make.maker)}
    original = make.result("oos")
    first = original.results[0].result_id
    amended = make.result("oos", supersedes=first, lot=make.lot())  # another key: it may come first
    second = amended.results[0].result_id
    concluded = [make.oos_concluded(uuid4(), conclusion="invalidated", result_id=id) for id in (first, second)]
    await bus.publish(*concluded, amended, original, make.result("pass"))

    async def settled() -> bool:
        told = [await both(kpi, code, **partner) for code in ("oos_rate", "invalidated_oos_share")]
        return told == [[("2", "2"), ("1", "2")], [("2", "2"), ("1", "1")]]

    await kpi.eventually(settled)
    compared = (await kpi.client.post("/rebuilds", json={"compare": True})).json()
    assert compared["differences"] == []


async def test_goods_with_another_number_are_one_batch(kpi: Any, bus: Any, new_world: Any) -> None:
    make, id, other_id = new_world(), uuid4(), uuid4()
    partner, lot = {"partner": str(make.maker)}, make.lot()
    number = f"{lot.number}-A"
    other = lot.model_copy(update={"id": Lot.identify(lot.site_id, lot.material, number), "number": number})
    flaw = make.recorded(make.classified(uuid4(), other_id), sequence=2)
    await bus.publish(flaw, make.batch(batch_id=other_id, lot=other), make.batch(batch_id=id, lot=lot), make.batch())
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "2"), sample=3, **partner)
    joined = make.recorded(make.batch(batch_id=id, lot=lot, aliases=[number]), sequence=2)
    await bus.publish(joined)
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "1"), sample=2, **partner)
    assert await both(kpi, "right_first_time", **partner) == [("2", "3"), ("1", "2")]
    parted = make.recorded(make.batch(batch_id=id, lot=lot), sequence=3)
    await bus.publish(parted)
    await kpi.until("right_first_time", lambda item: bool(item["numerator"] == "2"), sample=3, **partner)
    compared = (await kpi.client.post("/rebuilds", json={"compare": True})).json()
    assert compared["differences"] == []
