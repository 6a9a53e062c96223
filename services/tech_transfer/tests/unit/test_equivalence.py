"""Two one-sided tests: worked numbers, what is not assessed, and what must hold of any values."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from tech_transfer.statistics.equivalence import (
    Bounds,
    Design,
    Equivalence,
    LotValues,
    NotAssessed,
    compare,
    compare_two,
)


def values(*given: str) -> list[Decimal]:
    return [Decimal(each) for each in given]


SENDING = values("99.6", "100.1", "99.9", "100.4", "99.8", "100.2")
RECEIVING = values("100.3", "100.9", "100.0", "100.7", "100.6", "100.2")
FEW = values("99.1", "101.2", "100.3"), values("100.9", "98.4", "102.0")
SLEEP = (
    values("0.7", "-1.6", "-0.2", "-1.2", "-0.1", "3.4", "3.7", "0.8", "0.0", "2.0"),
    values("1.9", "0.8", "1.1", "0.1", "-0.1", "4.4", "5.5", "1.6", "4.6", "3.4"),
)
NUMBERS = some.integers(-10_000, 10_000).map(lambda n: Decimal(n) / 100)
SIDE = some.lists(NUMBERS, min_size=3, max_size=12)


def judged(sending: Any, receiving: Any, limits: Bounds, **more: Any) -> Equivalence:
    found = compare_two(sending, receiving, limits, **more)
    assert isinstance(found, Equivalence), found
    return found


@pytest.mark.parametrize(
    ("sides", "limit", "design", "numbers", "ci90", "p", "equivalent"),
    [
        ((SENDING, RECEIVING), 2, "welch", (0.45, 0.1821171784, 9.763078744), (0.1191050206, 0.7808949794), 4e-6, True),
        ((SENDING, RECEIVING), 2, "pooled", (0.45, 0.1821171784, 10), (0.1199196944, 0.7800803056), 3.4e-6, True),
        (
            *((SENDING, RECEIVING), 0.75, "welch", (0.45, 0.1821171784, 9.763078744)),
            *((0.1191050206, 0.7808949794), 0.06562933386, False),
        ),
        (
            *(FEW, 2, "welch", (0.2333333333, 1.226557966, 3.179169882)),
            *((-2.588075694, 3.054742361), 0.1202478325, False),
        ),
        (*(SLEEP, 2, "welch", (1.58, 0.8490910172, 17.77647352)), *((0.1066185027, 3.053381497), 0.313453626, False)),
        # The same patients took both: R's t.test(paired = TRUE) gives t 4.0621 with 9 degrees of freedom.
        (*(SLEEP, 2, "paired", (1.58, 0.3889587525, 9)), *((0.8669947330, 2.2930052670), 0.1541572357, False)),
    ],
)
def test_the_interval_lies_inside_or_not(
    sides: Any, limit: float, design: str, numbers: Any, ci90: Any, p: float, equivalent: bool
) -> None:
    found = judged(sides[0], sides[1], Bounds.around_zero(limit), design=Design(design))
    one = found.found
    assert (one.difference, one.standard_error, one.df) == pytest.approx(numbers, abs=1e-6)
    assert one.ci90 == pytest.approx(ci90, abs=1e-6)
    assert found.p_tost == pytest.approx(p, abs=1e-6)
    assert found.equivalent is equivalent


def test_the_means_are_those_of_the_sides() -> None:
    one = judged(SENDING, RECEIVING, Bounds.around_zero(2)).found
    assert (one.mean_sending, one.mean_receiving) == pytest.approx((100.0, 100.45), abs=1e-9)


def test_an_interval_that_touches_its_limit_is_not_inside() -> None:
    high = judged(SENDING, RECEIVING, Bounds.around_zero(2)).found.ci90[1]
    assert not judged(SENDING, RECEIVING, Bounds(-2, high)).equivalent
    assert judged(SENDING, RECEIVING, Bounds(-2, high + 1e-9)).equivalent


def test_a_ratio_is_judged_on_the_logarithmic_scale() -> None:
    lot = LotValues("A", values("0.95", "1.02", "1.10", "0.98"), values("1.01", "0.93", "1.05", "1.12"))
    found = compare([lot], Bounds(0.80, 1.25), ratio=True)
    assert isinstance(found, Equivalence)
    assert found.found.difference == pytest.approx(1.0140684629, abs=1e-9)
    assert found.found.ci90[0] < found.found.difference < found.found.ci90[1]
    assert found.equivalent
    back = compare([LotValues("A", lot.receiving, lot.sending)], Bounds(0.80, 1.25), ratio=True)
    assert isinstance(back, Equivalence)
    assert back.found.ci90 == pytest.approx(tuple(1 / bound for bound in reversed(found.found.ci90)))


def test_of_several_lots_the_average_is_judged_and_each_is_shown() -> None:
    lots = [
        LotValues("A", values("99.8", "100.2", "100.0"), values("100.3", "100.5", "100.1")),
        LotValues("B", values("95.1", "94.9", "95.3"), values("95.0", "95.2", "94.8")),
    ]
    found = compare(lots, Bounds.around_zero(1))
    assert isinstance(found, Equivalence)
    assert found.found.difference == pytest.approx(0.1, abs=1e-9)
    apart = [each.found for each in found.lots]
    assert [each.difference for each in apart if each] == pytest.approx([0.3, -0.1], abs=1e-9)
    errors = sum(each.standard_error**2 for each in apart if each)
    assert found.found.standard_error == pytest.approx(errors**0.5 / 2)
    assert found.found.df == pytest.approx(8), "four spreads of two degrees of freedom each, all alike"
    assert found.equivalent
    small = [LotValues(each.lot, each.sending[:2], each.receiving[:2]) for each in lots]
    shown = compare(small, Bounds.around_zero(1))
    assert isinstance(shown, Equivalence)
    assert [each.found for each in shown.lots] == [None, None], "two results of a lot show no interval of its own"


def test_of_lots_that_vary_unlike_the_freedom_is_nearly_that_of_the_one_that_varies_most() -> None:
    """Variances 1 and 9, each from three results of both sides: squared errors of 2/3 and 6, each of four degrees."""
    lots = [
        LotValues("A", values("9", "10", "11"), values("19", "20", "21")),
        LotValues("B", values("7", "10", "13"), values("17", "20", "23")),
    ]
    found = compare(lots, Bounds.around_zero(1), design=Design.pooled)
    assert isinstance(found, Equivalence)
    assert found.found.standard_error == pytest.approx((20 / 3) ** 0.5 / 2)
    assert found.found.df == pytest.approx((20 / 3) ** 2 / ((2 / 3) ** 2 / 4 + 6**2 / 4)), "4.878, and not 8"


@pytest.mark.parametrize(
    ("sides", "more", "why"),
    [
        ((SENDING[:2], RECEIVING), {}, "sending laboratory has 2 results"),
        ((SENDING, RECEIVING[:2]), {}, "receiving laboratory has 2 results"),
        (([Decimal("0.1")] * 3, [Decimal("0.3")] * 4), {}, "neither side vary"),
        ((SENDING, [each + 1 for each in SENDING]), {"design": Design.paired}, "neither side vary"),
        ((SENDING, RECEIVING[:5]), {"design": Design.paired}, "the same units"),
    ],
)
def test_what_cannot_be_judged_says_why(sides: Any, more: Any, why: str) -> None:
    found = compare_two(sides[0], sides[1], limits=Bounds.around_zero(2), **more)
    assert isinstance(found, NotAssessed)
    assert why in found.why


def test_a_lot_that_one_side_did_not_test_and_what_has_no_ratio_are_not_judged() -> None:
    alone = compare([LotValues("A", SENDING, RECEIVING), LotValues("B", SENDING, [])], Bounds.around_zero(2))
    assert alone == NotAssessed("the receiving laboratory has fewer than 2 results of lot B")
    zero = compare([LotValues("A", values("0", "1", "2"), RECEIVING)], Bounds(0.5, 2), ratio=True)
    assert isinstance(zero, NotAssessed)


def test_one_side_without_spread_is_judged_by_the_other() -> None:
    found = judged([Decimal("0.1")] * 3, values("0.1", "0.2", "0.3"), Bounds.around_zero(2))
    assert found.found.df == pytest.approx(2)
    assert found.equivalent


@given(sending=SIDE, receiving=SIDE, limit=some.integers(1, 500), design=some.sampled_from(["welch", "pooled"]))
def test_swapped_sides_mirror_the_interval(sending: Any, receiving: Any, limit: int, design: str) -> None:
    bounds = Bounds.around_zero(limit)
    one = compare_two(sending, receiving, bounds, design=Design(design))
    other = compare_two(receiving, sending, bounds, design=Design(design))
    if isinstance(one, NotAssessed) or isinstance(other, NotAssessed):
        assert isinstance(one, NotAssessed)
        assert isinstance(other, NotAssessed)
        return
    low, high = one.found.ci90
    assert other.found.ci90 == pytest.approx((-high, -low), abs=1e-9)
    assert other.p_tost == pytest.approx(one.p_tost, abs=1e-9)


@given(sending=SIDE, receiving=SIDE, shift=some.integers(-(10**9), 10**9))
def test_a_shift_of_both_sides_changes_nothing(sending: Any, receiving: Any, shift: int) -> None:
    before = compare_two(sending, receiving, Bounds.around_zero(2))
    after = compare_two([e + shift for e in sending], [e + shift for e in receiving], Bounds.around_zero(2))
    if isinstance(before, NotAssessed) or isinstance(after, NotAssessed):
        assert before == after
        return
    assert (after.found.difference, after.found.ci90) == (before.found.difference, before.found.ci90)
    assert after.equivalent == before.equivalent


@given(sending=SIDE, receiving=SIDE, limit=some.integers(1, 5000), wider=some.integers(0, 5000))
def test_a_wider_limit_never_undoes_equivalence(sending: Any, receiving: Any, limit: int, wider: int) -> None:
    narrow = compare_two(sending, receiving, Bounds.around_zero(Decimal(limit) / 100))
    assume(isinstance(narrow, Equivalence))
    wide = judged(sending, receiving, Bounds.around_zero(Decimal(limit + wider) / 100))
    assert isinstance(narrow, Equivalence)
    assert wide.equivalent or not narrow.equivalent
    assert wide.p_tost <= narrow.p_tost + 1e-12


@given(sending=SIDE, receiving=SIDE, limit=some.integers(1, 5000))
def test_the_interval_and_the_two_tests_say_the_same(sending: Any, receiving: Any, limit: int) -> None:
    found = compare_two(sending, receiving, Bounds.around_zero(Decimal(limit) / 100))
    assume(isinstance(found, Equivalence))
    assert isinstance(found, Equivalence)
    assume(abs(found.p_tost - 0.05) > 1e-9)
    assert found.equivalent == (found.p_tost < 0.05)
