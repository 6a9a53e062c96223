"""Results that were reported together are reviewed and approved as one."""

from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.partner_feeds import ReportedResult
from contracts.sample_tracking import ResultApproved

from .answering import explain

SEEN = {"raw_data_seen": True}
WHY = {"reason": "the chromatogram of the second injection is missing"}


def measured(id: str, value: str, test: str = "assay", revision: int = 1) -> ReportedResult:
    return ReportedResult(id=id, revision=revision, test=test, value=Decimal(value), unit="%")


async def approved(tracking: Any, set_id: str) -> Any:
    """A set that was reviewed by one and approved by another."""
    await tracking.as_("lab", subject="bor").done(f"/result-sets/{set_id}/review", SEEN)
    return await tracking.as_("quality", subject="cene").done(f"/result-sets/{set_id}/approval")


async def test_a_set_passes_through_three_hands(tracking: Any, known: Any, bus: Any, results: Any) -> None:
    def person(name: str, role: str) -> Any:
        return tracking.as_(role, partner_id=known.laboratory, subject=name)

    report = known.together(measured("r1", "99.1"), measured("r2", "0.4", "water"), sent_by="ana")
    await bus.publish(report)
    first, second = await results(report.lot, 2)
    assert first["set_id"] == second["set_id"]
    path = f"/result-sets/{first['set_id']}"
    own = await person("ana", "partner_lab").post(f"{path}/review", json=SEEN)
    assert (own.status_code, own.json()["type"]) == (403, "urn:entente:problem:second-person-required")
    unseen = await person("bor", "partner_lab").post(f"{path}/review", json={"raw_data_seen": False})
    assert unseen.status_code == 422
    early = await person("cene", "partner_quality").post(f"{path}/approval")
    assert early.status_code == 409
    reviewed = await person("bor", "partner_lab").done(f"{path}/review", SEEN)
    assert (reviewed["state"], reviewed["reviewed_by"], reviewed["tests"]) == ("reviewed", ["bor"], ["assay", "water"])
    for name in ("ana", "bor"):
        assert (await person(name, "partner_quality").post(f"{path}/approval")).status_code == 403
    done = await person("cene", "partner_quality").done(f"{path}/approval")
    assert (done["state"], done["approved_by"], done["waiting_for"]) == ("approved", "cene", None)
    for result in await results(report.lot, 2):
        assert (result["state"], result["reviewed_by"], result["approved_by"]) == ("approved", "bor", "cene")
        (fact,) = await bus.told(ResultApproved, result_id=UUID(result["id"]))
        assert fact.lot.id == report.lot.id
    past = (await tracking.client.get(f"{path}/history")).json()["items"]
    assert {entry["actor"] for entry in past} >= {"bor", "cene"}


