"""A part of a batch is judged with what it was split off: its record, where it was made, and what was decided of it."""

from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from contracts import Quantity
from tests.releasing import decision, disposition, qualified, readiness, results_of, reviewed, settled, stated, usual

TABLETS = "{tablet}"
CONDITIONS = ("record_reviewed", "oos_concluded", "not_held", "site_qualified", "registered")


async def made_of(bus: Any, known: Any, found: Any, *facts: Any, **more: Any) -> tuple[str, Any]:
    """The id and the lot of a batch that is made and tested."""
    lot = known.lot()
    quantity = Quantity(value=Decimal(240000), unit=TABLETS)
    done = known.completion(lot, actual_quantity=quantity)
    await bus.publish(known.start(lot), done.model_copy(update=more), *facts, *results_of(known, lot))
    return (await found("batches", lot=lot.number, state="manufactured"))["id"], lot


async def part_of(service: Any, known: Any, child: str, parent: str, kind: str = "split", **more: Any) -> None:
    """One came of the other, is reviewed and meant for the United States."""
    said = {"batch_id": parent, "quantity": {"value": "1000", "unit": TABLETS}}
    await service.client.done(f"/batches/{child}/parents", {"kind": kind, "parents": [said]} | more)
    await reviewed(service, known, f"/batches/{child}")
    await service.client.done(f"/batches/{child}/intent", {"markets": ["US"]})


async def confirmed(service: Any, known: Any, bus: Any, found: Any, lot: Any) -> str:
    """An OOS of a lot is confirmed, and its deviation closed as critical; gives the deviation's id."""
    await bus.publish(known.oos(lot))
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    await service.second.done(f"{path}/phase-2", {"reason": "no error in the laboratory"})
    said = {"conclusion": "confirmed", "cause": "microbial contamination", "evidence": "plates"}
    id: str = (await service.client.done(f"{path}/conclusion", said))["deviation_id"]
    await service.client.done(f"/deviations/{id}/classification", {"classification": "critical"})
    impacts = [{"lot_id": str(lot.id), "impact": "contaminated, not to be used"}]
    results = {
        "root_cause_category": "equipment",
        "root_cause": "biofilm",
        "impact": "contaminated",
        "impacts": impacts,
    }
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        await maker.done(f"/deviations/{id}/investigation", {})
        await maker.done(f"/deviations/{id}/investigation-results", results | {"capa_justification": "line scrapped"})
        await maker.done(f"/deviations/{id}/approval-request")
    await service.second.done(f"/deviations/{id}/closure")
    return id


async def reject(service: Any, batch_id: str, **more: Any) -> None:
    path = await disposition(service.client, batch_id, "US")
    said = await decision(service.client, batch_id, "US", justification="contaminated", **more)
    await service.client.done(f"{path}/rejection", said)


async def ready_for_release(bus: Any, service: Any, child: str) -> None:
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, child, "US")
        await settled(bus, quality, child, "US")


@pytest.mark.parametrize("everywhere", [True, False], ids=["for every market", "for this market"])
async def test_a_part_of_a_rejected_lot_is_not_released(
    bus: Any, known: Any, service: Any, found: Any, everywhere: bool
) -> None:
    parent, lot = await made_of(bus, known, found, *usual(known, "US"))
    await reviewed(service, known, f"/batches/{parent}")
    await service.client.done(f"/batches/{parent}/intent", {"markets": ["US"]})
    await confirmed(service, known, bus, found, lot)
    await reject(service, parent, every_market=everywhere)
    child, _ = await made_of(bus, known, found)
    await part_of(service, known, child, parent)
    named = (await readiness(service.client, child, "US"))["by_name"]
    assert {each: named[each]["verdict"] for each in ("oos_concluded", "not_held")} == dict.fromkeys(
        ("oos_concluded", "not_held"), "not_met"
    )
    assert all(each in named["not_held"]["why"] for each in (lot.number, "reject"))
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, child, "US")
    path = await disposition(service.client, child, "US")
    refused = await service.client.post(f"{path}/release", json=await decision(service.client, child, "US"))
    assert (refused.status_code, "not_held" in refused.text) == (409, True)


