"""The ratio of standard deviations: worked numbers, and what a plan can show."""

from decimal import Decimal

import pytest

from tech_transfer.statistics.equivalence import NotAssessed
from tech_transfer.statistics.precision import Feasibility, Precision, feasible, judge, needed

SENDING = [Decimal(each) for each in ("99.6", "100.1", "99.9", "100.4", "99.8", "100.2")]
RECEIVING = [Decimal(each) for each in ("100.3", "100.9", "100.0", "100.7", "100.6", "100.2")]


def test_six_results_each_do_not_show_a_ratio_of_1_17() -> None:
    found = judge([SENDING], [RECEIVING], Decimal("2.0"))
    assert isinstance(found, Precision)
    assert (found.ratio, found.upper95) == pytest.approx((1.170063083, 2.629475418), abs=1e-6)
    assert not found.within
    wide = judge([SENDING], [RECEIVING], Decimal("2.63"))
    assert isinstance(wide, Precision)
    assert wide.within
    at_it = judge([SENDING], [RECEIVING], found.upper95)
    assert isinstance(at_it, Precision)
    assert at_it.within, "what is not above the limit"


def test_spread_between_lots_is_none_of_the_laboratorys() -> None:
    apart = judge([SENDING, [each + 7 for each in SENDING]], [RECEIVING, [each - 9 for each in RECEIVING]], 2)
    assert isinstance(apart, Precision)
    assert apart.ratio == pytest.approx(1.170063083, abs=1e-9)
    assert apart.upper95 < 2.629475418, "more results say more"


def test_six_results_fail_above_089_and_equal_spread_needs_eight() -> None:
    six = feasible([6], [6], Decimal("2.0"))
    assert six.greatest_ratio == pytest.approx(0.889960, abs=1e-6)
    assert (six.equal_spread_passes, six.needed) == (False, 8)
    eight = feasible([8], [8], Decimal("2.0"))
    assert eight.equal_spread_passes
    assert needed(1) is None, "no number of results shows that two laboratories are exactly alike"


@pytest.mark.parametrize(
    ("sending", "receiving", "why"),
    [
        ([SENDING[:2]], [RECEIVING], "sending laboratory has 2 results"),
        ([SENDING], [[], RECEIVING[:2]], "receiving laboratory has 2 results"),
        ([[each] for each in SENDING], [RECEIVING], "tested no lot twice"),
        ([[Decimal("0.1")] * 4], [RECEIVING], "do not vary"),
    ],
)
def test_what_shows_no_spread_says_why(sending: list[list[Decimal]], receiving: list[list[Decimal]], why: str) -> None:
    found = judge(sending, receiving, 2)
    assert isinstance(found, NotAssessed)
    assert why in found.why


def test_a_plan_of_too_few_cannot_show_any() -> None:
    for planned in (([2], [6]), ([6], [1, 1, 1]), ([2], [2]), ([], [])):
        assert feasible(*planned, 2) == Feasibility(None, equal_spread_passes=False, needed=8)


def test_a_receiving_laboratory_without_spread_is_within() -> None:
    found = judge([SENDING], [[Decimal("100.0")] * 6], 2)
    assert isinstance(found, Precision)
    assert (found.ratio, found.within) == (0, True)
