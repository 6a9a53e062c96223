"""Whether the receiving laboratory is as precise as the sending one: pure rules (USP <1033>, <1210>).

The upper 95 % one-sided confidence limit of the ratio of standard deviations, receiving over sending, from the F
distribution, is not above the limit. Values come as decimals, of ratios their logarithms; scipy calculates in floats.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import fsum, sqrt
from statistics import variance
from typing import Final

from scipy import stats

from tech_transfer.statistics.equivalence import LEAST, NotAssessed

CONFIDENCE: Final = 0.95
MOST: Final = 1000
"""Results of each side up to which it is looked for a number that passes."""


@dataclass(frozen=True, slots=True)
class Precision:
    """The ratio of standard deviations, and what it may be at most with 95 % confidence."""

    ratio: float
    upper95: float
    limit: float
    within: bool


@dataclass(frozen=True, slots=True)
class Feasibility:
    """What a planned number of results can show of precision, told before criteria are frozen."""

    greatest_ratio: float | None
    """An observed ratio above this fails; None where the planned results are too few to show a spread."""
    equal_spread_passes: bool
    """Whether laboratories with the same spread in their results pass; so few that nothing is shown never do."""
    needed: int | None
    """Results of each side, of one lot, from which on they do; None where no reasonable number lets them."""


def judge(
    sending: Sequence[Sequence[Decimal]], receiving: Sequence[Sequence[Decimal]], limit: Decimal | float
) -> Precision | NotAssessed:
    """The spread within lots, pooled over them: a side's values by lot.

    Not assessed: fewer than three results of a side, or a sending laboratory whose results do not vary, for there is no
    ratio to them.
    """
    for side, lots in (("sending", sending), ("receiving", receiving)):
        if (count := sum(len(lot) for lot in lots)) < LEAST:
            return NotAssessed(f"the {side} laboratory has {count} results: fewer than {LEAST} show no spread")
        if not _freedom([len(lot) for lot in lots]):
            return NotAssessed(f"the {side} laboratory tested no lot twice: nothing shows its spread")
    ours, theirs = _spread(sending), _spread(receiving)
    if not ours:
        return NotAssessed("the sending laboratory's results do not vary: there is no ratio to them")
    ratio = theirs / ours
    upper = ratio * _factor([len(lot) for lot in sending], [len(lot) for lot in receiving])
    return Precision(ratio, upper, float(limit), upper <= float(limit))


def feasible(sending: Sequence[int], receiving: Sequence[int], limit: Decimal | float) -> Feasibility:
    """What so many results of each lot can show: with six of each side a ratio above 0.89 fails a limit of 2.0, and
    equal spread needs eight. Fewer than show a spread let nobody pass."""
    if any(sum(counts) < LEAST or not _freedom(counts) for counts in (sending, receiving)):
        return Feasibility(None, equal_spread_passes=False, needed=needed(limit))
    greatest = float(limit) / _factor(sending, receiving)
    return Feasibility(greatest, greatest >= 1, needed(limit))


def needed(limit: Decimal | float) -> int | None:
    """The least number of results of each side, of one lot, with which equal spread passes."""
    return next((n for n in range(LEAST, MOST + 1) if _factor([n], [n]) <= float(limit)), None)


def _factor(sending: Sequence[int], receiving: Sequence[int]) -> float:
    """By which the upper limit is above the ratio: sqrt(F(0.95; n_s - 1, n_r - 1))."""
    return sqrt(float(stats.f.ppf(CONFIDENCE, _freedom(sending), _freedom(receiving))))


def _freedom(counts: Sequence[int]) -> int:
    return sum(count - 1 for count in counts if count)


def _spread(lots: Sequence[Sequence[Decimal]]) -> float:
    """The standard deviation within lots."""
    squares = fsum(float(variance(lot)) * (len(lot) - 1) for lot in lots if len(lot) > 1)
    return sqrt(squares / _freedom([len(lot) for lot in lots]))