async def test_what_is_reprocessed_of_a_rejected_lot_is_judged_by_itself(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    parent, lot = await made_of(bus, known, found, *usual(known, "US"))
    await reviewed(service, known, f"/batches/{parent}")
    await service.client.done(f"/batches/{parent}/intent", {"markets": ["US"]})
    deviation = await confirmed(service, known, bus, found, lot)
    await reject(service, parent, every_market=True)
    child, _ = await made_of(bus, known, found)
    await part_of(service, known, child, parent, "reprocessed", deviation_id=deviation)
    named = (await readiness(service.client, child, "US"))["by_name"]
    assert {each: named[each]["verdict"] for each in CONDITIONS} == dict.fromkeys(CONDITIONS, "met")
    assert "reprocessed" in named["oos_concluded"]["why"]
    await ready_for_release(bus, service, child)
    path = await disposition(service.client, child, "US")
    released = await service.client.done(f"{path}/release", await decision(service.client, child, "US"))
    assert (released["state"], released["right_first_time"]) == ("released", False)


async def test_a_part_waits_for_the_record_of_what_it_was_split_off(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    parent, lot = await made_of(bus, known, found, *usual(known, "US"))
    child, _ = await made_of(bus, known, found)
    await part_of(service, known, child, parent)
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        read = [await readiness(each, child, "US") for each in (service.client, maker)]
    for said in (each["by_name"]["record_reviewed"] for each in read):
        assert said["verdict"] == "not_met"
        assert f"{lot.number}, of which it came: its record is not here" in said["why"]
    await reviewed(service, known, f"/batches/{parent}")
    await ready_for_release(bus, service, child)


async def test_the_sites_of_what_it_was_split_off_count(bus: Any, known: Any, service: Any, found: Any) -> None:
    """A part that is packed at a site that may do that, of a lot that was made before its site was qualified."""
    facts = [each for each in usual(known, "US") if getattr(each, "activity", "") != "drug_product"]
    late = qualified(known, known.site, "drug_product", valid_from="2018-11-20", occurred_at="2018-11-20T12:00:00Z")
    parent, lot = await made_of(bus, known, found, *facts, late)
    child = known.lot()
    begun = known.start(child).model_copy(update={"occurred_at": "2018-12-01"})
    await bus.publish(begun, known.completion(child), *results_of(known, child))
    id = (await found("batches", lot=child.number, state="manufactured"))["id"]

    async def stands(verdict: str) -> Any:
        site = (await readiness(service.client, id, "US"))["by_name"]["site_qualified"]
        return site if site["verdict"] == verdict else None

    await bus.eventually(partial(stands, "met"))
    said = {"batch_id": parent, "quantity": {"value": "1000", "unit": TABLETS}}
    await service.client.done(f"/batches/{id}/parents", {"kind": "split", "parents": [said]})
    assert f"making of {lot.number}" in (await bus.eventually(partial(stands, "not_met")))["why"]


async def told(service: Any, id: str) -> bool:
    """Whether what the other services tell of sites and results has come."""
    named = (await readiness(service.client, id, "US"))["by_name"]
    told = ("site_qualified", "registered", "tests_approved", "specification_met")
    return {named[each]["verdict"] for each in told} == {"met"}


@pytest.mark.parametrize("kind", ["split", "consumed"])
async def test_rejecting_what_it_came_of_asks_about_what_is_sold(
    bus: Any, known: Any, service: Any, found: Any, kind: str
) -> None:
    parent, lot = await made_of(bus, known, found, *usual(known, "US"))
    await reviewed(service, known, f"/batches/{parent}")
    await service.client.done(f"/batches/{parent}/intent", {"markets": ["US", "AT"]})
    child, _ = await made_of(bus, known, found)
    await part_of(service, known, child, parent, kind)
    path = await disposition(service.client, child, "US")
    if kind == "split":
        await ready_for_release(bus, service, child)
        await service.client.done(f"{path}/release", await decision(service.client, child, "US"))
    else:
        await bus.eventually(partial(told, service, child))
        quarantine = {"follow_up_on": "2098-01-01"}
        said = await decision(service.client, child, "US", **quarantine)
        await service.client.done(f"{path}/release-for-processing", said)
    await reject(service, parent, every_market=True)
    impact = await found("distribution-impacts", batch_id=child, cause_type="inputs")
    assert (impact["market"], impact["cause"]["id"], len(impact["news"])) == ("US", parent, 1)
    assert f"{lot.number} was rejected for every market" in impact["news"][0]
    assert "not_held" in (await readiness(service.client, child, "US"))["blocking"]
    own = (await service.client.get("/distribution-impacts", params={"batch_id": parent})).json()["items"]
    assert own == []


async def test_stopping_or_holding_what_it_came_of_asks_about_what_is_sold(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    parent, lot = await made_of(bus, known, found, *usual(known, "US"))
    await reviewed(service, known, f"/batches/{parent}")
    await service.client.done(f"/batches/{parent}/intent", {"markets": ["US"]})
    child, _ = await made_of(bus, known, found)
    await part_of(service, known, child, parent)
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, parent, "US")
    for each in (parent, child):
        if each == child:
            await ready_for_release(bus, service, child)
        path = await disposition(service.client, each, "US")
        await service.client.done(f"{path}/release", await decision(service.client, each, "US"))
    hold = {"batch_id": parent, "reason": "seal broken", "markets": ["CH"]}
    await service.client.done("/batch-holds", hold)
    lifted = await service.client.done("/batch-holds", hold | {"markets": ["US", "DE"]})
    await service.client.done(f"/batch-holds/{lifted['id']}/lifting", {"reason": "it was another seal"})
    impact = await found("distribution-impacts", batch_id=child, cause_type="inputs")
    (held,) = impact["news"]
    assert f"{lot.number} was held for US by {lifted['number']}: seal broken" in held
    assert (impact["market"], impact["cause"]["id"]) == ("US", parent)
    none = {"outcome": "none", "assessment": "its own seals are whole"}
    await service.second.done(f"/distribution-impacts/{impact['id']}/assessment", none)
    stop = await decision(service.client, parent, "US", impact="a seal of the part may be broken")
    stop_path = await disposition(service.client, parent, "US")
    await service.client.done(f"{stop_path}/stop", stop)
    again = await found("distribution-impacts", batch_id=child, state="open")
    assert (again["round"], len(again["news"]), "was stopped for US by DISP-" in again["news"][0]) == (2, 1, True)


async def test_confirming_an_oos_of_what_it_was_split_off_asks_too(
    bus: Any, known: Any, service: Any, found: Any
) -> None:
    parent, lot = await made_of(bus, known, found, *usual(known, "US"))
    await reviewed(service, known, f"/batches/{parent}")
    child, _ = await made_of(bus, known, found)
    await part_of(service, known, child, parent)
    await ready_for_release(bus, service, child)
    path = await disposition(service.client, child, "US")
    await service.client.done(f"{path}/release", await decision(service.client, child, "US"))
    await confirmed(service, known, bus, found, lot)
    impact = await found("distribution-impacts", batch_id=child, cause_type="oos")
    assert (impact["market"], impact["state"]) == ("US", "open")
    assert "oos_concluded" in (await readiness(service.client, child, "US"))["blocking"]
