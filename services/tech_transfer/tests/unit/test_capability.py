"""Capability and tolerance intervals: worked numbers, and what holds of any."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tech_transfer.statistics import capability, tolerance
from tech_transfer.statistics.capability import assess

THIRTY = (
    "99.2 100.4 99.8 100.9 99.5 100.1 99.9 100.6 99.4 100.2 100.0 99.7 100.5 99.6 100.3"
    " 100.8 99.3 100.1 99.9 100.2 99.8 100.4 100.0 99.6 100.7 99.5 100.3 99.9 100.1 100.0"
)
VALUES = [Decimal(value) for value in THIRTY.split()]
LOW, HIGH = Decimal(95), Decimal(105)
NEAR = 1e-6


def near(value: float) -> object:
    return pytest.approx(value, abs=NEAR)


def test_thirty_values_are_assessed_with_their_lower_bound() -> None:
    found = assess(VALUES, LOW, HIGH)
    assert (found.n, found.not_assessed) == (30, None)
    assert (found.mean, found.sd) == (near(100.0233333), near(0.4415359815))
    assert (found.ppk, found.lower95, found.pp) == (near(3.75708653), near(2.939480391), near(3.774701805))
    assert found.verdict() == found.verdict(capability.CONTINUED) == "capable"


def test_the_bound_decides_and_not_the_estimate() -> None:
    index = capability.ppk(16, 1.2, 10, 20)
    assert (index, capability.bissell(index, 50)) == (near(1.111111111), near(0.9108718577))
    spread = [Decimal(16) + (value - Decimal("100.0233333")) * Decimal("2.7178") for value in VALUES]
    found = assess(spread, Decimal(10), Decimal(20))
    assert found.ppk == pytest.approx(index, abs=1e-4)
    assert found.verdict() == "not_capable"


@pytest.mark.parametrize(
    ("n", "coverage", "confidence", "one", "two"),
    [
        (10, 0.95, 0.95, 2.910963413, 3.381913491),
        (30, 0.99, 0.95, 3.063901126, 3.350788769),
        (43, 0.90, 0.99, 1.873953606, 2.217315897),
    ],
)
def test_tolerance_factors(n: int, coverage: float, confidence: float, one: float, two: float) -> None:
    assert tolerance.one_sided(n, coverage, confidence) == near(one)
    assert tolerance.two_sided(n, coverage, confidence) == near(two)


@pytest.mark.parametrize(
    ("values", "censored", "why"),
    [
        (VALUES[:9], 0, "9 results are fewer than 10"),
        ([], 0, "0 results are fewer than 10"),
        (VALUES[:1], 0, "1 results are fewer than 10"),
        ([Decimal(100)] * 12, 0, "no spread"),
        (VALUES, 1, "no plain number"),
        ([*VALUES, Decimal("102.6")], 0, "not normally distributed"),
    ],
)
def test_what_cannot_be_assessed_says_why(values: list[Decimal], censored: int, why: str) -> None:
    found = assess(values, LOW, HIGH, censored=censored)
    assert why in (found.not_assessed or "")
    assert (found.ppk, found.lower95, found.verdict()) == (None, None, "not_assessed")
    assert (found.tolerance is None) == (len(values) < 2 or censored > 0)


def test_normality_is_doubted_below_one_in_twenty() -> None:
    assert assess([*VALUES, Decimal("102.4")], LOW, HIGH).not_assessed is None, "0.053, and 102.6 above makes it 0.021"


def test_one_limit_has_one_bound() -> None:
    found = assess(VALUES, LOW, None)
    assert found.tolerance is not None
    assert found.tolerance[1] is None
    assert (found.ppk, found.pp) == (near((100.0233333333 - 95) / (3 * 0.4415359815)), None)
    assert "no limit" in (assess(VALUES, None, None).not_assessed or "")


def test_cpk_takes_the_spread_within_lots() -> None:
    lots = {"A": VALUES[:15], "B": [value + 1 for value in VALUES[15:]]}
    found = assess([*lots["A"], *lots["B"]], LOW, HIGH, lots=lots)
    assert found.cpk is not None
    assert found.ppk is not None
    assert found.cpk > found.ppk
    assert assess(VALUES, LOW, HIGH, lots={"A": VALUES[:1]}).cpk is None


def test_the_lowest_number_is_the_first_that_fits() -> None:
    wanted = tolerance.lowest_n(100, 1, 96.5, 103.5, 0.95)
    assert wanted is not None
    assert tolerance.two_sided(wanted, 0.95) <= 3.5 < tolerance.two_sided(wanted - 1, 0.95)
    assert tolerance.lowest_n(100, 1, 98.1, 101.9, 0.95) is None, "1.9 s never holds 95 % of both sides"
    assert tolerance.lowest_n(100, 1, 40, None, 0.95) == 2
    for nothing in ((None, None, 1.0), (1.0, 2.0, 0.0)):
        with pytest.raises(ValueError, match="needs a limit"):
            tolerance.lowest_n(1, nothing[2], nothing[0], nothing[1], 0.95)


@given(st.integers(2, 200), st.sampled_from([0.9, 0.95, 0.99]))
def test_more_lots_ask_for_a_smaller_factor(n: int, coverage: float) -> None:
    for factor in (tolerance.one_sided, tolerance.two_sided):
        assert factor(n + 1, coverage) < factor(n, coverage)
    assert tolerance.two_sided(n, coverage) > tolerance.one_sided(n, coverage) * 0.9


@given(st.integers(-50, 50), st.integers(1, 5))
def test_capability_does_not_depend_on_where_zero_lies_or_on_the_unit(shift: int, scale: int) -> None:
    moved = [(value + shift) * scale for value in VALUES]
    found, other = assess(VALUES, LOW, HIGH), assess(moved, (LOW + shift) * scale, (HIGH + shift) * scale)
    assert other.ppk == pytest.approx(found.ppk, abs=NEAR)
    assert other.lower95 == pytest.approx(found.lower95, abs=NEAR)


@given(st.floats(0.1, 5), st.integers(10, 300))
def test_the_bound_lies_below_the_estimate_and_rises_with_more_values(index: float, n: int) -> None:
    assert capability.bissell(index, n) < capability.bissell(index, n + 1) < index
