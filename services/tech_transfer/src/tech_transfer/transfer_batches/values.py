"""The numbers that a batch gives for statistics."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from contracts.transfer_batches import TransferBatchVerdict
from tech_transfer.transfer_batches.model import TransferBatch

_LOST: Final = (TransferBatchVerdict.excluded, TransferBatchVerdict.cancelled)


def plain_values(batch: TransferBatch, attribute: str) -> list[Decimal]:
    """The values of an attribute that are plain numbers in the unit of its limits, of a batch that is not left out."""
    return [value for result in _results(batch, attribute) for value in _numbers(result)]


def censored(batch: TransferBatch, attribute: str) -> int:
    """How many results of an attribute are no plain number in the unit of its limits."""
    return sum(not _numbers(result) for result in _results(batch, attribute))


def _results(batch: TransferBatch, attribute: str) -> list[Mapping[str, Any]]:
    if batch.state in _LOST:
        return []
    unit = batch.unit_of(attribute)
    return [dict(each, comparable=each["unit"] == unit) for each in batch.values_of(attribute)]


def _numbers(result: Mapping[str, Any]) -> list[Decimal]:
    """Each determination where there are several, or else the value; none of what is no plain number."""
    if result["value"] is None or result["qualifier"] or not result["comparable"]:
        return []
    return [Decimal(each) for each in result["determinations"] or [result["value"]]]


def mean_of(values: Sequence[Decimal]) -> Decimal:
    """The mean of a lot's values, in 28 digits."""
    mean = sum(map(Fraction, values), Fraction(0)) / len(values)
    return Decimal(mean.numerator) / Decimal(mean.denominator)
