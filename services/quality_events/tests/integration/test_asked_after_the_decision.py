"""What comes of a batch after it was decided: its record is reviewed again, and each market asks what it means."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest_asyncio

from contracts.batches import BatchRecordReviewed, BatchRecordRevised
from contracts.impacts import DistributionImpactOpened, ImpactAssessed, ImpactOpened
from contracts.partner_feeds import MaterialLot
from tests.releasing import READ, decision, disposition, readiness, results_of
from tests.world import handled

LIST = "/distribution-impacts"
NONE = {"outcome": "none", "assessment": "what was amended is the day alone"}
TODAY = datetime.now(UTC).date()


@pytest_asyncio.fixture
async def decided(service: Any, sold: Any) -> Any:
    """The lot and the id of a batch that was released to its only market, and stopped there; and its disposition."""
    lot, id = sold
    await service.client.done(f"/batches/{id}/intent", {"markets": ["US"]})
    path = await disposition(service.client, id, "US")
    impact = {"impact": "none was sold"}
    await service.client.done(f"{path}/stop", await decision(service.client, id, "US", **impact))
    assert (await service.client.get(f"/batches/{id}")).json()["state"] == "dispositioned"
    return lot, id, path


async def of(service: Any, id: str, **filters: Any) -> list[Any]:
    """The impacts on a batch."""
    return list((await service.client.get(LIST, params={"batch_id": id} | filters)).json()["items"])


def said(impact: Any) -> list[str]:
    """What became known, without the instants at which it did."""
    return [text.rsplit(", ", 1)[0] for text in impact["news"]]


async def test_an_amendment_after_the_decision_is_reviewed_again_and_asked_about(
    bus: Any, known: Any, service: Any, found: Any, decided: Any
) -> None:
    lot, id, path = decided
    await bus.publish(known.completion(lot, revision=2, on="2018-11"))
    impact = await found("distribution-impacts", batch_id=id, cause_type="record")
    assert (impact["market"], impact["cause"]["number"], impact["cause"]["name"]) == ("US", lot.number, "record")
    assert said(impact) == ["what is stated of its making, or its record, is another than what was reviewed"]
    about = {"params": {"cause_id": id}}
    assert (await service.client.get("/authority-notifications", **about)).json()["items"] == [], "it is no defect"
    waits = (await service.client.get(f"/batches/{id}")).json()
    assert (waits["state"], waits["waiting_for"]["side"]) == ("dispositioned", "partner")
    again = await decision(service.client, id, "US", impact="none")
    refused = await service.client.post(f"{path}/resumption", json=again)
    assert (refused.status_code, refused.json()["missing"]) == (409, ["record_reviewed", "impacts_assessed"]), (
        refused.text
    )
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        seen = await maker.done(f"/batches/{id}/record-review", READ)
        assert (seen["state"], seen["waiting_for"]["side"]) == ("dispositioned", "sponsor")
        assert "Impact" not in (await maker.get(f"/batches/{id}/history")).text
    reviewed = await service.client.done(f"/batches/{id}/record-review", READ)
    assert (reviewed["state"], reviewed["waiting_for"]) == ("dispositioned", None)
    assert len(await bus.told(BatchRecordReviewed, 4, batch_id=UUID(id))) == 4
    assessed = await service.client.done(f"{LIST}/{impact['id']}/assessment", NONE)
    again = await decision(service.client, id, "US", impact="none")
    assert (await service.client.done(f"{path}/resumption", again))["state"] == "released"
    (fact,) = await bus.told(ImpactAssessed, impact_id=UUID(impact["id"]))
    assert (fact.cause_type, fact.outcome, assessed["state"]) == ("record", "none", "assessed")
    assert bus.of(DistributionImpactOpened, batch_id=UUID(id)) == [], "the first version has no word for it"
    async with service.as_("partner_quality", partner_id=known.maker, subject="cid") as maker:
        body = {"record_version": "1.1", "digest": "0d" * 32, "complete": True}
        revised = await maker.done(f"/batches/{id}/record-revision", body)
    assert (revised["state"], revised["waiting_for"]["side"]) == ("dispositioned", "partner")
    assert (await bus.told(BatchRecordRevised, batch_id=UUID(id)))[0].record_version == "1.1"
    second = await found("distribution-impacts", batch_id=id, cause_type="record", state="open")
    assert second["round"] == 2


async def test_a_record_that_comes_late_is_asked_about_and_the_maker_says_that_it_is_none(
    bus: Any, known: Any, service: Any, found: Any, decided: Any
) -> None:
    lot, id, _ = decided
    await bus.publish(known.record(lot, "e", on=TODAY))
    impact = await found("distribution-impacts", batch_id=id, cause_type="record")
    assert [text.split("/")[-1] for text in said(impact)] == ["record was not handed in"]
    (late,) = (await service.client.get(f"/batches/{id}")).json()["reported_records"]
    assert late["standing"] == "late"
    assert "record_reviewed" in (await readiness(service.client, id, "US"))["blocking"]
    aside = {"reported_record_id": late["id"], "reason": "a copy of another lot's"}
    path = f"/batches/{id}/record-set-aside"
    assert (await service.client.post(path, json=aside)).status_code == 403
    async with service.as_("partner_quality", partner_id=known.maker, subject="cid") as author:
        own = await author.post(path, json=aside)
        assert (own.status_code, own.json()["fields"]) == (403, ["record_received_by"]), own.text
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        unknown = await maker.post(path, json=aside | {"reported_record_id": id})
        assert (unknown.status_code, unknown.json()["fields"]) == (409, ["reported_record_id"]), unknown.text
        await maker.done(path, aside)
        assert (await maker.post(path, json=aside)).status_code == 409
    (shown,) = (await service.client.get(f"/batches/{id}")).json()["reported_records"]
    assert (shown["standing"], shown["set_aside_by"], shown["set_aside_reason"]) == (
        *("set_aside", "ana", "a copy of another lot's"),
    )
    now = (await readiness(service.client, id, "US"))["by_name"]["record_reviewed"]
    assert (now["verdict"], "was set aside by ana: a copy of another lot's" in now["why"]) == ("met", True)
    await bus.publish(known.record(lot, "f", revision=2, on=TODAY))

    async def learned() -> Any:
        (one,) = await of(service, id)
        return one if len(one["news"]) == 2 else None

    assert (await bus.eventually(learned))["round"] == 1, "nobody had answered: it is asked once"


async def test_an_input_that_is_named_after_the_decision_is_asked_about_once(
    bus: Any, known: Any, service: Any, found: Any, sold: Any, database: Any
) -> None:
    lot, id = sold
    first, second = (MaterialLot(material="MCC-101", number=number) for number in ("24-1", "24-2"))
    await bus.publish(known.start(lot, revision=2, inputs=(first,)))
    impact = await found("distribution-impacts", batch_id=id, cause_type="inputs")
    assert said(impact) == ["MCC-101 24-1 went in"]
    await service.client.done(f"{LIST}/{impact['id']}/assessment", NONE)
    await bus.publish(known.start(lot, revision=3, inputs=(first, second)))
    again = await found("distribution-impacts", batch_id=id, cause_type="inputs", state="open")
    assert (again["round"], said(again)) == (2, ["MCC-101 24-2 went in"])
    await service.client.done(f"{LIST}/{again['id']}/assessment", NONE)
    await handled(bus, database, known.start(lot, revision=4, inputs=(first,)))
    await bus.publish(known.start(lot, revision=5, inputs=(first, second)))
    third = await found("distribution-impacts", batch_id=id, cause_type="inputs", state="open")
    assert (third["round"], said(third)) == (3, ["MCC-101 24-2 went in"]), "it had been left out meanwhile"
    record = await found("distribution-impacts", batch_id=id, cause_type="record")
    assert record["state"] == "open", "a record with other inputs is another than was reviewed"
    opened = [each.cause_type for each in await bus.told(ImpactOpened, 4, batch_id=UUID(id))]
    assert sorted(opened) == ["inputs", "inputs", "inputs", "record"]


async def test_a_result_that_is_amended_after_the_release_is_asked_about_though_it_passes(
    bus: Any, known: Any, service: Any, found: Any, sold: Any
) -> None:
    lot, id = sold
    new = results_of(known, lot, "dissolution")
    (one,) = new[0].results  # type: ignore[attr-defined]
    await bus.publish(*new)
    amended = results_of(known, lot, "dissolution", supersedes=one.result_id)
    await bus.publish(*amended)
    impact = await found("distribution-impacts", batch_id=id, cause_type="results")
    (better,) = amended[0].results  # type: ignore[attr-defined]
    assert said(impact) == [f"dissolution: a result was amended (result {better.result_id})"]
    await service.client.done(f"{LIST}/{impact['id']}/assessment", NONE)
    await bus.publish(amended[0])
    last = results_of(known, lot, "assay", supersedes=better.result_id)
    await bus.publish(*last)
    again = await found("distribution-impacts", batch_id=id, cause_type="results", state="open")
    (newest,) = last[0].results  # type: ignore[attr-defined]
    assert (again["round"], said(again)) == (2, [f"assay: a result was amended (result {newest.result_id})"])
    assert {each["cause_type"] for each in await of(service, id)} == {"results"}


FACT = """
INSERT INTO outbox (id, type, topic, key, time, sequence, correlation_id, parties, data)
SELECT gen_random_uuid(), $2, 'quality-events.batch', id::text, now(), version, '', partner_id::text,
       json_build_object('batch_id', id, 'lot', json_build_object('id', lot_id, 'partner_id', partner_id))::text
