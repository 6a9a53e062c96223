"""Results that a laboratory withdraws, and results that are made of several determinations."""

from decimal import Decimal
from typing import Any

from contracts.sample_tracking import ResultsReported

LIMIT = {"test": "dissolution_min", "stage": "release", "lower": "80", "unit": "%", "decimals": 0}


async def test_a_withdrawn_result_stays_visible_and_counts_no_more(
    tracking: Any, known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(known.code, LIMIT)
    first = known.report("79.4", id="r1")
    await bus.publish(first)
    (oos,) = await results(first.lot, 1)
    assert oos["evaluation"] == "oos"
    await bus.publish(known.report(None, first.lot, id="r1", revision=2, voided=True))
    found = {row["source_revision"]: row for row in await results(first.lot, 2)}
    assert (found[1]["superseded_by"], found[1]["value"]) == (found[2]["id"], "79.4")
    withdrawn = found[2]
    assert (withdrawn["evaluation"], withdrawn["reason"]) == ("not_evaluated", "voided")
    assert (withdrawn["value"], withdrawn["text"], withdrawn["waiting_for"]) == (None, None, None)
    of_it = (await tracking.client.get(f"/result-sets/{withdrawn['set_id']}")).json()
    assert (of_it["state"], of_it["tests"], of_it["allowed"]) == ("void", [], [])

    async def told() -> Any:
        sets = [each.fact for each in bus.heard if isinstance(each.fact, ResultsReported)]
        return next((one for each in sets for one in each.results if str(one.result_id) == withdrawn["id"]), None)

    fact = await eventually(told)
    assert (fact.voided, fact.unjudged, str(fact.supersedes)) == (True, False, oos["id"])


async def test_all_determinations_of_a_result_are_kept(known: Any, specify: Any, bus: Any, results: Any) -> None:
    await specify(known.code, LIMIT)
    report = known.report("79", determinations=(Decimal("88"), Decimal("79"), Decimal("91.0")))
    await bus.publish(report)
    (result,) = await results(report.lot, 1)
    assert (result["evaluation"], result["determinations"]) == ("oos", ["88", "79", "91.0"])
