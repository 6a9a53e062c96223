"""What a person typed is corrected by a record beside it; and a moment that cannot be right is refused or said."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.data_integrity import DataIntegrityFlagged
from contracts.quality_events import BatchStarted
from contracts.sample_tracking import ResultsReported
from tests.entitling import entitled, registered

from .answering import explain
from .test_entries import entry

SEEN = {"raw_data_seen": True}
WHY = {"reason": "two digits were swapped"}
LIMIT = {"test": "dissolution_min", "stage": "release", "lower": "80", "unit": "%", "decimals": 0}


async def test_what_was_typed_is_amended_after_a_return_and_stays_to_be_seen(
    tracking: Any, known: Any, specify: Any, bus: Any
) -> None:
    method = await registered(tracking.client, f"M-{known.code}")
    specification = await specify(known.code, LIMIT | {"method": method["code"]})
    await entitled(tracking.client, method, known.laboratory_site)
    body = entry(known, "39")
    typed = await tracking.as_("lab", subject="petra").done("/results", body)
    path, of_set = f"/results/{typed['id']}", f"/result-sets/{typed['set_id']}"

    def person(name: str, role: str) -> Any:
        return tracking.as_(role, partner_id=known.laboratory, subject=name)

    ana, cene = person("ana", "partner_lab"), person("cene", "partner_quality")
    for named in ({}, {"method": method["code"]}, {"method": method["code"].lower()}):
        again = await ana.post("/results", json=body | {"value": "93"} | named)
        assert (again.status_code, typed["id"] in again.json()["detail"]) == (409, True), named
    await person("bor", "partner_lab").done(f"{of_set}/review", SEEN)
    assert [each["name"] for each in (await ana.get(path)).json()["allowed"]] == []
    early = await ana.post(f"{path}/amendment", json=WHY | {"value": "93", "unit": "%"})
    assert early.status_code == 409
    await cene.done(f"{of_set}/return", WHY)
    offered = (await ana.get(path)).json()["allowed"]
    assert [(each["name"], each["path"].endswith(f"{path}/amendment")) for each in offered if each["name"] == "amend"]
    without = await ana.post(f"{path}/amendment", json={"value": "93", "unit": "%"})
    maker = tracking.as_("partner_lab", partner_id=known.maker, subject="mojca")
    another = await maker.post(f"{path}/amendment", json=WHY | {"value": "93", "unit": "%"})
    assert (without.status_code, another.status_code) == (422, 403)
    amended = await ana.done(f"{path}/amendment", WHY | {"value": "93", "unit": "%"})
    same = ("lot_id", "test", "stage", "role", "occurred_at", "set_id", "laboratory_site_id")
    assert [amended[name] for name in same] == [typed[name] for name in same]
    assert (amended["value"], amended["evaluation"], amended["submitted_by"]) == ("93", "pass", "ana")
    assert (amended["amendment_reason"], amended["state"]) == (WHY["reason"], "submitted")
    before = (await ana.get(path)).json()
    assert (before["value"], before["superseded_by"], before["waiting_for"]) == ("39", amended["id"], None)
    assert [each["name"] for each in before["allowed"]] == []
    told = await bus.told(ResultsReported, 2, lot=known.lot(body["lot"]["number"]))
    assert {
        each.result_id: (each.supersedes, each.amended_by, each.amendment_reason)
        for fact in told
        for each in fact.results
    } == {UUID(typed["id"]): (None, None, None), UUID(amended["id"]): (UUID(typed["id"]), "ana", WHY["reason"])}
    assert (await ana.post(f"{of_set}/review", json=SEEN)).status_code == 403
    await person("bor", "partner_lab").done(f"{of_set}/review", SEEN)
    await explain(tracking, bus, typed["set_id"])
    await cene.done(f"{of_set}/approval")
    asked = {"lot_id": typed["lot_id"], "market": "AT", "specification_id": specification["id"]}
    open_oos = await tracking.client.post("/certificates-of-analysis", json=asked)
    why = open_oos.json()["detail"]
    assert (open_oos.status_code, open_oos.json()["missing"]) == (409, ["dissolution_min"])
    assert (typed["id"] in why, why.endswith("its investigation is open")) == (True, True)


async def test_what_a_system_reported_it_amends_itself(tracking: Any, known: Any, bus: Any, results: Any) -> None:
    report = known.report("93")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    analyst = tracking.as_("partner_lab", partner_id=known.laboratory, subject="ana")
    refused = await analyst.post(f"/results/{result['id']}/amendment", json=WHY | {"value": "94", "unit": "%"})
    assert (refused.status_code, "next revision" in refused.json()["detail"]) == (409, True)
    assert "amend" not in {each["name"] for each in (await analyst.get(f"/results/{result['id']}")).json()["allowed"]}


async def test_a_release_result_from_before_its_batch_began_is_refused_by_hand_and_said_of_a_feed(
    tracking: Any, known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    lot = known.lot()
    early = known.report("93", lot, occurred_at=datetime(2026, 2, 9, 8, tzinfo=UTC))
    await bus.publish(early)
    (reported,) = await results(lot, 1)
    assert reported["precedes_making"] is False, "nobody told yet when it began"
    began = datetime(2026, 2, 10, 6, tzinfo=UTC)
    await bus.publish(BatchStarted(batch_id=lot.id, lot=lot, occurred_at=began))

    async def said() -> bool:
        return bool((await tracking.client.get(f"/results/{reported['id']}")).json()["precedes_making"])

    assert await eventually(said)
    place = {"site_id": str(known.site), "material": known.code, "number": lot.number}
    analyst = tracking.as_("partner_lab", partner_id=known.laboratory, subject="ana")
    typed = entry(known, lot=place, test="water", occurred_at="2026-02-09")
    refused = await analyst.post("/results", json=typed)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["occurred_at", "stage"])
    assert (await analyst.post("/results", json=typed | {"stage": "intermediate"})).status_code == 201
    assert (await analyst.done("/results", typed | {"occurred_at": "2026-02-10"}))["precedes_making"] is False


async def test_what_was_said_of_how_a_result_came_about_stays_in_its_amendment(
    tracking: Any, known: Any, bus: Any
) -> None:
    said = {"instrument": "HPLC-07", "calibration_due": "2020-01-01", "raw_data_digest": "ab" * 32}
    lab = tracking.as_("lab", subject="petra")
    typed = await lab.done("/results", entry(known, "93", provenance=said))
    path = f"/results/{typed['id']}/amendment"
    amended = await lab.done(path, WHY | {"value": "94", "unit": "%", "provenance": {"analyst": "ana"}})
    stated = {name: value for name, value in amended["provenance"].items() if value}
    assert stated == said | {"analyst": "ana"}
    told = await bus.told(DataIntegrityFlagged, result_id=UUID(amended["id"]), rule="calibration_overdue")
    assert [each.state for each in told] == ["open"], "who leaves it out loses no flag"