FROM batch WHERE id = $1
"""
ALONE = "UPDATE batch SET version = version + 1, updated_at = now(), {} WHERE id = $1"
REVIEWED = ALONE.format("maker_reviewed_by = 'me', maker_reviewed_at = now(), reviewed_side = 'maker'")
REVISED = ALONE.format(
    "record_version = $2, record_digest = 'd', record_received_by = 'me', record_received_at = {received}, "
    "reviewed_side = NULL, maker_reviewed_by = NULL, maker_reviewed_at = NULL, sponsor_reviewed_by = NULL, "
    "sponsor_reviewed_at = NULL, reviews_undone_at = {undone}"
)
ASIDE = """
UPDATE reported_record SET set_aside_by = $2, set_aside_at = now(), set_aside_reason = 'x' WHERE batch_id = $1
"""


async def test_the_database_lets_the_maker_review_what_is_decided_and_no_more(
    bus: Any, known: Any, found: Any, decided: Any, partners_login: Any
) -> None:
    lot, id, _ = decided
    batch = UUID(id)
    await bus.publish(known.record(lot, "e", on=TODAY), known.completion(lot, revision=2, on="2018-11"))
    await found("batches", lot=lot.number, waiting_for="partner")
    types = [f"io.entente.BatchRecord{what}.v1" for what in ("Reviewed", "Revised", "Received")]
    again = ALONE.format("record_version = '2', record_received_by = 'me', reviewed_side = NULL")
    async with partners_login("quality_events", known.maker) as partner:
        for other in (
            "state = 'under_review'",
            "sponsor_reviewed_by = 'me'",
            "reviews_undone_at = NULL, markets = '{}'",
        ):
            assert await partner.run(ALONE.format(other), batch) == "refused", other
        assert await partner.run(ASIDE, batch, "somebody") == "refused", "in another's name"
        assert await partner.run("UPDATE reported_record SET complete = false WHERE batch_id = $1", batch) == "refused"
        assert await partner.run(ASIDE, batch, "me") == "UPDATE 1"
        assert await partner.run(FACT, batch, types[1]) == "refused", "it changed nothing of the batch yet"
        assert await partner.run(REVIEWED, batch) == "UPDATE 1"
        assert [await partner.run(FACT, batch, each) for each in types] == ["INSERT 0 1", "refused", "refused"]
        assert await partner.run(again, batch) == "refused", "a review stays over no revision"
    async with partners_login("quality_events", known.maker, "cid") as author:
        assert await author.run(ASIDE, batch, "cid") == "refused", "who handed in what it contradicts"
    async with partners_login("quality_events", known.laboratory) as stranger:
        assert await stranger.run(ASIDE, batch, "me") == "UPDATE 0"
        assert await stranger.run(REVIEWED, batch) == "UPDATE 0"


async def test_the_database_dates_a_record_that_the_makers_login_revises(
    known: Any, decided: Any, partners_login: Any
) -> None:
    batch = UUID(decided[1])
    now, decided_at = "clock_timestamp()", "(SELECT max(decided_at) FROM disposition WHERE batch_id = $1)"
    old, ahead, first = f"{decided_at} - interval '1 ms'", f"{now} + interval '1 day'", "now() - interval '1 day'"
    lies = [(now, each) for each in (old, ahead, first, "NULL", "reviews_undone_at")]
    lies += [(each, now) for each in (ahead, first, "NULL")]
    async with partners_login("quality_events", known.maker) as partner:
        assert await partner.run(ALONE.format("reviews_undone_at = " + first), batch) == "refused", "of no new record"
        for received, undone in lies:
            revised = REVISED.format(received=received, undone=undone)
            assert await partner.run(revised, batch, "2") == "refused", (received, undone)
        assert await partner.run(REVISED.format(received=now, undone=now), batch, "2") == "UPDATE 1"
        again = REVISED.format(received=now, undone="reviews_undone_at")
        assert await partner.run(again, batch, "3") == "refused", "it is undone anew"


async def test_an_alarm_and_a_lot_that_are_told_of_after_the_decision_are_asked_about(
    bus: Any, known: Any, service: Any, found: Any, decided: Any
) -> None:
    lot, id, _ = decided
    await bus.publish(known.alarm(lot))
    asked = await found("distribution-impacts", batch_id=id, cause_type="excursions")
    excursion = await found("process-excursions", batch_id=id)
    assert said(asked) == [f"{excursion['number']}, revision 1: Alarm force"]
    assert "excursions_decided" in (await readiness(service.client, id, "US"))["blocking"]
    await bus.publish(known.used(lot, lot.number, "L-9"))
    asked = await found("distribution-impacts", batch_id=id, cause_type="inputs")
    assert said(asked) == ["LACTOSE L-9 went in unnamed"]


async def test_an_alarm_that_the_sponsor_reopens_is_asked_about_anew(
    bus: Any, known: Any, service: Any, found: Any, decided: Any
) -> None:
    lot, id, _ = decided
    await bus.publish(known.alarm(lot))
    asked = await found("distribution-impacts", batch_id=id, cause_type="excursions")
    excursion = await found("process-excursions", batch_id=id)
    async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
        nothing = {"outcome": "no_impact", "reason": "the sensor failed", "source_revision": 1}
        await maker.done(f"/process-excursions/{excursion['id']}/decision", nothing)
    answer = {"outcome": "none", "assessment": "its maker says that the sensor failed"}
    await service.client.done(f"/distribution-impacts/{asked['id']}/assessment", answer)
    body = {"reason": "the sensor was calibrated: the force was real"}
    await service.client.done(f"/process-excursions/{excursion['id']}/reopening", body)
    again = await found("distribution-impacts", batch_id=id, cause_type="excursions", state="open")
    assert again["round"] == 2
    told = f"{excursion['number']}, revision 1: Alarm force, what was decided of it was reopened"
    assert said(again) == [told]


async def test_an_alarm_whose_deviation_is_cancelled_or_left_it_out_is_asked_about_anew(
    bus: Any, known: Any, service: Any, found: Any, decided: Any, cancel: Any
) -> None:
    lot, id, _ = decided
    await bus.publish(known.alarm(lot))
    excursion = await found("process-excursions", batch_id=id)
    why = {}
    for way in ("cancelled", "names"):
        record = f"{lot.number}/{way}"
        await bus.publish(known.deviation(lot, record=record))
        deviation = await found("deviations", lot=lot.number, open="true")
        asked = await found("distribution-impacts", batch_id=id, cause_type="excursions", state="open")
        async with service.as_("partner_quality", partner_id=known.maker, subject="ana") as maker:
            of_it = {"outcome": "deviation", "reason": "x", "deviation_id": deviation["id"], "source_revision": 1}
            await maker.done(f"/process-excursions/{excursion['id']}/decision", of_it)
        await service.client.done(f"{LIST}/{asked['id']}/assessment", NONE)
        if way == "cancelled":
            await cancel(deviation)
        else:
            await bus.publish(known.deviation(known.lot(), record=record, revision=2))
        opened = await found("process-excursions", batch_id=id, state="open")
        assert (opened["deviation"], opened["waiting_for"]["side"]) == (None, "partner")
        why[way] = opened["reopened_because"].removeprefix(deviation["number"])
        again = await found("distribution-impacts", batch_id=id, cause_type="excursions", state="open")
        assert said(again) == [f"{excursion['number']}, revision 1: Alarm force, what was decided of it was reopened"]
    assert why == {
        "cancelled": ", which dealt with it, was cancelled",
        "names": ", which dealt with it, does not name its batch any more",
    }
    assert again["round"] == 3
