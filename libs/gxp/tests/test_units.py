"""Units by UCUM, converted exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxp.units import converted, is_unit, ratio


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        ("0.5", "mg", "ug", Fraction(500)),
        ("1", "mg/mL", "g/L", Fraction(1)),
        ("0.805", "1", "%", Fraction("80.5")),
        ("250", "[ppm]", "%", Fraction("0.025")),
        ("5", "ug/g", "[ppm]", Fraction(5)),
        ("2", "%{label claim}", "%", None),  # a blank may not stand in an annotation: this is no unit
        ("2", "%{label}", "%", Fraction(2)),
        ("10", "kgf", "N", Fraction("98.0665")),
        ("1", "[lb_av]", "kg", Fraction("0.45359237")),
        ("25", "Cel", "K", Fraction("298.15")),
        ("77", "[degF]", "Cel", Fraction(25)),
        ("100", "k[IU]/L", "[IU]/mL", Fraction(100)),
        ("1", "min", "s", Fraction(60)),
    ],
)
def test_a_value_in_another_unit(value: str, unit: str, target: str, expected: Fraction | None) -> None:
    assert converted(Decimal(value), unit, target) == expected


@pytest.mark.parametrize(
    ("unit", "target"),
    [
        ("mg", "mL"),
        ("[CFU]", "1"),  # what a procedure defines compares with nothing else
        ("[CFU]", "[PFU]"),
        ("[IU]", "mg"),
        ("[pH]", "1"),  # a logarithm is no multiple
        ("dB", "1"),
        ("Cel/s", "K/s"),
        ("furlong", "m"),
        ("m99999999", "m"),
    ],
)
def test_units_that_cannot_be_compared(unit: str, target: str) -> None:
    assert converted(Decimal(1), unit, target) is None


def test_equal_units_need_no_meaning() -> None:
    assert converted(Decimal("6.80"), "[pH]", "[pH]") == Decimal("6.80")
    assert converted(Decimal(2), "no unit", "no unit") == 2


@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=6),
    st.sampled_from([("mg", "[gr]"), ("Cel", "[degF]"), ("N", "kgf"), ("%", "[ppb]"), ("mm[Hg]", "[psi]")]),
)
def test_there_and_back_is_exact(value: Decimal, pair: tuple[str, str]) -> None:
    unit, target = pair
    there, one, zero = (Fraction(converted(each, unit, target) or 0) for each in (value, Decimal(1), Decimal(0)))
    assert (there - zero) / (one - zero) == Fraction(value)


@pytest.mark.parametrize("unit", ["%", "1", "{tablet}", "mg/mL", "[pH]", "10*3/uL", "{cells}/uL"])
def test_a_unit_is_known(unit: str) -> None:
    assert is_unit(unit)


@pytest.mark.parametrize("unit", ["", "percent", "°C", "ppm", "mg per mL", "m" * 1000])
def test_a_unit_is_unknown(unit: str) -> None:
    assert not is_unit(unit)


@pytest.mark.parametrize(
    ("value", "unit", "of", "of_unit", "expected"),
    [
        ("240", "m/min", "3.2", "m/s", Fraction(5, 4)),
        ("1", "kg", "3", "kg", Fraction(1, 3)),
        ("40", "Cel", "20", "Cel", None),  # a scale with a zero of its own has no multiples
        ("313.15", "K", "20", "Cel", None),
        ("7", "[pH]", "5", "[pH]", None),
        ("1", "kg", "1", "L", None),
    ],
)
def test_how_many_times_a_value_is_another(
    value: str, unit: str, of: str, of_unit: str, expected: Fraction | None
) -> None:
    assert ratio(Decimal(value), unit, Decimal(of), of_unit) == expected
