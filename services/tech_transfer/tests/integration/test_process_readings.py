"""What makers report of the process: judged for lots that a transfer names, before and after it does, in any order."""

from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Lot
from contracts.transfer_design import CppOutOfRange, CppOutOfRangeLifted
from services.tech_transfer.tests.designing import CPP, reported, watched
from tests.qualifying_batches import ASSAY, PARAMETERS, made
from tests.world import handled


async def parameter(service: Any, transfer: Any, code: str = "CPP-1", **more: Any) -> Any:
    """A process parameter of a transfer."""
    return await service.client.done("/cpps", CPP | more | {"transfer_id": transfer["id"], "code": code})


async def readings(service: Any, transfer: Any, **more: Any) -> list[dict[str, Any]]:
    """How batches of a transfer stand to its parameters."""
    answer = await service.client.get("/process-readings", params={"transfer_id": transfer["id"]} | more)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_data_that_come_first_are_judged_when_the_lot_is_named(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer, lot = await started(), known.lot()
    cpp = await parameter(service, transfer)
    await handled(bus, database, reported(lot, "15.2"))
    assert await readings(service, transfer) == []
    await watched(service, transfer["id"], lot)
    await watched(service, transfer["id"], lot)
    (fact,) = await bus.told(CppOutOfRange, transfer_id=UUID(transfer["id"]))
    assert (fact.cpp, str(fact.outside[0].value), fact.lot, str(fact.upper)) == ("CPP-1", "15.2", lot, "15")
    (one,) = await readings(service, transfer, state="outside")
    assert (one["cpp_id"], one["lot_number"], one["values"][0]["value"]) == (cpp["id"], lot.number, "15.2")
    async with service.as_("partner_quality", partner_id=known.maker) as receiver:
        assert (await receiver.get(f"/process-readings/{one['id']}")).json()["why"] == one["why"]
        history = (await receiver.get(f"/process-readings/{one['id']}/history")).json()["items"]
        assert [told["type"] for each in history for told in each["facts"]] == ["io.entente.CppOutOfRange.v1"]
    for stranger in (known.sender, uuid4()):
        async with service.as_("partner_quality", partner_id=stranger) as other:
            assert (await other.get(f"/process-readings/{one['id']}")).status_code == 404
            assert (await other.get("/process-readings", params={"count": True})).json()["items"] == []
    (recorded,) = [each for each in bus.heard if each.fact == fact]
    assert recorded.parties == (known.maker,), "the sending unit is told nothing of it"


async def test_amended_data_and_revised_ranges_lift_it(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer, lot = await started(), known.lot()
    mine = {"transfer_id": UUID(transfer["id"])}
    await watched(service, transfer["id"], lot)
    cpp = await parameter(service, transfer)
    assert [each["state"] for each in await readings(service, transfer)] == ["not_reported"]
    await handled(bus, database, reported(lot, "16"))
    await handled(bus, database, reported(lot, "14", revision=2))
    await bus.told(CppOutOfRange, **mine)
    (lifted,) = await bus.told(CppOutOfRangeLifted, **mine)
    assert (lifted.verdict, lifted.why) == ("inside", "it is inside of 9 to 15 kN")
    await handled(bus, database, reported(lot, "16", revision=1))
    assert [each["state"] for each in await readings(service, transfer)] == ["inside"], "a late first revision"
    narrower = CPP | {"proven_upper": "13.5", "reason": "seen in development"}
    await service.client.done(f"/cpps/{cpp['id']}/revision", narrower)
    told = await bus.told(CppOutOfRange, 2, **mine)
    assert (told[1].cpp_revision, str(told[1].upper), told[1].outside[0].record_revision) == (2, "13.5", 2)
    await service.client.done(f"/cpps/{cpp['id']}/withdrawal", {"reason": "not critical"})
    assert (await bus.told(CppOutOfRangeLifted, 2, **mine))[1].verdict == "not_asked"


async def test_a_batch_conforms_by_what_its_maker_reported_and_not_while_that_is_outside(
    service: Any, known: Any, started: Any
) -> None:
    transfer, lot = await started(), known.lot()
    await parameter(service, transfer)
    await service.tell(reported(lot, "16"), *made(lot))
    named = {"transfer_id": transfer["id"], "kind": "engineering", "lot": lot.number, "strength": "10 mg"}
    batch = await service.client.done("/transfer-batches", named | {"scale": "200 kg", "limits": [ASSAY]})
    outside = "CPP-1 was reported outside of its proven acceptable range"
    assert (batch["state"], batch["why"]) == ("failed", [outside])
    stated = await service.client.done(f"/transfer-batches/{batch['id']}/parameters", PARAMETERS)
    assert stated["why"] == [outside], "whatever was stated"
    await service.tell(reported(lot, "14", revision=2))
    assert (await service.client.get(f"/transfer-batches/{batch['id']}")).json()["state"] == "conforming"
    (cpp,) = (await service.client.get("/cpps", params={"transfer_id": transfer["id"]})).json()["items"]
    narrower = CPP | {"proven_upper": "13.5", "reason": "seen in development"}
    await service.client.done(f"/cpps/{cpp['id']}/revision", narrower)
    assert (await service.client.get(f"/transfer-batches/{batch['id']}")).json()["state"] == "failed"


async def test_what_is_not_comparable_is_said_to_be_unjudged(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer, lot = await started(), known.lot()
    await parameter(service, transfer)
    await watched(service, transfer["id"], lot)
    await handled(bus, database, reported(lot, "12", unit=None))
    (one,) = await readings(service, transfer)
    assert (one["state"], one["why"]) == ("unjudged", "12 has no unit: its source states none")
    of_another = known.lot()
    await handled(bus, database, reported(of_another, "12", revision=2))
    (one,) = await readings(service, transfer)
    assert one["state"] == "not_reported", "the record was of another lot"


@pytest.mark.parametrize("order", [*permutations(range(4))][::5])
async def test_in_any_order_the_same(
    service: Any, known: Any, started: Any, bus: Any, database: Any, order: tuple[int, ...]
) -> None:
    """Two records of a lot, of which one is amended, and that the lot is named."""
    transfer, lot = await started(), known.lot()
    await parameter(service, transfer)
    facts = [reported(lot, "16"), reported(lot, "12", revision=2), reported(lot, "8", record="PO-1/press-2")]
    for place in order:
        if place == 3:
            await watched(service, transfer["id"], lot)
        else:
            await handled(bus, database, facts[place])
    (one,) = await readings(service, transfer)
    assert (one["state"], one["why"]) == ("outside", "8 kN is outside of 9 to 15 kN")
    assert [(each["value"], each["record_revision"]) for each in one["values"]] == [("12", 2), ("8", 1)]


async def test_a_lot_that_neither_unit_made_is_the_sponsors_to_see(
    service: Any, known: Any, started: Any, bus: Any, database: Any
) -> None:
    transfer = await started()
    await parameter(service, transfer)
    elsewhere = uuid4()
    lot = Lot(**known.lot().model_dump() | {"partner_id": elsewhere, "id": uuid4()})
    await watched(service, transfer["id"], lot)
    await handled(bus, database, reported(lot, "20"))
    assert [each["state"] for each in await readings(service, transfer)] == ["outside"]
    for partner in (known.maker, known.sender, elsewhere):
        async with service.as_("partner_quality", partner_id=partner) as unit:
            assert (await unit.get("/process-readings")).json()["items"] == []
