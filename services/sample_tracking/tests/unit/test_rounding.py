"""Rounding as USP General Notices 7.20 has it: half up, once, on the final value."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxp.rounding import rounded_half_up

numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=12)
decimals = st.integers(min_value=0, max_value=10)


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("79.5", 0, "80"),
        ("79.49999", 0, "79"),  # never by way of 79.5: the value is rounded once
        ("0.045", 2, "0.05"),
        ("0.125", 2, "0.13"),  # not to the even neighbour
        ("-0.125", 2, "-0.13"),
        ("-0.4", 0, "0"),
        ("98", 2, "98.00"),
        ("123456789012345678901234567890.55", 1, "123456789012345678901234567890.6"),
    ],
)
def test_a_half_goes_up(value: str, places: int, rounded: str) -> None:
    assert str(rounded_half_up(Fraction(value), places)) == rounded


@given(numbers, decimals)
def test_a_rounded_value_is_within_half_a_step_and_has_the_asked_decimals(value: Decimal, places: int) -> None:
    rounded = rounded_half_up(Fraction(value), places)
    assert rounded.as_tuple().exponent == -places
    assert abs(Fraction(rounded) - Fraction(value)) <= Fraction(1, 2 * 10**places)


@given(numbers, decimals)
def test_it_agrees_with_the_decimal_library(value: Decimal, places: int) -> None:
    with localcontext(prec=60):
        assert rounded_half_up(Fraction(value), places) == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@given(numbers, decimals)
def test_rounding_again_changes_nothing(value: Decimal, places: int) -> None:
    once = rounded_half_up(Fraction(value), places)
    assert rounded_half_up(Fraction(once), places) == once


@given(numbers, numbers, decimals)
def test_the_larger_value_is_never_rounded_below_the_smaller(one: Decimal, other: Decimal, places: int) -> None:
    smaller, larger = sorted((one, other))
    assert rounded_half_up(Fraction(smaller), places) <= rounded_half_up(Fraction(larger), places)
