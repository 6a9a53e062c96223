"""One result in two markets: two verdicts, and one OOS that names whose limits it misses."""

from typing import Any

from contracts.sample_tracking import OosDetected, ResultsReported

LIMIT = {"test": "impurities_total", "stage": "release", "unit": "%", "decimals": 1}


async def test_a_result_outside_one_market_s_limits_blocks_that_market_only(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    everywhere = await specify(known.code, LIMIT | {"upper": "0.5"})
    american = await specify(known.code, LIMIT | {"upper": "0.40", "decimals": 2}, market="US")
    report = known.report("0.44", test="impurities_total")
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    gravest = (result["evaluation"], result["specification_id"], result["rounded_value"])
    assert gravest == ("oos", american["id"], "0.44")
    assert result["evaluations"] == [
        {"specification_id": everywhere["id"], "market": None, "verdict": "pass", "rounded": "0.4", "found": None},
        {"specification_id": american["id"], "market": "US", "verdict": "oos", "rounded": "0.44", "found": None},
    ]

    async def told() -> Any:
        of_lot = [each.fact for each in bus.heard if getattr(each.fact, "lot", None) == report.lot]
        return [each for each in of_lot if isinstance(each, OosDetected | ResultsReported)] if of_lot else None

    async def both() -> Any:
        found = await told()
        return found if found and any(isinstance(each, OosDetected) for each in found) else None

    facts = await eventually(both)
    (oos,) = [fact for fact in facts if isinstance(fact, OosDetected)]
    assert (oos.markets, str(oos.specification_id)) == (("US",), american["id"])
    (reported,) = [fact for fact in facts if isinstance(fact, ResultsReported)]
    assert [(each.market, each.verdict) for each in reported.results[0].evaluations] == [(None, "pass"), ("US", "oos")]

    async def listed(**asked: Any) -> int:
        answer = await tracking.client.get("/results", params={"lot_id": str(report.lot.id)} | asked)
        return len(answer.json()["items"])

    assert [await listed(oos_in="US"), await listed(oos_in="JP"), await listed(oos_in=["JP", "US"])] == [1, 0, 1]
    assert [await listed(passed_in="US"), await listed(passed_in="JP")] == [0, 1]


async def test_a_laboratory_tells_of_each_verdict_what_the_database_keeps(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any
) -> None:
    await specify(known.code, LIMIT | {"upper": "0.5"})
    first = known.report("0.1", test="impurities_total")
    await bus.publish(first)
    await results(first.lot, 1)
    lot = {"site_id": str(known.site), "material": known.code, "number": first.lot.number}
    body = {"lot": lot, "laboratory_site_id": str(known.laboratory_site), "test": "impurities_total"}
    body |= {"stage": "release", "value": "0.61", "unit": "%", "occurred_at": "2026-02-28"}
    laboratory = tracking.as_("partner_lab", partner_id=known.laboratory, subject="ana")
    entered = await laboratory.post("/results", json=body)
    assert entered.status_code == 201, entered.text
    assert [each["verdict"] for each in entered.json()["evaluations"]] == ["oos"]
