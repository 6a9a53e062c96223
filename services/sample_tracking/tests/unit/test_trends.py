"""When a result is out of trend."""

from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.out_of_trend import TrendBasis
from sample_tracking.trends.rules import LOTS, Point, of_lots, of_pulls, of_release, of_stability

MONTHS, ASSAYS = [0, 3, 6, 9, 12], [Decimal(value) for value in ("100.2", "99.9", "99.5", "99.3", "98.9")]


def point(value: str | Decimal, lot: int = 0, day: int = 1, months: int | None = None) -> Point:
    return Point(uuid4(), UUID(int=lot), f"2026-{1 + day // 28:02}-{1 + day % 28:02}", Decimal(value), months)


def twenty(count: int = LOTS) -> list[Point]:
    """Lots that alternate between 99.0 and 101.0: mean 100, s 1.026."""
    return [point(Decimal(99 + 2 * (nth % 2)), lot=nth, day=nth) for nth in range(count)]


def test_the_prediction_interval_is_that_of_ordinary_least_squares() -> None:
    interval = of_pulls(MONTHS, ASSAYS, 18)
    assert interval is not None
    assert [float(interval.lower), float(interval.upper)] == pytest.approx([98.00500521, 98.55499479], rel=1e-7)
    assert (interval.points, interval.basis) == (5, TrendBasis.stability_regression)
    assert not interval.has(Decimal("96.9")), "out of trend, and within a limit of 95.0"
    assert interval.has(Decimal("98.3"))


@pytest.mark.parametrize(
    ("months", "values"),
    [
        (MONTHS[:3], ASSAYS[:3]),
        ([0, 0, 3, 3], ASSAYS[:4]),
        (MONTHS, [Decimal(100) - each for each in MONTHS]),
        (MONTHS, [Decimal(100)] * 5),
    ],
    ids=["three points", "two ages", "on a line", "without variation"],
)
def test_what_cannot_judge_judges_nothing(months: list[int], values: list[Decimal]) -> None:
    assert of_pulls(months, values, 18) is None


def test_a_lot_is_held_against_the_twenty_before_it() -> None:
    interval = of_lots([one.value for one in twenty()])
    assert interval is not None
    assert [float(interval.lower), float(interval.upper)] == pytest.approx([96.922065, 103.077935], rel=1e-6)
    assert of_lots([one.value for one in twenty(LOTS - 1)]) is None, "nineteen judge nothing"
    assert of_lots([Decimal(100)] * LOTS) is None, "nor do twenty that are all the same"
    outside, inside = point("103.1", lot=90, day=40), point("103.0", lot=91, day=40)
    assert set(of_release([*twenty(), outside, inside])) == {outside.result_id}
    assert set(of_release([*twenty(LOTS - 1), outside])) == set()
    of_the_same_lot = point("103.1", lot=3, day=40)
    assert set(of_release([*twenty(), of_the_same_lot])) == set(), "its own lot is none of those before it"


def test_a_pull_is_held_against_the_earlier_ones() -> None:
    earlier = [point(value, months=each, day=each) for each, value in zip(MONTHS, ASSAYS, strict=True)]
    late = point("96.9", months=18, day=18)
    twin = point("96.9", months=18, day=19)
    assert set(of_stability([*earlier, late, twin])) == {late.result_id, twin.result_id}
    assert set(of_stability([*earlier[:3], late])) == set()


@given(st.data())
def test_the_order_in_which_results_come_changes_nothing(data: st.DataObject) -> None:
    values = st.sampled_from(["98.2", "99.1", "100.4", "101.3", "107.0"])
    lots = data.draw(st.lists(values, min_size=LOTS, max_size=LOTS + 4))
    series = [point(value, lot=nth, day=nth // 2, months=nth % 5) for nth, value in enumerate(lots)]
    shuffled = data.draw(st.permutations(series))
    assert of_release(series) == of_release(shuffled)
    assert of_stability(series) == of_stability(shuffled)
