"""Results of several units: a stage that asks for more is neither met nor missed, and nobody approves it."""

from collections.abc import Sequence
from decimal import Decimal
from statistics import mean
from typing import Any
from uuid import UUID

from contracts.data_integrity import DataIntegrityFlagged, FlagState
from contracts.partner_feeds import ReportedResult
from contracts.sample_tracking import OosDetected, ResultsReported
from tests.entitling import entitled, registered

from .answering import explain
from .test_entries import entry, lot_is_tested

SEEN = {"raw_data_seen": True}
OF_RELEASE = {"stage": "release", "unit": "%", "decimals": 0}
DISSOLUTION = OF_RELEASE | {"test": "dissolution", "dissolution": {"q": "80"}}
FIRST, NEXT = ["86", "88", "79", "91", "87", "90"], ["83", "82", "88", "85", "90", "84"]


async def test_a_pending_stage_waits_for_its_next_units_and_opens_no_oos(
    tracking: Any, known: Any, specify: Any, bus: Any
) -> None:
    method = await registered(tracking.client, f"M-{known.code}")
    specification = await specify(known.code, DISSOLUTION | {"method": method["code"]})
    await entitled(tracking.client, method, known.laboratory_site)

    def person(name: str, role: str) -> Any:
        return tracking.as_(role, partner_id=known.laboratory, subject=name)

    ana, bor, cene = person("ana", "partner_lab"), person("bor", "partner_lab"), person("cene", "partner_quality")
    body = entry(known, "86.8", test="dissolution", determinations=FIRST)
    await lot_is_tested(tracking, body)
    typed = await ana.done("/results", body)
    path, of_set = f"/results/{typed['id']}", f"/result-sets/{typed['set_id']}"
    assert (typed["evaluation"], typed["reason"], typed["pending"]) == ("not_evaluated", "next_stage", True)
    (verdict,) = typed["evaluations"]
    assert {name: verdict["found"][name] for name in ("stage", "units", "pending", "worst")} == {
        **{"stage": "S1", "units": 6, "pending": True, "worst": "79"}
    }
    of_lot = {"lot_id": typed["lot_id"]}
    listed = {
        name: [
            each["test"]
            for each in (await tracking.client.get("/results", params=of_lot | {name: "true"})).json()["items"]
        ]
        for name in ("pending", "unjudged")
    }
    assert listed == {"pending": ["dissolution"], "unjudged": ["water"]}, "nobody has to read it"
    told: Any = (await bus.told(ResultsReported, 2, lot=known.lot(body["lot"]["number"])))[-1]
    assert (told.results[0].pending, told.results[0].unjudged) == (True, True), "unknown blocks"
    exempt = await tracking.as_("quality", subject="dora").post(f"{path}/exemption", json={"reason": "x"})
    assert exempt.status_code == 409
    await bor.done(f"{of_set}/review", SEEN)
    await explain(tracking, bus, typed["set_id"], flags=2)
    refused = await cene.post(f"{of_set}/approval")
    assert (refused.status_code, "dissolution asks for the units of a further stage" in refused.json()["detail"]) == (
        *(409, True),
    )
    await cene.done(f"{of_set}/return", {"reason": "six more"})
    six_more = {"value": "86.1", "unit": "%", "determinations": [*FIRST, *NEXT], "reason": "stage S2"}
    amended = await ana.done(f"{path}/amendment", six_more)
    assert (amended["evaluation"], amended["pending"], amended["rounded_value"]) == ("pass", False, "86")
    assert (amended["determinations"], amended["evaluations"][0]["found"]["stage"]) == ([*FIRST, *NEXT], "S2")
    assert (await ana.get(path)).json()["determinations"] == FIRST, "all determinations stay"
    await bor.done(f"{of_set}/review", SEEN)
    await cene.done(f"{of_set}/approval")
    oos = [each.fact for each in bus.heard if isinstance(each.fact, OosDetected)]
    assert not {each.result_id for each in oos} & {UUID(typed["id"]), UUID(amended["id"])}
    asked = {"lot_id": typed["lot_id"], "market": "AT", "specification_id": specification["id"]}
    coa = await tracking.client.done("/certificates-of-analysis", asked)
    assert coa["findings"][0]["result"] == "S2 of 12 units, mean 86 %, worst 79 %"


async def test_units_of_a_pending_stage_are_not_thrown_away(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    await specify(known.code, DISSOLUTION)
    lab, bad = tracking.as_("lab", subject="petra"), ["61", "66", "70", "72", "75", "79"]
    typed = await lab.done("/results", entry(known, "70.5", test="dissolution", determinations=bad))
    for units in (["90"] * 6, ["90"] * 12, [*bad[1:], *["90"] * 7]):
        given = {"value": "90", "unit": "%", "determinations": units, "reason": "further units"}
        refused = await lab.post(f"/results/{typed['id']}/amendment", json=given)
        assert (refused.status_code, refused.json()["fields"]) == (409, ["determinations"])
        assert "the units reported stand" in refused.json()["detail"]
    lot, name = known.lot(), known.code

    def revision(nth: int, units: Sequence[str]) -> Any:
        of_it = ReportedResult(
            id=name,
            revision=nth,
            test="dissolution",
            value=mean(map(Decimal, units)),
            unit="%",
            determinations=(*map(Decimal, units),),
        )
        return known.together(of_it, lot=lot, occurred_at="2026-02-10")

    await bus.publish(revision(3, ["90"] * 6))
    await bus.publish(revision(1, bad))
    await bus.publish(revision(2, ["90"] * 12))
    found = await results(lot, 3)
    of_it = {"set_id": UUID(found[0]["set_id"]), "rule": "units_dropped"}
    told = await bus.told(DataIntegrityFlagged, 2, state=FlagState.open, **of_it)
    assert {str(each.result_id) for each in told} == {each["id"] for each in found if each["source_revision"] > 1}
    of_set = f"/result-sets/{found[0]['set_id']}"
    await lab.done(f"{of_set}/review", SEEN)
    refused = await tracking.as_("quality", subject="dora").post(f"{of_set}/approval")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["units_dropped"])


