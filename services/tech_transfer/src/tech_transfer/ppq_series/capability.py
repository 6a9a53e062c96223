"""The capability that the batches of a series show, for each attribute of its protocol."""

from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from typing import Any, Final

from contracts.transfer_batches import CapabilityVerdict
from tech_transfer.ppq_series.schemas import CapabilityRead
from tech_transfer.statistics import capability, tolerance
from tech_transfer.transfer_batches.schemas import KeptLimits
from tech_transfer.transfer_batches.values import WithResults, censored, mean_of, plain_values

_WRITTEN: Final = Context(prec=12)
"""Significant digits of what is worked out."""


def at_ppq(lots: int) -> float:
    """What the bound must reach with PPQ batches, however many."""
    return capability.AT_PPQ


def of_lots(
    limits: Sequence[Any], lots: Sequence[WithResults], asked: Callable[[int], float] = at_ppq
) -> list[CapabilityRead]:
    """Of each attribute whose limits are numbers, by the mean of each lot that counts.

    Determinations of one lot are not independent lots: by them only the spread within lots is known.
    """
    said = [KeptLimits.model_validate(each) for each in limits]
    return [_of(each, lots, asked) for each in said if each.text is None]


def _of(limits: KeptLimits, batches: Sequence[WithResults], asks: Callable[[int], float]) -> CapabilityRead:
    lots = {batch.lot_number: plain_values(batch, *limits.names) for batch in batches}
    values = [mean_of(each) for each in lots.values() if each]
    no_numbers = sum(censored(batch, *limits.names) for batch in batches)
    coverage = tolerance.COVERAGES[limits.criticality]
    asked = asks(len(values))
    subgroups = lots if any(len(each) > 1 for each in lots.values()) else None
    found = capability.assess(
        values, limits.lower, limits.upper, censored=no_numbers, coverage=coverage, lots=subgroups
    )
    low, high = found.tolerance or (None, None)
    written = {each: _written(getattr(found, each)) for each in ("mean", "sd", "ppk", "lower95", "pp", "cpk")}
    return CapabilityRead(
        attribute=limits.attribute,
        unit=limits.unit,
        lower=limits.lower,
        upper=limits.upper,
        lots=len(values),
        n=found.n,
        values=values,
        **written,
        asked=Decimal(str(asked)),
        coverage=Decimal(str(coverage)),
        tolerance_lower=_written(low),
        tolerance_upper=_written(high),
        verdict=CapabilityVerdict(found.verdict(asked)),
        not_assessed=found.not_assessed,
    )


def _written(number: float | None) -> Decimal | None:
    return None if number is None else _WRITTEN.create_decimal_from_float(number).normalize()
