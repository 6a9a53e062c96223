"""Whether two laboratories find the same: two one-sided t-tests at 0.05, pure rules (USP <1010>, <1033>; ICH Q2(R2)).

That is the 90 % confidence interval of the difference, receiving minus sending, strictly inside the limits. Whether a
difference is significant is no question here. Values come as decimals and are not rounded; scipy calculates in floats,
of what is left once a level that all values share is taken off exactly.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from math import exp, fsum, log, sqrt
from statistics import fmean
from typing import Final

from scipy import stats

LEAST: Final = 3
"""Results of each side below which nothing is assessed."""
LEAST_OF_A_LOT: Final = 2
"""Results of each side of one of several lots below which that lot has no spread of its own."""
_LEAST_OF_A_RATIO, _MOST_OF_A_RATIO = Decimal("1e-20"), Decimal("1e20")
"""Between which floats hold every interval of a ratio, however few results and degrees of freedom it has."""
CONFIDENCE: Final = 0.90
ALPHA: Final = (1 - CONFIDENCE) / 2


class Design(StrEnum):
    """How the difference of one lot is estimated, as the protocol says."""

    welch = "welch"
    """Each side has a spread of its own."""
    pooled = "pooled"
    """The protocol says that the variances are equal."""
    paired = "paired"
    """Both sides tested the same units: the differences of each are what varies."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Strictly between which the interval must lie."""

    lower: float
    upper: float

    @classmethod
    def around_zero(cls, limit: Decimal | float) -> "Bounds":
        """As far from no difference on either side."""
        return cls(-float(limit), float(limit))


@dataclass(frozen=True, slots=True)
class LotValues:
    """What both laboratories found of one lot; of a paired design in the same order of units."""

    lot: str
    sending: Sequence[Decimal]
    receiving: Sequence[Decimal]


@dataclass(frozen=True, slots=True)
class NotAssessed:
    """Nothing can be said, which is no good result, and why not."""

    why: str


@dataclass(frozen=True, slots=True)
class Difference:
    """An estimated difference with its 90 % interval; of ratios the ratio of geometric means with its interval.

    ``standard_error`` is that of the difference, of ratios of the difference of logarithms.
    """

    mean_sending: float
    mean_receiving: float
    difference: float
    standard_error: float
    df: float
    ci90: tuple[float, float]


@dataclass(frozen=True, slots=True)
class LotDifference:
    """How one of several lots compares, for its reader: the verdict is that of the average. Without an interval where
    its results are too few, or do not vary."""

    lot: str
    found: Difference | None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Equivalence:
    """The difference, or of several lots the average of theirs, held against the limits."""

    found: Difference
    limits: Bounds
    p_tost: float
    """The greater of the two one-sided tests' p-values."""
    equivalent: bool
    lots: tuple[LotDifference, ...]


def compare(
    lots: Sequence[LotValues], limits: Bounds, *, design: Design = Design.welch, ratio: bool = False
) -> Equivalence | NotAssessed:
    """Whether the lots' average difference is equivalent; with ``ratio`` on the logarithmic scale.

    Of several lots each weighs the same, and the degrees of freedom follow Satterthwaite. Not assessed: fewer than
    three results of a side, a lot that one side did not test (twice, of several), no spread at all, units that are not
    paired, and of ratios what is not above zero or what floats cannot hold. Raises ValueError for limits of a ratio
    that are not above zero.
    """
    if why := _unfit(lots, design, ratio):
        return NotAssessed(why)
    level = Decimal(0) if ratio else lots[0].sending[0]
    scaled = [_scaled(each, level, log if ratio else None) for each in lots]
    parts = [_estimated(*each, design) for each in scaled]
    whole = _average(parts)
    if not whole.standard_error:
        return NotAssessed("the results of neither side vary")
    bounds = Bounds(log(limits.lower), log(limits.upper)) if ratio else limits
    above = float(stats.t.sf((whole.difference - bounds.lower) / whole.standard_error, whole.df))
    below = float(stats.t.cdf((whole.difference - bounds.upper) / whole.standard_error, whole.df))
    shown: Callable[[Difference], Difference] = _as_ratio if ratio else lambda one: _lifted(one, float(level))
    return Equivalence(
        shown(whole),
        limits,
        max(above, below),
        bounds.lower < whole.ci90[0] and whole.ci90[1] < bounds.upper,
        tuple(_of_lot(values, part, shown) for values, part in zip(lots, parts, strict=True)),
    )


