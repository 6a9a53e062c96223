"""Numbers from sums: quantiles, periods, ratings."""

import json
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from statistics import median, quantiles

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from kpi.definitions import shipped
from kpi.definitions.model import Direction, Family, Kind, KpiDefinition, KpiTarget, Rating, in_order, rate
from kpi.definitions.schemas import Number
from kpi.measures import Code
from kpi.values.compute import Cell, Computed, compute
from kpi.values.quantile import quantile
from kpi.values.windows import Period, Window, number_of, reach, text_of, windows

hundredths = st.integers(0, 5000).map(lambda n: Decimal(n) / 100)


@given(st.lists(hundredths, min_size=2, max_size=60), st.integers(1, 99))
def test_a_quantile_from_counts_is_that_of_the_values(values: list[Decimal], percent: int) -> None:
    expected = quantiles([Fraction(value) for value in values], n=100, method="inclusive")[percent - 1]
    assert Fraction(quantile(Counter(values), Decimal(percent) / 100) or 0) == expected


@given(st.lists(hundredths, min_size=1, max_size=60))
def test_the_median_is_what_a_spreadsheet_says(values: list[Decimal]) -> None:
    assert quantile(Counter(values), Decimal("0.5")) == median(values)


def test_levels_that_were_reversed_do_not_count() -> None:
    assert quantile({Decimal(3): 0, Decimal(5): 1}, Decimal("0.9")) == 5
    assert quantile({Decimal(3): 0}, Decimal("0.9")) is None


def definition(kind: Kind, numerator: Code, denominator: Code | None = None, share: str | None = None) -> KpiDefinition:
    """A KPI's formula."""
    return KpiDefinition(
        code="x",
        formula_version=1,
        name="x",
        family=Family.quality,
        description="x",
        kind=kind,
        numerator=numerator,
        denominator=denominator,
        quantile=Decimal(share) if share else None,
        unit="1",
        direction=Direction.lower_is_better,
        minimum_sample=1,
        source="x",
    )


def cells(measure: Code, *values: str, distribution: bool = False) -> list[Cell]:
    """One cell a value, as many months would give."""
    return [Cell(measure, Decimal(value) if distribution else Decimal(0), 1, Decimal(value)) for value in values]


def test_a_ratio_is_numerator_by_denominator_and_nothing_else() -> None:
    found = compute(
        definition(Kind.ratio, Code.oos, Code.test_evaluated),
        [Cell(Code.oos, Decimal(0), 15, Decimal(15)), Cell(Code.test_evaluated, Decimal(0), 300, Decimal(300))],
    )
    assert found == Computed(Decimal("0.05"), Decimal(15), Decimal(300), 300)


@given(st.lists(hundredths, min_size=1, max_size=30))
def test_a_mean_is_the_arithmetic_mean(values: list[Decimal]) -> None:
    found = compute(definition(Kind.mean, Code.batch_yield), cells(Code.batch_yield, *map(str, values)))
    assert found.numerator is not None
    assert found.denominator == len(values)
    assert found.numerator == sum(values)
    assert found.value == found.numerator / found.denominator


def test_what_is_divided_are_exact_sums() -> None:
    values = ["1E+30", "1234567890123456789012.5", "1E-30", "-1E+30"]
    found = compute(definition(Kind.mean, Code.batch_yield), cells(Code.batch_yield, *values))
    assert found.numerator == Decimal("1234567890123456789012.500000000000000000000000000001")


def test_nothing_has_no_value() -> None:
    for formula in (
        definition(Kind.ratio, Code.oos, Code.test_evaluated),
        definition(Kind.mean, Code.batch_yield),
        definition(Kind.percentile, Code.notification_hours, share="0.9"),
    ):
        found = compute(formula, [])
        assert (found.value, found.sample) == (None, 0)
    ratio = compute(definition(Kind.ratio, Code.deviation, Code.batch_manufactured), cells(Code.deviation, "1", "1"))
    assert ratio == Computed(None, Decimal(2), Decimal(0), 0)


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("0.05", "0.05"),
        ("15", "15"),
        ("15.00", "15"),
        ("-0.00000000001", "0"),
        ("-1E+3", "-1000"),
        ("0.33333333333333", "0.3333333333"),
    ],
)
def test_numbers_are_strings_of_at_most_ten_decimals(given_: str, shown: str) -> None:
    assert TypeAdapter(Number).dump_json(Decimal(given_)).decode() == f'"{shown}"'


