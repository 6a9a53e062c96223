"""A revision while lots are in flight: whichever comes first, results end with the same verdicts and one OOS."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from contracts.quality_events import BatchManufactured
from contracts.sample_tracking import OosDetected, SpecificationApproved

LIMIT = {"test": "dissolution_min", "method": "AP-02", "stage": "release", "unit": "%", "decimals": 0}
TODAY = datetime.now(UTC).date()
MADE, TESTED = TODAY - timedelta(days=20), TODAY - timedelta(days=10)


async def approved(tracking: Any, known: Any, lower: str, days_ago: int, applies_to: str) -> dict[str, Any]:
    """A revision that came into force so many days ago."""
    limits, since = [LIMIT | {"lower": lower}], str(TODAY - timedelta(days=days_ago))
    body = {"product": known.code, "limits": limits, "effective_from": since, "applies_to": applies_to}
    drafted = await tracking.client.post("/specifications", json=body)
    assert drafted.status_code == 201, drafted.text
    answer = await tracking.second.post(f"/specifications/{drafted.json()['id']}/approval")
    assert answer.json()["state"] == "effective", answer.text
    return dict(answer.json())


def verdicts(result: dict[str, Any]) -> dict[str, str]:
    """All verdicts that a result has, by their specifications."""
    return {each["specification_id"]: each["verdict"] for each in result["evaluations"] + result["evaluated_against"]}


def detected(bus: Any, lot: Any) -> list[OosDetected]:
    """The OOS of a lot."""
    return [each.fact for each in bus.heard if isinstance(each.fact, OosDetected) and each.fact.lot.id == lot.id]


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_tightened_limit_for_all_open_lots_ends_the_same_in_any_order(
    order: Sequence[int], tracking: Any, known: Any, bus: Any, results: Any, database: Any, eventually: Any
) -> None:
    lot = known.lot()
    first = await approved(tracking, known, "80", 30, "manufactured_from")
    made = BatchManufactured(batch_id=lot.id, lot=lot, completed_at=MADE, occurred_at=MADE)
    second: dict[str, Any] = {}

    async def make() -> None:
        await bus.publish(made)

        async def learned() -> Any:
            return await database.fetchval("SELECT completed_on FROM known_lot WHERE lot_id = $1", lot.id)

        assert await eventually(learned) == MADE

    async def test() -> None:
        await bus.publish(known.report("82", lot, occurred_at=TESTED))
        await results(lot, 1)

    async def tighten() -> None:
        second.update(await approved(tracking, known, "85", 5, "all_open_lots"))

    for n in order:
        await (make, test, tighten)[n]()
    (result,) = await results(lot, 1)
    assert verdicts(result) == {first["id"]: "pass", second["id"]: "oos"}
    assert (result["evaluation"], result["specification_id"]) == ("oos", second["id"])

    async def told() -> Any:
        return detected(bus, lot)

    (oos,) = await eventually(told)
    assert (str(oos.specification_id), str(oos.limit.lower)) == (second["id"], "85")


async def test_the_old_verdict_stays_beside_and_a_loosened_limit_undoes_no_oos(
    tracking: Any, known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    first = await approved(tracking, known, "80", 30, "manufactured_from")
    low, high = known.report("79", occurred_at=TESTED), known.report("82", occurred_at=TESTED)
    await bus.publish(low, high)
    await results(low.lot, 1)
    await results(high.lot, 1)
    loosened = await approved(tracking, known, "75", 4, "all_open_lots")
    (result,) = await results(low.lot, 1)
    assert [each["verdict"] for each in result["evaluations"]] == ["oos"]
    assert [(each["specification_id"], each["verdict"]) for each in result["evaluated_against"]] == [
        (loosened["id"], "pass")
    ]
    assert (result["evaluation"], result["specification_id"]) == ("oos", first["id"])
    await approved(tracking, known, "90", 3, "manufactured_from")
    (result,) = await results(high.lot, 1)
    assert set(verdicts(result).values()) == {"pass"}, "it holds for lots that are made from then on"

    async def told() -> Any:
        approvals = [each.fact for each in bus.heard if isinstance(each.fact, SpecificationApproved)]
        return next((fact for fact in approvals if str(fact.specification_id) == loosened["id"]), None)

    approval = await eventually(told)
    assert (approval.re_evaluates.lots, approval.re_evaluates.results) == (2, 2)
    assert len(detected(bus, low.lot)) == 1