async def test_who_reviews_or_approves_a_set_has_read_all_that_is_in_it(
    tracking: Any, known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    """What joins it afterwards, also by the same person and while it waits for its review, makes it another version."""
    report = known.together(measured("r1", "99.1"), sent_by="ana")
    await bus.publish(report)
    ((first,), reviewer) = await results(report.lot, 1), tracking.as_("lab", subject="bor")
    path = f"/result-sets/{first['set_id']}"
    read = (await reviewer.get(path)).headers["etag"]
    await bus.publish(known.together(measured("r2", "0.4", "water"), lot=report.lot, sent_by="ana"))
    await results(report.lot, 2)
    stale = await reviewer.post(f"{path}/review", json=SEEN, headers={"If-Match": read})
    assert (read, stale.status_code) == ('"1"', 412)
    early = await tracking.as_("quality", subject="cene").post(f"{path}/approval")
    assert (early.status_code, early.json()["allowed"]) == (409, []), "nobody asks for what happens by itself"
    now = await reviewer.get(path)
    done = await reviewer.post(f"{path}/review", json=SEEN, headers={"If-Match": now.headers["etag"]})
    assert (done.status_code, done.json()["state"]) == (200, "reviewed")


async def test_an_amendment_opens_an_approved_set_for_itself_alone(
    tracking: Any, known: Any, bus: Any, results: Any
) -> None:
    report = known.together(measured("r1", "99.1"), measured("r2", "0.4", "water"), sent_by="ana")
    await bus.publish(report)
    set_id = (await results(report.lot, 2))[0]["set_id"]
    await approved(tracking, set_id)
    await bus.publish(known.together(measured("r1", "99.3", revision=2), lot=report.lot, sent_by="eva"))
    found = {(row["source_id"], row["source_revision"]): row for row in await results(report.lot, 3)}
    assert [found[key]["state"] for key in (("r2", 1), ("r1", 2))] == ["approved", "submitted"]
    opened = (await tracking.client.get(f"/result-sets/{set_id}")).json()
    assert (opened["state"], opened["submitted_by"]) == ("submitted", ["ana", "eva"])
    await explain(tracking, bus, set_id)
    again = await approved(tracking, set_id)
    assert (again["state"], again["reviewed_by"]) == ("approved", ["bor"])
    assert len(await bus.told(ResultApproved, result_id=UUID(found["r2", 1]["id"]))) == 1


async def test_a_set_or_one_result_of_it_is_returned(tracking: Any, known: Any, bus: Any, results: Any) -> None:
    report = known.together(measured("r1", "99.1"), measured("r2", "0.4", "water"))
    await bus.publish(report)
    first, second = await results(report.lot, 2)
    path = f"/result-sets/{first['set_id']}"
    bench = tracking.as_("partner_lab", partner_id=known.laboratory, subject="bor")
    quality = tracking.as_("partner_quality", partner_id=known.laboratory, subject="cene")
    await bench.done(f"{path}/review", SEEN)
    assert (await bench.post(f"{path}/return", json=WHY)).status_code == 403
    back = await quality.done(f"{path}/return", WHY)
    assert (back["state"], back["returned_by"], back["return_reason"]) == ("submitted", "cene", WHY["reason"])
    assert {row["state"] for row in await results(report.lot, 2)} == {"submitted"}
    await bench.done(f"{path}/review", SEEN)
    assert (await quality.done(f"/results/{first['id']}/return", WHY))["state"] == "submitted"
    assert (await quality.get(path)).json()["state"] == "submitted"
    assert (await quality.get(f"/results/{second['id']}")).json()["state"] == "reviewed"
    await bench.done(f"{path}/review", SEEN)
    assert (await quality.done(f"{path}/approval"))["state"] == "approved"
    listed = (await quality.get("/results", params={"set_id": first["set_id"]})).json()["items"]
    assert {row["state"] for row in listed} == {"approved"}


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_sets_are_the_same_in_whatever_order_they_are_reported(
    order: Any, tracking: Any, known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    lot, moved = known.lot(), {"occurred_at": "2018-12"}
    facts = [
        known.together(measured("r1", "99.1"), lot=lot, sent_by="ana"),
        known.together(measured("r1", "99.2", revision=2), lot=lot, sent_by="eva", **moved),
        known.together(measured("r2", "0.4", "water"), lot=lot, sent_by="eva", **moved),
    ]
    for n in order:
        await bus.publish(facts[n])
    await results(lot, 3)
    sets = (await tracking.client.get("/result-sets", params={"lot_id": str(lot.id)})).json()["items"]
    assert {row["occurred_at"]: (row["state"], row["tests"], row["submitted_by"]) for row in sets} == {
        "2018-11": ("void", [], ["ana"]),
        "2018-12": ("submitted", ["assay", "water"], ["eva"]),
    }


async def test_a_laboratory_enters_into_a_set_that_there_is(tracking: Any, known: Any, bus: Any, results: Any) -> None:
    report = known.report("93", occurred_at="2026-02", sent_by="ana")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    await approved(tracking, result["set_id"])
    lot = {"site_id": str(known.site), "material": known.code, "number": report.lot.number}
    body = {"lot": lot, "laboratory_site_id": str(known.laboratory_site), "stage": "release", "occurred_at": "2026-02"}
    body |= {"test": "water", "value": "1.5", "unit": "%"}
    laboratory = tracking.as_("partner_lab", partner_id=known.laboratory, subject="eva")
    entered = await laboratory.done("/results", body)
    assert entered["set_id"] == result["set_id"]
    opened = (await laboratory.get(f"/result-sets/{result['set_id']}")).json()
    assert (opened["state"], opened["submitted_by"]) == ("submitted", ["ana", "eva"])
    stranger = tracking.as_("partner_lab", partner_id=uuid4(), subject="zoran")
    assert (await stranger.get("/result-sets")).json()["items"] == []


async def test_what_the_buyer_of_a_laboratory_finds_is_in_no_set_of_the_seller(
    known: Any, bus: Any, results: Any, tracking: Any
) -> None:
    report = known.report("93", occurred_at="2026-02-10")
    await bus.publish(report)
    (sold,) = await results(report.lot, 1)
    known.laboratory, seller = uuid4(), known.laboratory
    await bus.publish(known.report("95", lot=report.lot, occurred_at="2026-02-10", test="assay"))
    (own,) = [each for each in await results(report.lot, 2) if each["test"] == "assay"]
    assert own["set_id"] != sold["set_id"]
    for partner_id, readable, other in ((seller, sold, own), (known.laboratory, own, sold)):
        owner = tracking.as_("partner_lab", partner_id=partner_id, subject="olga")
        assert (await owner.get(f"/result-sets/{readable['set_id']}")).status_code == 200
        assert (await owner.post(f"/result-sets/{other['set_id']}/review", json=SEEN)).status_code == 404