def compare_two(
    sending: Sequence[Decimal], receiving: Sequence[Decimal], limits: Bounds, *, design: Design = Design.welch
) -> Equivalence | NotAssessed:
    """The same of two sets of values that are of no lots, or each of a lot of its own."""
    return compare([LotValues("", sending, receiving)], limits, design=design)


def mean_of(lots: Iterable[Sequence[Decimal]]) -> float:
    """The mean of the lots' means; each lot weighs the same."""
    return fmean(fmean(values) for values in lots)


def _unfit(lots: Sequence[LotValues], design: Design, ratio: bool) -> str | None:
    for side in ("sending", "receiving"):
        count = sum(len(getattr(each, side)) for each in lots)
        if count < LEAST:
            return f"the {side} laboratory has {count} results: fewer than {LEAST} show no spread"
        least = LEAST_OF_A_LOT if len(lots) > 1 else LEAST
        if few := [each.lot for each in lots if len(getattr(each, side)) < least]:
            return f"the {side} laboratory has fewer than {least} results of lot {', '.join(few)}"
        values = [value for each in lots for value in getattr(each, side)]
        if ratio and not all(_LEAST_OF_A_RATIO < value < _MOST_OF_A_RATIO for value in values):
            return f"the {side} laboratory has a result that has no ratio: not above zero, or beyond floats"
    if design is Design.paired and (odd := [each.lot for each in lots if len(each.sending) != len(each.receiving)]):
        return f"both laboratories are to test the same units: of lot {', '.join(odd)} they did not"
    return None


def _scaled(lot: LotValues, level: Decimal, scale: Callable[[float], float] | None) -> tuple[list[float], list[float]]:
    """Both sides in floats: above the level, which is taken off while they are exact, or on another scale."""
    sides = (lot.sending, lot.receiving)
    first, second = ([float(value - level) for value in side] for side in sides)
    return ([scale(each) for each in first], [scale(each) for each in second]) if scale else (first, second)


def _estimated(sending: Sequence[float], receiving: Sequence[float], design: Design) -> Difference:
    means = fmean(sending), fmean(receiving)
    if design is Design.paired:
        apart = [after - before for before, after in zip(sending, receiving, strict=True)]
        test = stats.ttest_1samp(_deviations(apart), 0)
    else:
        equal = design is Design.pooled
        test = stats.ttest_ind(_deviations(receiving), _deviations(sending), equal_var=equal)
    low, high = test.confidence_interval(CONFIDENCE)
    half, df = float(high - low) / 2, float(test.df)
    if not half > 0:  # where nothing varies there is none
        return _with_interval(means, means[1] - means[0], 0.0, 0.0)
    return _with_interval(means, means[1] - means[0], half / float(stats.t.ppf(1 - ALPHA, df)), df)


def _deviations(values: Sequence[float]) -> list[float]:
    """From their mean: of equal values exactly none. Their spread is that of the values, and no digits are lost."""
    middle = values[0] if len({*values}) == 1 else fmean(values)
    return [each - middle for each in values]


def _with_interval(means: tuple[float, float], difference: float, error: float, df: float) -> Difference:
    half = error * float(stats.t.ppf(1 - ALPHA, df)) if error else 0.0
    return Difference(*means, difference, error, df, (difference - half, difference + half))


def _average(parts: Sequence[Difference]) -> Difference:
    """The mean of independent differences; its degrees of freedom after Satterthwaite."""
    if len(parts) == 1:
        return parts[0]
    count = len(parts)
    means = fmean(each.mean_sending for each in parts), fmean(each.mean_receiving for each in parts)
    error = sqrt(fsum(each.standard_error**2 for each in parts)) / count
    varying = [(each.standard_error / error / count) ** 4 / each.df for each in parts if each.standard_error]
    df = 1 / fsum(varying) if varying else 0.0
    return _with_interval(means, fmean(each.difference for each in parts), error, df)


def _of_lot(lot: LotValues, found: Difference, shown: Callable[[Difference], Difference]) -> LotDifference:
    if min(len(lot.sending), len(lot.receiving)) < LEAST:
        return LotDifference(lot.lot, None, f"fewer than {LEAST} results of a side")
    if not found.standard_error:
        return LotDifference(lot.lot, None, "the results of neither side vary")
    return LotDifference(lot.lot, shown(found))


def _lifted(found: Difference, level: float) -> Difference:
    sending, receiving = found.mean_sending + level, found.mean_receiving + level
    return replace(found, mean_sending=sending, mean_receiving=receiving)


def _as_ratio(found: Difference) -> Difference:
    low, high = found.ci90
    means = exp(found.mean_sending), exp(found.mean_receiving)
    return Difference(*means, exp(found.difference), found.standard_error, found.df, (exp(low), exp(high)))
