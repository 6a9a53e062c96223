"""Normal tolerance intervals: between which bounds at least so much of what is made lies (USP <1210>; ISO 16269-6).

Decimals come in and are floats inside; nothing is rounded.
"""

from collections.abc import Sequence
from decimal import Decimal
from math import sqrt
from typing import Final

import numpy as np
from scipy import stats

CONFIDENCE: Final = 0.95
COVERAGES: Final = {"critical": 0.99, "major": 0.95, "minor": 0.90}
"""How much of what is made is to lie within the limits, by how critical the attribute is."""
MOST: Final = 1000
"""Batches beyond which nobody plans a number."""


def one_sided(n: int, coverage: float, confidence: float = CONFIDENCE) -> float:
    """The factor k of mean + k s for one limit: exact, by the noncentral t distribution. ``n`` is 2 or more."""
    noncentrality = stats.norm.ppf(coverage) * sqrt(n)
    return float(stats.nct.ppf(confidence, n - 1, noncentrality) / sqrt(n))


def two_sided(n: int, coverage: float, confidence: float = CONFIDENCE) -> float:
    """The factor k of mean +- k s for two limits, after Howe (1969). ``n`` is 2 or more."""
    spread = (n - 1) * (1 + 1 / n) / stats.chi2.ppf(1 - confidence, n - 1)
    return float(stats.norm.ppf((1 + coverage) / 2) * sqrt(spread))


def interval(
    values: Sequence[Decimal], lower: Decimal | None, upper: Decimal | None, coverage: float
) -> tuple[float | None, float | None] | None:
    """The bounds on the sides that have a limit, in the unit of the values; None of fewer than two values."""
    if len(values) < 2:
        return None
    mean, sd = mean_and_sd(values)
    k = (one_sided if lower is None or upper is None else two_sided)(len(values), coverage)
    return (None if lower is None else mean - k * sd, None if upper is None else mean + k * sd)


def lowest_n(
    mean: float, sd: float, lower: float | None, upper: float | None, coverage: float, confidence: float = CONFIDENCE
) -> int | None:
    """The lowest number of lots at which mean +- k s fits the limits, if they come out like the engineering lots.

    None where no number up to ``MOST`` would do. Raises ValueError where there is no limit to fit, or no spread.
    """
    if (lower is None and upper is None) or not sd > 0:
        raise ValueError("a tolerance interval needs a limit, and data with spread")
    rooms = [mean - lower] if lower is not None else []
    rooms += [upper - mean] if upper is not None else []
    factor, room = (one_sided if len(rooms) == 1 else two_sided), min(rooms) / sd

    def fits(n: int) -> bool:
        return factor(n, coverage, confidence) <= room

    few, many = 1, 2  # the factor falls as n grows: double until it fits, and then halve
    while many <= MOST and not fits(many):
        few, many = many, many * 2
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if fits(middle) else (middle, many)
    return many if many <= MOST else None


def mean_and_sd(values: Sequence[Decimal]) -> tuple[float, float]:
    """The mean, and the standard deviation with n - 1, of two values or more."""
    numbers = np.array([float(value) for value in values])
    return float(numbers.mean()), float(numbers.std(ddof=1))