@given(st.lists(st.integers(0, 9), min_size=1, max_size=38), st.sampled_from([0, 1]), st.integers(-67, 30))
def test_any_number_that_a_feed_takes_is_answered(digits: list[int], sign: int, exponent: int) -> None:
    number = Decimal((sign, tuple(digits), exponent))
    rounded = round(Fraction(number), 10)
    shown = json.loads(TypeAdapter(Number).dump_json(number))
    assert Fraction(shown) == rounded


FEBRUARY, MAY = number_of("2026-02"), number_of("2026-05")


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (Period.month, ["2026-02 2026-02", "2026-03 2026-03", "2026-04 2026-04", "2026-05 2026-05"]),
        (Period.quarter, ["2026-01 2026-03", "2026-04 2026-06"]),
        (Period.rolling_3, ["2025-12 2026-02", "2026-01 2026-03", "2026-02 2026-04", "2026-03 2026-05"]),
        (Period.year_to_date, ["2026-01 2026-02", "2026-01 2026-03", "2026-01 2026-04", "2026-01 2026-05"]),
        (Period.all, ["2026-02 2026-05"]),
    ],
)
def test_windows_end_in_the_months_that_were_asked_for(period: Period, expected: list[str]) -> None:
    assert [f"{text_of(a)} {text_of(b)}" for a, b in windows(period, FEBRUARY, MAY)] == expected


def test_a_rolling_year_has_twelve_months() -> None:
    assert windows(Period.rolling_12, MAY, MAY) == [Window(number_of("2025-06"), MAY)]


@given(st.sampled_from(list(Period)), st.integers(12_000, 30_000), st.integers(0, 40))
def test_what_is_read_reaches_exactly_as_far_as_the_windows(period: Period, first: int, more: int) -> None:
    found = windows(period, first, first + more)
    assert reach(period, first, first + more) == (min(w.first for w in found), max(w.last for w in found))
    assert {month for w in found for month in range(w.first, w.last + 1)} >= set(range(first, first + more + 1))
    assert number_of(text_of(first)) == first


def target(value: str, amber: str, red: str) -> KpiTarget:
    """A general target."""
    return KpiTarget(code="x", value=Decimal(value), amber=Decimal(amber), red=Decimal(red))


@pytest.mark.parametrize(
    ("value", "rating"), [("29.99", "green"), ("30", "amber"), ("44", "amber"), ("45", "red"), ("99", "red")]
)
def test_where_lower_is_better_the_target_itself_is_missed(value: str, rating: str) -> None:
    found = rate(Decimal(value), 9, 5, Direction.lower_is_better, target("30", "30", "45"))
    assert found == rating


@pytest.mark.parametrize(("value", "rating"), [("0.96", "green"), ("0.95", "amber"), ("0.91", "amber"), ("0.9", "red")])
def test_where_higher_is_better_likewise(value: str, rating: str) -> None:
    found = rate(Decimal(value), 9, 5, Direction.higher_is_better, target("0.95", "0.95", "0.90"))
    assert found == rating


def test_no_data_too_small_a_sample_and_no_target_are_not_rated() -> None:
    aim = target("30", "30", "45")
    assert rate(None, 0, 1, Direction.lower_is_better, aim) is Rating.not_rated
    assert rate(Decimal(1), 4, 5, Direction.lower_is_better, aim) is Rating.not_rated
    assert rate(Decimal(1), 5, 5, Direction.lower_is_better, None) is Rating.not_rated


@given(st.sampled_from(list(Direction)), hundredths, hundredths, hundredths, hundredths)
def test_what_misses_the_target_is_never_green(
    direction: Direction, value: Decimal, aim: Decimal, amber: Decimal, red: Decimal
) -> None:
    assume(in_order(direction, aim, amber, red))
    missed = value >= aim if direction is Direction.lower_is_better else value <= aim
    rating = rate(value, 1, 1, direction, target(str(aim), str(amber), str(red)))
    assert not (missed and rating is Rating.green)


def test_what_is_shipped_is_what_a_user_would_be_allowed_to_add() -> None:
    stated = list(shipped.read())
    assert len({(body.code, formula_version) for body, formula_version, _ in stated}) == len(stated)
    assert {body.code: aim.value for body, _, aim in stated if aim} == {
        "deviations_per_batch": 2,
        "unjudged_results": 0,
        "contradicted_records": 0,
        "right_first_time": Decimal("0.95"),
        "deviation_closure_days": 30,
        "deviation_closure_days_p90": 30,
        "oos_closure_days": 30,
    }
