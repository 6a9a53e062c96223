"""What happens to a raw material's lot, which is no batch here, is of every batch that it went into."""

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
