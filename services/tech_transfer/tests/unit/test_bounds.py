"""Ranges within ranges: each wrong bound is named, and a right one is not refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.problems import RuleViolated
from tech_transfer.qbd.bounds import Bounds, refuse_crossed, refuse_misfit

D = Decimal
NORMAL, PROVEN, DESIGN = Bounds(D(11), D(13)), Bounds(D(9), D(15)), Bounds(D(8), D(16))
numbers = st.decimals(-100, 100, places=1)


@pytest.mark.parametrize(
    ("set_point", "normal", "proven", "design", "field"),
    [
        (D("10.9"), NORMAL, PROVEN, DESIGN, "set_point"),
        (D("13.1"), NORMAL, PROVEN, DESIGN, "set_point"),
        (D(12), Bounds(D("8.9"), D(13)), PROVEN, DESIGN, "normal_lower"),
        (D(12), Bounds(D(11), D("15.1")), PROVEN, DESIGN, "normal_upper"),
        (D(12), Bounds(D(11)), PROVEN, DESIGN, "normal_upper"),
        (D(12), NORMAL, Bounds(D("7.9"), D(15)), DESIGN, "proven_lower"),
        (D(12), NORMAL, Bounds(D(9)), DESIGN, "proven_upper"),
        (D(12), Bounds(D(13), D(11)), PROVEN, DESIGN, "normal_lower"),
        (D(12), Bounds(), PROVEN, DESIGN, "normal_lower"),
        (D(12), NORMAL, Bounds(), DESIGN, "proven_lower"),
        (D(12), NORMAL, PROVEN, Bounds(D(16), D(8)), "design_lower"),
    ],
)
def test_the_wrong_bound_is_named(
    set_point: Decimal, normal: Bounds, proven: Bounds, design: Bounds, field: str
) -> None:
    with pytest.raises(RuleViolated) as refused:
        refuse_misfit(set_point, normal, proven, design)
    assert refused.value.extensions["fields"][0] == field
    assert refused.value.detail.startswith(field)


def test_what_touches_fits_and_a_design_space_need_not_be() -> None:
    refuse_misfit(D(11), NORMAL, NORMAL, NORMAL)
    refuse_misfit(D(12), NORMAL, PROVEN, Bounds())
    refuse_misfit(D(12), Bounds(upper=D(13)), Bounds(upper=D(15)), Bounds(upper=D(15)))


@given(st.lists(numbers, min_size=7, max_size=7))
def test_ranges_fit_when_their_bounds_are_in_order(given: list[Decimal]) -> None:
    far, wide, low, at, high, wider, farther = given
    try:
        refuse_misfit(at, Bounds(low, high), Bounds(wide, wider), Bounds(far, farther))
    except RuleViolated:
        assert given != sorted(given)
    else:
        assert given == sorted(given)


def test_a_range_begins_before_its_end() -> None:
    refuse_crossed(Bounds(D(1), D(1)))
    with pytest.raises(RuleViolated):
        refuse_crossed(Bounds(D(2), D(1)))