async def test_a_determination_outside_is_found_beside_a_mean_that_is_inside(
    tracking: Any, known: Any, specify: Any
) -> None:
    await specify(known.code, OF_RELEASE | {"test": "assay", "lower": "95", "upper": "105"})
    body = entry(known, "98.3", test="assay", determinations=["94.4", "100", "100.5"])
    lab = tracking.as_("lab", subject="petra")
    flagged = await lab.done("/results", body)
    await lab.done("/results", body | {"role": "repeat", "determinations": ["94.5", "100", "100.5"]})
    assert (flagged["evaluation"], flagged["determination_outside"]) == ("pass", True)
    asked = {"lot_id": flagged["lot_id"], "determination_outside": "true"}
    found = (await tracking.client.get("/results", params=asked)).json()["items"]
    assert [each["id"] for each in found] == [flagged["id"]]


async def test_defects_are_held_against_the_plan_and_too_few_units_are_judged_by_nobody(
    tracking: Any, known: Any, specify: Any
) -> None:
    plan = {"inspected": 80, "accept": 2, "defect_class": "major", "code_letter": "J", "aql": "1.0", "plan": "II"}
    limit = {"test": "capping", "stage": "release", "unit": "1", "decimals": 0, "attribute": plan}
    specification = await specify(known.code, limit)
    assert specification["limits"][0]["attribute"] == plan
    lab, found = tracking.as_("lab", subject="petra"), {}
    for count, inspected in (("2", 80), ("3", 80), ("0", 79)):
        body = entry(known, count, test="capping", inspected=inspected, unit="1")
        result = await lab.done("/results", body)
        found[count, inspected] = result["evaluation"], result["reason"]
    assert found == {("2", 80): ("pass", None), ("3", 80): ("oos", None), ("0", 79): ("not_evaluated", "units_missing")}


async def test_a_value_that_its_units_do_not_give_is_refused_by_hand_and_flagged_of_a_feed(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    await specify(known.code, DISSOLUTION)
    lab, units = tracking.as_("lab", subject="petra"), ["85", "86", "86", "86", "86", "87"]
    body = entry(known, "99", test="dissolution", determinations=units)
    refused = await lab.post("/results", json=body)
    assert (refused.status_code, refused.json()["fields"]) == (409, ["value", "determinations"])
    assert "the mean of the 6 is 86" in refused.json()["detail"]
    entered = await lab.done("/results", body | {"value": "86.0"})
    wrong = {"value": "99", "unit": "%", "determinations": units, "reason": "typed wrong"}
    assert (await lab.post(f"/results/{entered['id']}/amendment", json=wrong)).status_code == 409
    lot = known.lot()
    await bus.publish(known.report("99", lot, test="dissolution", determinations=(*map(Decimal, units),)))
    (found,) = await results(lot, 1)
    assert [found[name] for name in ("evaluation", "rounded_value", "value", "value_contradicted")] == [
        *("pass", "86", "99", True)
    ]
    asked = {"material": known.code, "value_contradicted": "true"}
    assert [each["id"] for each in (await tracking.client.get("/results", params=asked)).json()["items"]] == [
        found["id"]
    ]
    of_set = f"/result-sets/{found['set_id']}"
    await lab.done(f"{of_set}/review", SEEN)
    refused = await tracking.as_("quality", subject="cene").post(f"{of_set}/approval")
    assert (refused.status_code, refused.json()["missing"]) == (409, ["value_contradicted"])
    (told,) = await bus.told(DataIntegrityFlagged, set_id=UUID(found["set_id"]))
    path = f"/data-integrity-flags/{told.flag_id}"
    dora = tracking.as_("partner_quality", partner_id=known.laboratory, subject="dora")
    listed = await dora.get("/data-integrity-flags", params={"rule": "value_contradicted"})
    assert [each["id"] for each in listed.json()["items"]] == [str(told.flag_id)]
    await dora.done(f"{path}/answer", {"explanation": "the system had the value of the lot before"})
    await tracking.as_("quality", subject="cene").done(f"{of_set}/approval")
    states = [each.state for each in await bus.told(DataIntegrityFlagged, 2, flag_id=told.flag_id)]
    assert states == [FlagState.open, FlagState.answered]


async def test_an_oos_says_by_which_units_it_is_one(tracking: Any, known: Any, specify: Any, bus: Any) -> None:
    await specify(known.code, DISSOLUTION)
    units = ["54", "85", "85", "85", "85", "85"]
    body = entry(known, "79.8", test="dissolution", determinations=units)
    await lot_is_tested(tracking, body)
    analyst = tracking.as_("partner_lab", partner_id=known.laboratory, subject="ana")
    failed = await analyst.done("/results", body)
    (told,) = await bus.told(OosDetected, result_id=UUID(failed["id"]))
    assert (told.found.stage, told.found.units, told.found.worst) == ("S1", 6, Decimal(54))
