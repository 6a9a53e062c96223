"""A result of a stability study says which pull it is of, by hand and by feed."""

from typing import Any
from uuid import UUID

from contracts.partner_feeds import StabilityPoint, TestStage
from contracts.sample_tracking import ResultsReported

from .test_entries import entry, lot_is_tested

MONTH_12 = {"months": 12, "condition": "25C/60RH"}


async def test_a_pull_is_entered_kept_by_an_amendment_and_told(tracking: Any, known: Any, bus: Any) -> None:
    analyst = tracking.as_("partner_lab", partner_id=known.laboratory, subject="ana")
    body = entry(known, "93", stage="stability", stability=MONTH_12)
    await lot_is_tested(tracking, {name: said for name, said in body.items() if name != "stability"})
    typed = await analyst.done("/results", body)
    assert typed["stability"] == MONTH_12
    why = {"reason": "two digits were swapped", "value": "39", "unit": "%"}
    amended = await analyst.done(f"/results/{typed['id']}/amendment", why)
    assert (amended["stability"], amended["value"]) == (MONTH_12, "39")
    told = await bus.told(ResultsReported, 3, lot=known.lot(body["lot"]["number"]))
    said = {each.result_id: each.stability for fact in told for each in fact.results}
    assert [said[UUID(one["id"])] for one in (typed, amended)] == [StabilityPoint(months=12, condition="25C/60RH")] * 2
    assert sorted(said.values(), key=str)[0] is None, "the first one is of none"


async def test_only_a_result_of_the_stage_stability_is_of_a_pull(tracking: Any, known: Any) -> None:
    for wrong in (
        {"stage": "release", "stability": {"months": 12}},
        {"stage": "stability", "stability": {"months": -1}},
    ):
        refused = await tracking.as_("lab", subject="petra").post("/results", json=entry(known) | wrong)
        assert (refused.status_code, "stability" in refused.text) == (422, True)


async def test_a_feed_s_pull_is_kept_and_told(tracking: Any, known: Any, bus: Any, results: Any) -> None:
    report = known.report("93")
    (one,) = report.results
    pulled = one.model_copy(update={"stability": StabilityPoint(months=18)})
    await bus.publish(report.model_copy(update={"stage": TestStage.stability, "results": (pulled,)}))
    (result,) = await results(report.lot, 1)
    assert result["stability"] == {"months": 18, "condition": None}
    (told,) = await bus.told(ResultsReported, lot=known.lot(report.lot.number))
    assert told.results[0].stability == StabilityPoint(months=18)
