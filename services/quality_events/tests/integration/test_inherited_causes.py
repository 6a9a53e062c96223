"""What stands against a lot, or a parent, is asked of what it went into, also where that is told last."""

from typing import Any
from uuid import UUID

import pytest

from contracts import Classification
from contracts.partner_feeds import MaterialLot
from quality_events.impacts.inherited import inherited
from runtime.database import Context
from runtime.principal import worker
from tests.packing import BEGUN, ENDED


@pytest.mark.parametrize("told_last", ["the input", "the cause"])
async def test_an_authoritys_clock_starts_whichever_is_told_last(
    told_last: str, bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    raw, bulk = (known.lot(material=material, product=None) for material in ("LACTOSE", "GRANULATE"))
    named = tuple(MaterialLot(material=each.material, number=each.number) for each in (raw, bulk))
    start = known.start(lot, revision=2, inputs=named)
    await bus.publish(known.start(bulk), known.completion(bulk))
    if told_last == "the cause":
        await bus.publish(start)
        await found("distribution-impacts", batch_id=id, cause_type="inputs")
    await bus.publish(known.oos(raw), *(known.deviation(each, record=each.number) for each in (raw, bulk)))
    oos = (await found("oos-investigations", lot=raw.number))["id"]
    deviations = [(await found("deviations", lot=each.number))["id"] for each in (raw, bulk)]
    for each in deviations:
        await service.client.done(f"/deviations/{each}/classification", {"classification": Classification.critical})
    if told_last == "the input":
        await bus.publish(start)
    for cause in (oos, *deviations):
        due = await found("authority-notifications", cause_id=cause, market="US")
        assert (due["kind"], due["round"]) == ("us_field_alert", 1)
    asked = (await service.client.get("/distribution-impacts", params={"batch_id": id})).json()["items"]
    about = {each["cause_id"]: each["round"] for each in asked}
    assert about == dict.fromkeys((oos, *deviations, id), 1), "once each, beside that they went in"


async def test_a_settled_deviation_of_the_equipment_of_a_parent_that_is_told_late_is_asked_about(
    bus: Any, known: Any, service: Any, found: Any, sold: Any, investigated: Any
) -> None:
    lot, id = sold
    bulk = known.lot(material="GRANULATE", product=None)
    await bus.publish(known.start(bulk), known.completion(bulk))
    parent = (await found("batches", lot=bulk.number, state="manufactured"))["id"]
    stage = {"step": "granulation", "site_id": str(known.site), "equipment": ["MIXER-2"]}
    raised: dict[str, Any] = {
        "title": "Mixer stood still",
        "description": "x",
        "category": "equipment",
        "site_id": str(known.site),
    }
    raised |= {"partner_aware_at": "2018-12-01T08:00:00Z", "shared_equipment": ["mixer 2"]}
    deviations = []
    async with service.as_("partner_quality", partner_id=known.maker, subject="cid") as maker:
        await maker.done(f"/batches/{parent}/stage", stage | {"started_at": "2018-11-20", "ended_at": "2018-11-28"})
        for occurred in ("2018-11-22", "2018-12-24"):
            one = await maker.done("/deviations", raised | {"occurred_at": occurred})
            await investigated(one, capa_justification="the mixer was mended", impact="none")
            deviations.append(f"/deviations/{one['id']}")
            await maker.done(f"{deviations[-1]}/approval-request")
    for path in deviations:
        assert (await service.second.done(f"{path}/closure"))["state"] == "closed"
    assert (await service.client.get("/distribution-impacts", params={"batch_id": id})).json()["items"] == []
    named = (MaterialLot(material=bulk.material, number=bulk.number),)
    await bus.publish(known.start(lot, revision=2, inputs=named))
    asked = await found("distribution-impacts", batch_id=id, cause_type="deviation")
    assert f"/deviations/{asked['cause']['id']}" == deviations[0], "the other one was when it had ended"


async def test_a_deviation_of_the_equipment_on_which_a_parent_was_packed_elsewhere_is_inherited(
    bus: Any, known: Any, service: Any, found: Any, packer: Any, shared: Any
) -> None:
    (_, lot, stage), (other, people) = shared, packer
    await people["ana"].done(f"/stages/{stage['id']}/start", BEGUN)
    await people["ana"].done(f"/stages/{stage['id']}/end", ENDED)
    raised = {"title": "Blister", "category": "equipment", "site_id": str(other.site), "occurred_at": "2018-12-11"}
    raised |= {"partner_aware_at": "2018-12-12T08:00:00Z", "shared_equipment": BEGUN["equipment"]}
    deviation = await people["ana"].done("/deviations", raised)
    child = known.lot()
    await bus.publish(known.start(child, inputs=(MaterialLot(material=lot.material, number=lot.number),)))
    id = UUID((await found("batches", lot=child.number, state="in_process"))["id"])
    async with service.app.state.store.work(Context(worker("quality-events"))) as work:
        assert UUID(deviation["id"]) in {cause for _, cause, _ in await inherited(work, id)}


async def test_that_a_lot_that_went_in_turns_out_to_be_a_batch_by_another_number_is_asked_about(
    bus: Any, known: Any, service: Any, found: Any, sold: Any, eventually: Any
) -> None:
    lot, id = sold
    bulk = known.lot(material="GRANULATE", product=None)
    other = MaterialLot(material=bulk.material, number=f"{bulk.number}-ALT")
    await bus.publish(known.start(bulk), known.completion(bulk), known.start(lot, revision=2, inputs=(other,)))
    parent = (await found("batches", lot=bulk.number, state="manufactured"))["id"]
    await found("distribution-impacts", batch_id=id, cause_type="inputs")
    await service.client.done(f"/batches/{parent}/description", {"aliases": [other.number]})

    async def asked() -> bool:
        news = (await found("distribution-impacts", batch_id=id, cause_type="inputs"))["news"]
        return f"GRANULATE {other.number}, which went in, is {bulk.number}" in str(news)

    await eventually(asked)
    raised = known.deviation(bulk, record=bulk.number)
    await bus.publish(raised)
    await found("distribution-impacts", batch_id=id, cause_type="deviation")
