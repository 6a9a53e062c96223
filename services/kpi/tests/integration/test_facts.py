"""The list of facts: filtered as every list is, and what cannot be meant is refused with its field."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from contracts import clock
from contracts.partner_feeds import RecordContradicted
from contracts.sample_tracking import EvaluatedResult, Evaluation
from tests.world import number_of


async def listed(kpi: Any, /, **asked: Any) -> list[dict[str, Any]]:
    answer = await kpi.client.get("/facts", params={name.rstrip("_"): value for name, value in asked.items()})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


async def test_filters_are_repeatable(kpi: Any, bus: Any, new_world: Any) -> None:
    ours, theirs, others = (new_world() for _ in range(3))
    for make in (ours, theirs, others):
        await bus.publish(*make.registered(), make.result("oos"), make.batch(at="2026-03"))
        await kpi.until("oos_rate", sample=1, partner=str(make.maker))
        await kpi.until("right_first_time", sample=1, partner=str(make.maker))

    async def named() -> bool:
        words = {"partner": number_of("P", theirs.maker), "site": number_of("S", theirs.site), "product": theirs.code}
        return bool((await kpi.client.get("/facts", params=words)).status_code == 200)

    await kpi.eventually(named)
    both = {str(ours.maker), str(theirs.maker)}
    for asked in (
        {"partner": [str(ours.maker), number_of("P", theirs.maker)]},
        {"site": [str(ours.site), number_of("S", theirs.site)]},
        {"product": [ours.code, str(theirs.product)]},
    ):
        assert {fact["partner"]["id"] for fact in await listed(kpi, **asked)} == both, asked
    partner = str(ours.maker)
    measures = {fact["measure"] for fact in await listed(kpi, partner=partner, kpi=["oos_rate", "right_first_time"])}
    assert measures == {"oos_test", "test_evaluated", "lot_right_first_time", "lot_manufactured"}
    asked_for = ["oos_test", "batch_yield"]
    chosen = await listed(kpi, partner=partner, kpi=["oos_rate", "right_first_time"], measure=asked_for)
    assert {fact["measure"] for fact in chosen} == {"oos_test"}
    subjects = [fact["subject_id"] for fact in await listed(kpi, partner=list(both), measure="right_first_time")]
    assert {fact["partner"]["id"] for fact in await listed(kpi, subject=subjects)} == both
    assert await listed(kpi, partner=partner, from_="2026-04") == await listed(kpi, partner=partner, to="2026-02") == []
    raw = ours.result("pass", lot=ours.lot(product=None, material="lactose"))
    await bus.publish(raw)
    await kpi.until("oos_rate", sample=2, partner=partner)
    evaluated = [await listed(kpi, partner=partner, measure="test_evaluated", product=each)
                 for each in (["none"], [ours.code], ["none", ours.code])]  # fmt: skip
    assert [len(found) for found in evaluated] == [1, 1, 2]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"kpi": ["oos_rate", "no_such"]}, "query.kpi"),
        ({"measure": "no_such"}, "query.measure.0"),
        ({"partner": "P-0"}, "query.partner"),
        ({"site": "S-0"}, "query.site"),
        ({"product": "no such"}, "query.product"),
        ({"subject": "x"}, "query.subject.0"),
        ({"sort": "recorded_at"}, "query.sort"),
        ({"from": "2026-03", "to": "2026-02"}, "query.from"),
    ],
)
async def test_what_cannot_be_meant_is_refused_with_its_field(kpi: Any, asked: dict[str, Any], field: str) -> None:
    refused = await kpi.client.get("/facts", params=asked)
    assert refused.status_code == 422, refused.text
    assert [error["field"] for error in refused.json()["errors"]] == [field]


async def test_numbers_from_a_month_after_the_last_are_refused(kpi: Any) -> None:
    refused = await kpi.client.get("/kpis/oos_rate/values", params={"from": "2026-03", "to": "2026-02"})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "query.from")


async def test_the_document_says_by_what_facts_are_sorted(kpi: Any) -> None:
    parameters = kpi.running.app.openapi()["paths"]["/v1/facts"]["get"]["parameters"]
    (sort,) = [each for each in parameters if each["name"] == "sort"]
    assert sort["schema"]["enum"] == ["id", "-id"]


async def test_what_somebody_must_look_at_is_counted_until_it_is_judged(kpi: Any, bus: Any, new_world: Any) -> None:
    ours = new_world()
    twice = RecordContradicted(
        occurred_at=clock.now(),
        contradiction_id=uuid4(),
        feed_id=uuid4(),
        feed="a-lims",
        partner_id=ours.laboratory,
        maker_id=ours.maker,
        site_id=ours.site,
        product_id=ours.product,
        message_id=uuid4(),
        row=2,
        record="TestResult",
        record_id="r1",
        revision=1,
    )
    result, lot = uuid4(), ours.lot()
    found: dict[str, Any] = {"result_id": result, "test": "Gehalt", "value": Decimal(91), "unit": "%"}
    unjudged = EvaluatedResult(evaluation=Evaluation.not_evaluated, unjudged=True, **found)
    await bus.publish(*ours.registered(), twice, ours.together(unjudged, lot=lot))

    async def counted(measure: str) -> int:
        facts = await listed(kpi, partner=str(ours.maker), measure=measure)
        return len([fact for fact in facts if fact["reversed_by"] is None and fact["reverses"] is None])

    async def both() -> bool:
        return [await counted(each) for each in ("result_unjudged", "record_contradicted")] == [1, 1]

    await kpi.eventually(both)
    outside = EvaluatedResult(evaluation=Evaluation.out_of_specification, **found)
    await bus.publish(ours.together(outside, lot=lot))

    async def counts(*expected: int) -> bool:
        return tuple([await counted(each) for each in ("result_unjudged", "test_evaluated", "oos")]) == expected

    await kpi.eventually(lambda: counts(0, 1, 1))
    await bus.publish(ours.together(outside.model_copy(update={"reportable": False}), lot=lot))
    await kpi.eventually(lambda: counts(0, 0, 0))
    await bus.publish(ours.together(outside.model_copy(update={"reportable": True}), lot=lot))
    await kpi.eventually(lambda: counts(0, 1, 1))
