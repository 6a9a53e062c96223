"""What happens to a raw material's lot, which is no batch here, is of every batch that it went into."""

from functools import partial
from typing import Any

from contracts import Classification
from contracts.partner_feeds import MaterialLot
from tests.releasing import qualified, readiness

SETTLED = ("deviations_settled", "oos_concluded")


def lactose(known: Any) -> tuple[Any, MaterialLot]:
    """A lot that nobody makes at this site, and how a start names it."""
    lot = known.lot(material="LACTOSE", product=None)
    return lot, MaterialLot(material=lot.material, number=lot.number)


def verdicts(read: Any) -> dict[str, str]:
    return {each: read["by_name"][each]["verdict"] for each in SETTLED}


async def confirmed(service: Any, found: Any, lot: Any) -> None:
    path = f"/oos-investigations/{(await found('oos-investigations', lot=lot.number))['id']}"
    await service.second.done(f"{path}/phase-2", {"reason": "no error in the laboratory"})
    said = {"conclusion": "confirmed", "cause": "microbial contamination", "evidence": "plates"}
    await service.client.done(f"{path}/conclusion", said)


async def test_they_stand_against_its_release_and_that_of_what_came_of_it(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any
) -> None:
    raw, went_in = lactose(known)
    bulk, tablets = known.lot(), known.lot()
    await bus.publish(
        *(known.start(bulk, inputs=(went_in,)), known.completion(bulk)),
        known.start(tablets, inputs=(MaterialLot(material=bulk.material, number=bulk.number),)),
        *(known.completion(tablets), qualified(known, known.site, "drug_product")),
        known.deviation(raw, proposed_classification=Classification.critical),
        known.oos(raw),
    )
    ids = [(await found("batches", lot=lot.number, state="manufactured"))["id"] for lot in (bulk, tablets)]
    deviation = await found("deviations", lot=raw.number)
    await service.client.done(f"/deviations/{deviation['id']}/classification", {"classification": "critical"})
    await confirmed(service, found, raw)
    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        for id in ids:
            opened = (await service.client.get(f"/batches/{id}/genealogy")).json()["open_events"]
            assert (deviation["number"], ids[0]) in [(each["number"], each["batch_id"]) for each in opened]
            await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})
            for reader in (service.client, maker):
                read = await readiness(reader, id, "US")
                assert verdicts(read) == dict.fromkeys(SETTLED, "not_met")
                assert deviation["number"] in read["by_name"]["deviations_settled"]["why"]


async def test_they_ask_where_it_is_released(bus: Any, known: Any, service: Any, found: Any, sold: Any) -> None:
    lot, id = sold
    raw, went_in = lactose(known)
    await bus.publish(known.start(lot, revision=2, inputs=(went_in,)))
    assert raw.number in str((await found("distribution-impacts", batch_id=id, cause_type="inputs"))["news"])
    await bus.publish(known.deviation(raw, proposed_classification=Classification.critical), known.oos(raw))
    for cause in ("deviation", "oos"):
        impact = await found("distribution-impacts", batch_id=id, cause_type=cause)
        due = await found("authority-notifications", cause_id=impact["cause_id"])
        assert (impact["market"], due["kind"]) == ("US", "us_field_alert")


async def test_so_does_what_is_amended_after_it_had_ended(
    bus: Any, known: Any, service: Any, found: Any, sold: Any, cancel: Any
) -> None:
    lot, id = sold
    (raw, went_in), (other, _) = lactose(known), lactose(known)
    reported = known.deviation(other, record=f"D-{raw.number}")
    await bus.publish(known.start(lot, revision=2, inputs=(went_in,)), reported)
    ended = await cancel(await found("deviations", lot=other.number))
    await bus.publish(known.deviation(other, raw, record=f"D-{raw.number}", revision=2))
    impact = await found("distribution-impacts", batch_id=id, cause_type="deviation")
    assert (impact["cause"]["number"], "revision 2 after" in impact["news"][0]) == (ended["number"], True)
    told = (await readiness(service.client, id, "US"))["by_name"]["deviations_settled"]
    assert (told["verdict"], f"{ended['number']}: it was amended" in told["why"]) == ("not_met", True)


async def test_a_lot_counts_that_the_makers_system_says_was_used(
    bus: Any, known: Any, service: Any, found: Any, eventually: Any
) -> None:
    lot, bulk, trend, (raw, _) = known.lot(), lactose(known)[0], lactose(known)[0], lactose(known)
    await bus.publish(
        *(known.start(lot), known.completion(lot), known.start(bulk), known.alarm(bulk)),
        *(known.used(lot, each.number, each.number) for each in (raw, bulk)),
        *(known.deviation(raw, proposed_classification=Classification.critical), known.oos(raw), known.oot(trend)),
    )
    id = (await found("batches", lot=lot.number, state="manufactured"))["id"]
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})

    async def judged(reader: Any, *expected: str) -> Any:
        read = (await readiness(reader, id, "US"))["by_name"]
        return read if [read[each]["verdict"] for each in (*SETTLED, "excursions_decided")] == [*expected] else None

    async with service.as_("partner_quality", partner_id=known.maker) as maker:
        for reader in (service.client, maker):
            await eventually(partial(judged, reader, "not_met", "not_met", "not_met"))
            opened = (await reader.get(f"/batches/{id}/genealogy")).json()["open_events"]
            assert sorted(each["kind"] for each in opened) == ["deviation", "excursion", "oos"]
    # Its last revision says that it was another lot, of which a result is out of trend.
    await bus.publish(*(known.used(lot, each.number, trend.number, revision=2) for each in (raw, bulk)))
    read = await eventually(partial(judged, service.client, "met", "met", "unknown"))
    assert (read["oos_concluded"]["weighs"], "out of trend" in read["oos_concluded"]["why"]) == (True, True)
    opened = (await service.client.get(f"/batches/{id}/genealogy")).json()["open_events"]
    assert [each["kind"] for each in opened] == ["oot"]


async def test_it_asks_where_the_batch_is_released(bus: Any, known: Any, service: Any, found: Any, sold: Any) -> None:
    lot, id = sold
    (raw, _), (late, _) = lactose(known), lactose(known)
    await bus.publish(known.deviation(raw, proposed_classification=Classification.critical))
    deviation = await found("deviations", lot=raw.number)
    await bus.publish(*(known.used(lot, each.number, each.number) for each in (raw, late)))
    asked = await found("distribution-impacts", batch_id=id, cause_type="deviation")
    assert asked["cause"]["number"] == deviation["number"], "told before that it was used"
    await bus.publish(known.oos(late))
    assert (await found("distribution-impacts", batch_id=id, cause_type="oos"))["market"] == "US"
