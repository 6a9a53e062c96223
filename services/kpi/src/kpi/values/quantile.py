"""Exact quantiles from counts per level, without reading the facts."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import accumulate
from math import floor


def quantile(counts: Mapping[Decimal, int], share: Decimal) -> Decimal | None:
    """The quantile by linear interpolation, or None where nothing counts.

    Definition 7 of Hyndman and Fan, Sample Quantiles in Statistical Packages, The American Statistician 50 (1996),
    361-365: what spreadsheets call PERCENTILE.INC and MEDIAN.
    """
    levels = sorted((level, count) for level, count in counts.items() if count > 0)
    reached = list(accumulate(count for _, count in levels))
    if not reached:
        return None
    place = (reached[-1] - 1) * share
    whole = floor(place)
    below = _at(whole, levels, reached)
    above = _at(min(whole + 1, reached[-1] - 1), levels, reached)
    return below + (place - whole) * (above - below)


def _at(rank: int, levels: list[tuple[Decimal, int]], reached: list[int]) -> Decimal:
    """The value at a rank, counted from 0."""
    return next(level for (level, _), up_to in zip(levels, reached, strict=True) if rank < up_to)
