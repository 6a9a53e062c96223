"""How well a process meets its limits: Ppk with its lower confidence bound (Bissell 1990), or why it is not assessed.

Decimals come in and are floats inside; nothing is rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Final

import numpy as np
from scipy import stats

from tech_transfer.statistics import tolerance

LEAST: Final = 10
"""Fewer values say too little of the spread."""
ALPHA: Final = 0.05
Z: Final = float(stats.norm.ppf(1 - ALPHA))
AT_PPQ: Final = 1.00
CONTINUED: Final = 1.33
"""What the lower bound is to reach: with the PPQ lots, and in continued verification."""


@dataclass(frozen=True, slots=True)
class Capability:
    """What values of one attribute say of the process. Without Ppk ``not_assessed`` says why; the interval stays."""

    n: int
    mean: float | None
    sd: float | None
    ppk: float | None
    lower95: float | None
    pp: float | None
    cpk: float | None
    """By the spread within lots: only where there are subgroups."""
    tolerance: tuple[float | None, float | None] | None
    not_assessed: str | None

    def verdict(self, least: float = AT_PPQ) -> str:
        """``capable`` where the lower bound, not the estimate, reaches what is asked."""
        if self.lower95 is None:
            return "not_assessed"
        return "capable" if self.lower95 >= least else "not_capable"


def assess(
    values: Sequence[Decimal],
    lower: Decimal | None,
    upper: Decimal | None,
    *,
    censored: int = 0,
    coverage: float = 0.95,
    lots: Mapping[str, Sequence[Decimal]] | None = None,
) -> Capability:
    """The capability of values against their limits. ``censored`` counts further results that are no plain number.

    ``lots`` has the values by lot, where each lot has several.
    """
    several = len(values) > 1
    mean, sd = tolerance.mean_and_sd(values) if several else (float(values[0]) if values else None, None)
    interval = tolerance.interval(values, lower, upper, coverage) if several and not censored else None
    why = _unfit(values, sd, lower, upper, censored)
    if why or mean is None or sd is None:
        return Capability(len(values), mean, sd, None, None, None, None, interval, why)
    low, high = (None if limit is None else float(limit) for limit in (lower, upper))
    index = ppk(mean, sd, low, high)
    pp = (high - low) / (6 * sd) if low is not None and high is not None else None
    within = _within(lots) if lots else None
    cpk = ppk(mean, within, low, high) if within else None
    return Capability(len(values), mean, sd, index, bissell(index, len(values)), pp, cpk, interval, None)


def ppk(mean: float, sd: float, lower: float | None, upper: float | None) -> float:
    """The distance to the nearer limit in units of 3 s. Raises ValueError without limit."""
    return min(
        [
            *([] if lower is None else [(mean - lower) / (3 * sd)]),
            *([] if upper is None else [(upper - mean) / (3 * sd)]),
        ]
    )


def bissell(index: float, n: int) -> float:
    """The lower 95 % confidence bound of a Ppk of ``n`` values, two or more (Bissell 1990)."""
    return index - Z * sqrt(1 / (9 * n) + index**2 / (2 * (n - 1)))


def _unfit(
    values: Sequence[Decimal], sd: float | None, lower: Decimal | None, upper: Decimal | None, censored: int
) -> str | None:
    """Why no Ppk can be given, in words for people; None where it can."""
    if lower is None and upper is None:
        return "the attribute has no limit that is a number"
    if censored:
        return f"{censored} of the results are no plain number, such as one below quantitation"
    if len(values) < LEAST:
        return f"{len(values)} results are fewer than {LEAST}"
    if len(set(values)) == 1 or not sd:
        return "the results have no spread"
    normality = stats.anderson([float(value) for value in values], "norm", method="interpolate")
    if normality.pvalue < ALPHA:
        return "the results are not normally distributed (Anderson-Darling, 0.05)"
    return None


def _within(lots: Mapping[str, Sequence[Decimal]]) -> float | None:
    """The pooled spread within lots; None where no lot has two values, or none has spread."""
    groups = [np.array([float(value) for value in lot]) for lot in lots.values() if len(lot) > 1]
    freedom = sum(len(group) - 1 for group in groups)
    squares = sum(float(group.var(ddof=1)) * (len(group) - 1) for group in groups)
    return sqrt(squares / freedom) if freedom and squares > 0 else None
