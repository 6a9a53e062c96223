"""When a result is out of trend: pure rules. It is no test in the sense of the OOS rate.

For release: outside mean +- 3 s of the last 20 lots of the same product and maker, by the same laboratory and method;
at a site that was sold by those since then, as a buyer must not see what its seller did.
For stability: outside the 95 % prediction interval of the regression of the batch's own earlier pulls (ICH Q1E). Fewer
points, and points without any variation, judge nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from math import isfinite, sqrt
from statistics import fmean, mean, stdev
from typing import Final
from uuid import UUID

from scipy import stats

from contracts.out_of_trend import TrendBasis
from sample_tracking.results.applying import first_day

LOTS: Final = 20
SIGMAS: Final = 3
PULLS: Final = 4
"""Earlier points of a batch from which on its regression judges."""
CONFIDENCE: Final = 0.95
_NOISE: Final = 1e-12
"""What a computer's numbers differ by on a line, of their size."""
_WRITTEN: Final = Context(prec=12)
"""Significant digits of a bound."""


@dataclass(frozen=True, slots=True)
class Point:
    """A result that counts, as a number in the unit of its series."""

    result_id: UUID
    lot_id: UUID
    occurred_at: str
    value: Decimal
    months: int | None = None
    """Of a stability study: the nominal age of its pull."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which bounds a result was to be expected, and by how many lots or points before it."""

    lower: Decimal
    upper: Decimal
    points: int
    basis: TrendBasis

    def has(self, value: Decimal) -> bool:
        """Whether the value lies within it; its bounds do."""
        return self.lower <= value <= self.upper


def of_release(series: Iterable[Point]) -> Mapping[UUID, Interval]:
    """The results for release that lie outside of what the lots before them let expect."""
    return _outside(sorted(series, key=_in_order), lambda one, before: of_lots(_of_each_lot(one, before)))


def of_stability(series: Iterable[Point]) -> Mapping[UUID, Interval]:
    """The results of one batch's study that lie outside of what its earlier pulls let expect."""
    in_order = sorted((one for one in series if one.months is not None), key=lambda one: (one.months, *_in_order(one)))

    def judging(one: Point, before: Sequence[Point]) -> Interval | None:
        earlier = [each for each in before if each.months != one.months]
        return of_pulls([each.months or 0 for each in earlier], [each.value for each in earlier], one.months or 0)

    return _outside(in_order, judging)


def of_lots(values: Sequence[Decimal]) -> Interval | None:
    """Mean +- 3 s of the values of so many lots; None of fewer, or where they do not vary."""
    if len(values) < LOTS or not (s := stdev(values)):
        return None
    middle = mean(values)
    bounds = (_rounded(middle - SIGMAS * s), _rounded(middle + SIGMAS * s))
    return Interval(*bounds, len(values), TrendBasis.release_lots)


def of_pulls(months: Sequence[int], values: Sequence[Decimal], new: int) -> Interval | None:
    """The prediction interval of ordinary least squares at a further age; None of fewer than four points, of fewer than
    three ages, or where they lie on a line."""
    count = len(months)
    if count < PULLS or len(set(months)) < 3:
        return None
    line = stats.linregress(months, [float(value) for value in values])
    middle = fmean(months)
    spread = sum((each - middle) ** 2 for each in months)
    residual = float(line.stderr) * sqrt(spread)
    if not isfinite(residual) or residual <= _NOISE * max(abs(float(value)) for value in values):
        return None
    quantile = float(stats.t.ppf((1 + CONFIDENCE) / 2, count - 2))
    half = quantile * residual * sqrt(1 + 1 / count + (new - middle) ** 2 / spread)
    expected = float(line.intercept) + float(line.slope) * new
    bounds = (_rounded(Decimal(expected - half)), _rounded(Decimal(expected + half)))
    return Interval(*bounds, count, TrendBasis.stability_regression)


def _outside(
    in_order: Sequence[Point], judging: Callable[[Point, Sequence[Point]], Interval | None]
) -> Mapping[UUID, Interval]:
    found = {}
    for nth, one in enumerate(in_order):
        interval = judging(one, in_order[:nth])
        if interval and not interval.has(one.value):
            found[one.result_id] = interval
    return found


def _of_each_lot(one: Point, before: Sequence[Point]) -> Sequence[Decimal]:
    """The last value of each of the last lots before, without that of its own."""
    values: dict[UUID, Decimal] = {}
    for each in reversed(before):
        if len(values) == LOTS:
            break
        if each.lot_id != one.lot_id:
            values.setdefault(each.lot_id, each.value)
    return [*values.values()]


def _in_order(one: Point) -> tuple[str, str, UUID, UUID]:
    """By day and moment; of one moment by lot, and not by what came first."""
    return first_day(one.occurred_at).isoformat(), one.occurred_at, one.lot_id, one.result_id


def _rounded(value: Decimal) -> Decimal:
    return _WRITTEN.create_decimal(value)
