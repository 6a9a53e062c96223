"""What meets in this service: whichever of two facts comes first, the end is the same."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from contracts import Fact
from contracts.partner_feeds import ReportedResult, TestResultsReported
from contracts.sample_tracking import ResultsReported


def _facts(world: Any) -> tuple[Any, list[Fact]]:
    """A product, and a result of a lot that names only its code, amended once."""
    lot = world.lot(product=None)
    product = world.registered()[-1]
    first = world.report("81.2", lot, id="R-1")
    return lot, [product, first, world.report("81.7", lot, id="R-1", revision=2)]


async def _told(bus: Any, database: Any, eventually: Any, fact: Fact) -> None:
    (id,) = await bus.publish(fact)

    async def handled() -> bool:
        return bool(await database.fetchval("SELECT count(*) FROM inbox WHERE event_id LIKE $1", f"{id}%"))

    await eventually(handled)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_result_is_of_the_product_that_is_registered_before_or_after(
    order: Sequence[int], world: Any, bus: Any, results: Any, database: Any, eventually: Any
) -> None:
    lot, facts = _facts(world)
    for n in order:
        await _told(bus, database, eventually, facts[n])
    found = await results(lot, 2)
    assert {each["product_id"] for each in found} == {str(world.product)}
    (standing,) = [each for each in found if each["superseded_by"] is None]
    assert float(standing["value"]) == 81.7
    assert {(each["evaluation"], each["reason"]) for each in found} == {("not_evaluated", "no_specification")}


async def test_whoever_heard_of_the_result_hears_of_its_product(
    world: Any, bus: Any, results: Any, database: Any, eventually: Any
) -> None:
    lot, (product, first, _) = _facts(world)
    await _told(bus, database, eventually, first)
    (result,) = await results(lot, 1)
    await bus.publish(product)

    async def linked() -> Any:
        of_it = [
            each.fact for each in bus.heard if isinstance(each.fact, ResultsReported) and each.fact.lot.id == lot.id
        ]
        return of_it if len(of_it) == 2 else None

    before, after = await eventually(linked)
    assert (before.lot.product_id, after.lot.product_id) == (None, world.product)
    assert after.model_dump(exclude={"lot"}) == before.model_dump(exclude={"lot"})
    assert result["id"] == str(after.results[0].result_id)


def _told_in(world: Any, grouping: Sequence[Sequence[int]]) -> tuple[Any, list[TestResultsReported]]:
    """Six reports of one lot, a result amended twice and an OOS corrected among them, in sets."""
    lot = world.lot()
    given = [("R-1", 1, 91), ("R-1", 2, 92), ("R-1", 3, 93), ("R-2", 1, 70), ("R-2", 2, 85), ("R-3", 1, 71)]
    results = [
        ReportedResult(id=id, revision=revision, test="dissolution_min", value=Decimal(value), unit="%")
        for id, revision, value in given
    ]
    return lot, [world.together(*(results[n] for n in numbers), lot=lot) for numbers in grouping]


@pytest.mark.parametrize(
    "grouping",
    [
        [[0], [1], [2], [3], [4], [5]],
        [[0, 1, 2, 3, 4, 5]],
        [[5, 4, 3, 2, 1, 0]],
        [[2, 4], [0, 3, 5], [1]],
        [[0, 3, 5], [1, 4], [2], [0, 3, 5], [5, 2]],
        [[1], [4, 0], [2, 3, 5, 4]],
    ],
)
async def test_the_same_results_in_whatever_sets_and_order_end_the_same(
    grouping: Sequence[Sequence[int]], known: Any, specify: Any, bus: Any, results: Any, eventually: Any
) -> None:
    await specify(
        known.code, {"test": "dissolution_min", "stage": "release", "unit": "%", "decimals": 0, "lower": "80"}
    )
    lot, sets = _told_in(known, grouping)
    for each in sets:
        await bus.publish(each)
    found = await results(lot, 6)
    counting = {each["source_id"]: (each["value"], each["evaluation"]) for each in found if not each["superseded_by"]}
    assert counting == {"R-1": ("93", "pass"), "R-2": ("85", "pass"), "R-3": ("71", "oos")}
    ids = {each["id"]: each for each in found}

    async def all_told() -> Any:
        of_it = [
            each.fact for each in bus.heard if isinstance(each.fact, ResultsReported) and each.fact.lot.id == lot.id
        ]
        return of_it if sum(len(fact.results) for fact in of_it) == 6 else None

    facts = await eventually(all_told)
    assert {str(result.result_id) for fact in facts for result in fact.results} == ids.keys(), "each is told once"
    amended = [fact for fact in facts if any(result.supersedes or result.superseded_by for result in fact.results)]
    assert all(len(fact.results) == 1 for fact in amended)


async def test_what_a_report_brings_that_is_new_is_told_in_one_set(
    known: Any, bus: Any, results: Any, eventually: Any
) -> None:
    lot, (first, second) = _told_in(known, [[0, 3], [0, 1, 3, 5]])
    await bus.publish(first)
    await results(lot, 2)
    await bus.publish(second)
    await results(lot, 4)

    async def all_told() -> Any:
        of_it = [each for each in bus.heard if isinstance(each.fact, ResultsReported) and each.fact.lot.id == lot.id]
        return of_it if sum(len(each.fact.results) for each in of_it) == 4 else None

    facts = await eventually(all_told)
    assert sorted(len(each.fact.results) for each in facts) == [1, 1, 2]
    assert {each.key for each in facts} == {str(lot.id)}


async def test_a_set_that_cannot_be_recorded_parks_and_says_which_result(
    known: Any, bus: Any, results: Any, database: Any, eventually: Any
) -> None:
    lot, (good,) = _told_in(known, [[0, 5]])
    bad = ReportedResult(id="R-9", revision=4, test="dissolution_av", text="\x00", unit="%")
    await bus.publish(good.model_copy(update={"results": (*good.results, bad)}))

    async def parked() -> Any:
        return await database.fetchval("SELECT reason FROM parked WHERE key = $1", str(lot.id))

    reason = await eventually(parked)
    assert "result R-9, revision 4, of dissolution_av" in reason
    assert "R-1" not in reason
    assert await database.fetchval("SELECT count(*) FROM result WHERE lot_id = $1", lot.id) == 0
    await database.execute("DELETE FROM parked WHERE key = $1", str(lot.id))
