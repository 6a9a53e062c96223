"""What meets in this service: whichever of two facts comes first, the end is the same."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from contracts import Fact, Recorded
from contracts.sample_tracking import ResultsReported


def _facts(business: Any) -> tuple[Any, list[Fact]]:
    """A product, and a result of a lot that names only its code, amended once."""
    lot = business.lot(knows_product=False)
    product = business.registrations()[0]
    first = business.report("81.2", lot, id="R-1")
    return lot, [product, first, business.report("81.7", lot, id="R-1", revision=2)]


async def _told(tell: Any, database: Any, eventually: Any, fact: Fact) -> None:
    before = await database.fetchval("SELECT count(*) FROM inbox")

    async def handled() -> bool:
        return bool(await database.fetchval("SELECT count(*) > $1 FROM inbox", before))

    await tell(fact)
    await eventually(handled)


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_result_is_of_the_product_that_is_registered_before_or_after(
    order: Sequence[int], business: Any, tell: Any, results: Any, database: Any, eventually: Any
) -> None:
    lot, facts = _facts(business)
    for n in order:
        await _told(tell, database, eventually, facts[n])
    found = await results(lot, 2)
    assert {each["product_id"] for each in found} == {str(business.product_id)}
    (standing,) = [each for each in found if each["superseded_by"] is None]
    assert float(standing["value"]) == 81.7
    assert {(each["evaluation"], each["reason"]) for each in found} == {("not_evaluated", "no_specification")}


async def test_whoever_heard_of_the_result_hears_of_its_product(
    business: Any, tell: Any, results: Any, told: Sequence[Recorded[Fact]], database: Any, eventually: Any
) -> None:
    lot, (product, first, _) = _facts(business)
    await _told(tell, database, eventually, first)
    (result,) = await results(lot, 1)
    await tell(product)

    async def linked() -> Any:
        of_it = [each.fact for each in told if isinstance(each.fact, ResultsReported) and each.fact.lot.id == lot.id]
        return of_it if len(of_it) == 2 else None

    before, after = await eventually(linked)
    assert (before.lot.product_id, after.lot.product_id) == (None, business.product_id)
    assert after.model_dump(exclude={"lot"}) == before.model_dump(exclude={"lot"})
    assert result["id"] == str(after.results[0].result_id)
