"""From sums to numbers. Pure, and decimals all the way: sums are exact, and what is divided has 28 digits."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext

from kpi.arithmetic import EXACT
from kpi.definitions.model import KpiDefinition
from kpi.values.quantile import quantile


@dataclass(frozen=True, slots=True)
class Cell:
    """Count and total of one measure, at one level of it where it is a distribution."""

    measure: str
    level: Decimal
    count: int
    total: Decimal


@dataclass(frozen=True, slots=True)
class Computed:
    """A number. ``value`` is ``numerator / denominator`` with no other factor; a percentile has neither of these."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    sample: int


def compute(definition: KpiDefinition, cells: Iterable[Cell]) -> Computed:
    """A KPI's number from the sums of its measures; ``value`` is None where nothing is to be divided by."""
    counts: dict[str, int] = defaultdict(int)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    levels: dict[Decimal, int] = defaultdict(int)
    with localcontext(EXACT):
        for cell in cells:
            counts[cell.measure] += cell.count
            totals[cell.measure] += cell.total
            if cell.measure == definition.numerator:
                levels[cell.level] += cell.count
    numerator = totals[definition.numerator]
    if definition.quantile is not None:
        return Computed(quantile(levels, definition.quantile), None, None, counts[definition.numerator])
    if definition.denominator is not None:
        denominator, sample = totals[definition.denominator], counts[definition.denominator]
    else:
        sample = counts[definition.numerator]
        denominator = Decimal(sample)
    return Computed(numerator / denominator if denominator else None, numerator, denominator, sample)
