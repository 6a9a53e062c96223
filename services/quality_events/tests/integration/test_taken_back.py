"""What a maker's system told stands until somebody dealt with it: the system alone takes nothing from a release."""

from typing import Any

import pytest
from uuid_utils.compat import uuid7

from contracts import Classification
from contracts.partner_feeds import MaterialLot
from tests.releasing import decision, disposition, made, readiness, settled, stated, usual

CRITICAL = {"classification": "critical"}


async def condition(service: Any, id: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = (await readiness(service.client, id, "US"))["by_name"][name]
    return found


@pytest.fixture
async def batch(bus: Any, known: Any, service: Any, found: Any) -> Any:
    """The id and the lot of a batch of which everything is met, or stated."""
    id, lot = await made(bus, known, service, found, *usual(known, "US"), markets=("US",))
    async with service.as_("quality", subject="stater") as quality:
        await stated(quality, id, "US")
    await settled(bus, service.client, id, "US")
    return id, lot


@pytest.fixture
async def sold(service: Any, batch: Any) -> Any:
    """The same, released."""
    path = await disposition(service.client, batch[0], "US")
    await service.client.done(f"{path}/release", await decision(service.client, batch[0], "US"))
    return batch


async def test_a_lot_stays_in_an_open_critical_deviation_until_quality_states_that_it_has_nothing_to_do_with_it(
    bus: Any, known: Any, service: Any, found: Any, batch: Any
) -> None:
    id, lot = batch
    other, record = known.lot(), f"D-{lot.number}"
    await bus.publish(known.deviation(lot, record=record))
    deviation = await found("deviations", lot=lot.number)
    await service.client.done(f"/deviations/{deviation['id']}/classification", CRITICAL)
    assert (await condition(service, id, "deviations_settled"))["verdict"] == "not_met"
    await bus.publish(known.deviation(other, record=record, revision=2))
    await found("deviations", lot=other.number)
    told = await condition(service, id, "deviations_settled")
    assert (told["verdict"], told["stateable"], deviation["number"] in told["why"]) == ("unknown", True, True)
    said = {"batch_id": id, "market": "US", "condition": "deviations_settled", "evidence": "0b" * 32}
    await service.client.done("/readiness-statements", said | {"statement": "a misread number: it was of the other"})
    await settled(bus, service.client, id, "US")
    await bus.publish(known.deviation(lot, record=record, revision=3))
    await found("deviations", lot=lot.number)
    assert (await condition(service, id, "deviations_settled"))["verdict"] == "not_met", "it is of it after all"


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
async def test_a_lot_that_is_out_is_asked_about_in_whichever_order_the_revisions_come(
    bus: Any, known: Any, found: Any, service: Any, sold: Any, order: Any
) -> None:
    id, lot = sold
    record, critical = f"D-{lot.number}", {"proposed_classification": Classification.critical}
    told = {1: known.deviation(lot, record=record, **critical)}
    told[2] = known.deviation(known.lot(), record=record, revision=2, **critical)
    await bus.publish(*(told[each] for each in order))
    impact = await found("distribution-impacts", batch_id=id, cause_type="deviation")
    deviation = (await service.client.get(f"/deviations/{impact['cause']['id']}")).json()
    assert [(each["number"], each["left_out_by_revision"]) for each in deviation["former_lots"]] == [(lot.number, 2)]


async def test_an_input_that_a_later_start_leaves_out_is_asked_about_and_the_record_reviewed_again(
    bus: Any, known: Any, service: Any, found: Any, batch: Any
) -> None:
    id, lot = batch
    parts = [MaterialLot(material=each, number=f"{each}-{lot.number}") for each in ("LACTOSE", "TALC")]
    await bus.publish(known.start(lot, revision=2, inputs=tuple(parts)))

    async def reviews_are_undone() -> Any:
        return (await condition(service, id, "record_reviewed"))["verdict"] == "not_met"

    await bus.eventually(reviews_are_undone)
    await service.second.done(f"/batches/{id}/intent", {"markets": ["US"]})
    async with service.as_("partner_quality", subject="ana", partner_id=known.maker) as maker:
        await maker.done(f"/batches/{id}/record-review", {"digest": "0b" * 32})
    await service.client.done(f"/batches/{id}/record-review", {"digest": "0b" * 32})
    assert not await reviews_are_undone()
    await bus.publish(known.start(lot, revision=3, inputs=(parts[1],)))
    await bus.eventually(reviews_are_undone)
    asked = await condition(service, id, "inputs_released")
    assert (asked["verdict"], f"LACTOSE {parts[0].number}: an earlier revision" in asked["why"]) == ("unknown", True)


async def test_an_alarm_that_nobody_decided_stays_with_the_lot_that_it_was_told_of(
    bus: Any, known: Any, service: Any, found: Any, batch: Any
) -> None:
    id, lot = batch
    first, other = known.alarm(lot), known.lot()
    moved = known.alarm(other).model_copy(update={"source": first.source.model_copy(update={"revision": 2})})
    await bus.publish(first, moved)
    there = await found("process-excursions", lot=other.number)
    here = await found("process-excursions", lot=lot.number)
    assert (here["state"], there["state"], here["id"] != there["id"]) == ("open", "open", True)
    assert "revision 2" in here["reopened_because"]
    assert (await condition(service, id, "excursions_decided"))["verdict"] == "not_met"


async def test_a_number_that_is_used_again_is_asked_about(
    bus: Any, known: Any, found: Any, sold: Any, service: Any
) -> None:
    id, lot = sold
    start, done = known.start(lot, on="2020-05-04"), known.completion(lot, on="2020-06-02", completed_at="2020-06-02")
    for fact in (start, done):
        source = fact.source.model_copy(update={"id": f"{fact.source.id}/B", "message_id": uuid7()})
        await bus.publish(fact.model_copy(update={"source": source}))
    impact = await found("distribution-impacts", batch_id=id, cause_type="record")
    assert "is another than what was reviewed" in str(impact["news"])
    told = await condition(service, id, "numbers_joined")
    assert (told["verdict"], "a start 2020-05-04, after it was made" in told["why"]) == ("unknown", True)
