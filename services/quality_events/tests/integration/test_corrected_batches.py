"""What is corrected, or found out, of a batch that is sold: it is taken, reviewed again, and asked about."""

from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts import Lot, Quantity
from contracts.quality_events import BatchManufactured

from .test_taken_over import sold as site_sold

STAGE = {"step": "compression", "started_at": "2018-11-05", "ended_at": "2018-11-06"}
AMOUNT = {"value": "10", "unit": "kg"}


async def news_of(found: Any, id: str, cause: str) -> str:
    return str((await found("distribution-impacts", batch_id=id, cause_type=cause))["news"])


async def test_a_lot_number_that_is_corrected_after_the_release_is_no_batch_of_its_own(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    number = f"{lot.number}-RIGHT"
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        stated = await maker.done(f"/batches/{id}/description", {"aliases": [number], "work_order": "WO-2"})
    assert (stated["aliases"], stated["waiting_for"]["side"]) == ([number], "partner"), "what counts is reviewed again"
    other = lot.model_copy(update={"id": Lot.identify(lot.site_id, lot.material, number), "number": number})
    corrected = known.completion(other).model_copy(update={"source": known.completion(lot, revision=2).source})
    await bus.publish(corrected, known.deviation(other))
    await found("distribution-impacts", batch_id=id, cause_type="deviation")
    batches = (await service.client.get("/batches", params={"site_id": str(known.site)})).json()["items"]
    assert [each["number"] for each in batches] == [lot.number]


async def test_what_stands_under_the_other_number_is_asked_about(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    number = f"{lot.number}-WRONG"
    other = lot.model_copy(update={"id": Lot.identify(lot.site_id, lot.material, number), "number": number})
    await bus.publish(known.completion(other))
    await found("batches", lot=number, state="manufactured")
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        stated = await maker.done(f"/batches/{id}/description", {"aliases": [number]})
    assert stated["waiting_for"]["side"] == "partner", "its record is reviewed again"
    assert "another than what was reviewed" in await news_of(found, id, "record")


async def test_a_stage_that_is_found_out_is_reviewed_and_asked_about(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    _, id = sold
    async with service.as_("partner_operations", partner_id=known.maker) as operator:
        assert (await operator.post(f"/batches/{id}/late-stage", json=STAGE)).status_code == 403
    async with service.as_("partner_quality", partner_id=known.maker, subject="bea") as maker:
        await maker.done(f"/batches/{id}/late-stage", STAGE)
        again = await maker.done(f"/batches/{id}/late-stage", STAGE | {"ended_at": "2018-11-07"})
        assert again["waiting_for"]["side"] == "partner"
        shown = (await maker.get(f"/batches/{id}")).json()
        assert [each["ended_at"] for each in shown["stages"]] == ["2018-11-07"]
        refused = await maker.post(f"/batches/{id}/record-review", json={"digest": "0b" * 32})
        assert refused.status_code == 403, "nobody reviews what they stated"
        dated = await maker.done(f"/batches/{id}/description", {"expiry_date": "2021-11"})
    assert "another than what was reviewed" in await news_of(found, id, "record")
    told = await bus.told(BatchManufactured, 4, batch_id=UUID(id))
    assert (told[-1].expiry_date, dated["expiry_date"]) == ("2021-11", "2021-11")


async def test_a_parent_that_is_found_out_is_asked_about(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    _, id = sold
    bulk = known.lot(material="GRANULATE", product=None)
    made = Quantity(value=Decimal(100), unit="kg")
    await bus.publish(known.start(bulk), known.completion(bulk, actual_quantity=made))
    parent = (await found("batches", lot=bulk.number, state="manufactured"))["id"]
    said = {"kind": "consumed", "parents": [{"batch_id": parent, "quantity": AMOUNT}]}
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        linked = await maker.done(f"/batches/{id}/late-parents", said)
    assert (linked["state"], linked["waiting_for"]["side"]) == ("under_review", "partner")
    assert f"GRANULATE {bulk.number} went in" in await news_of(found, id, "inputs")


async def test_the_maker_states_a_stage_of_a_site_that_was_sold_since(
    bus: Any, known: Any, service: Any, database: Any, sold: Any
) -> None:
    _, id = sold
    buyer, path = uuid4(), f"/batches/{id}/late-stage"
    await bus.publish(site_sold(known, buyer))

    async def moved() -> bool:
        return bool(await database.fetchval("SELECT partner_id FROM known_site WHERE id = $1", known.site) == buyer)

    await bus.eventually(moved)
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        assert "record_late_stage" in [each["name"] for each in (await maker.get(f"/batches/{id}")).json()["allowed"]]
        for ended_at in ("2018-11-06", "2018-11-07"):
            await maker.done(path, STAGE | {"ended_at": ended_at})
        stages = (await maker.get(f"/batches/{id}")).json()["stages"]
    assert [each["ended_at"] for each in stages] == ["2018-11-07"]
    eva = service.as_("partner_quality", partner_id=buyer, subject="eva")
    assert (await eva.post(path, json=STAGE)).status_code == 404


async def test_what_is_stated_once_more_undoes_no_review(known: Any, service: Any, sold: Any) -> None:
    _, id = sold
    digest, path = {"digest": "0b" * 32}, f"/batches/{id}/late-stage"
    zoe = service.as_("partner_quality", partner_id=known.maker, subject="zoe")
    bea = service.as_("partner_quality", partner_id=known.maker, subject="bea")
    assert (await zoe.done(path, STAGE))["waiting_for"]["side"] == "partner"
    await bea.done(f"/batches/{id}/record-review", digest)
    reviewed = await service.second.done(f"/batches/{id}/record-review", digest)
    assert reviewed["waiting_for"] is None
    assert (await zoe.done(path, STAGE))["waiting_for"] is None
    assert (await zoe.done(path, STAGE | {"ended_at": "2018-11-07"}))["waiting_for"]["side"] == "partner"
