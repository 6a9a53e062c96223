"""The numbers that the results of a lot, or of a batch of a transfer, give for statistics."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol


class WithResults(Protocol):
    """A batch of a transfer, or any lot with its results by a protocol."""

    @property
    def lot_number(self) -> str: ...
    @property
    def limits(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def results(self) -> Sequence[Mapping[str, Any]]: ...


def unit_of(lot: WithResults, attribute: str) -> str | None:
    """The unit of an attribute's limits; None where its protocol does not name the attribute."""
    name = attribute.casefold()
    return next((each["unit"] for each in lot.limits if each["attribute"].casefold() == name), None)


def plain_values(lot: WithResults, attribute: str) -> list[Decimal]:
    """The values of an attribute that count and are plain numbers in the unit of its limits."""
    return [value for result in _counting(lot, attribute) for value in _numbers(result, unit_of(lot, attribute))]


def censored(lot: WithResults, attribute: str) -> int:
    """How many results of an attribute count and are no plain number in the unit of its limits."""
    return sum(not _numbers(result, unit_of(lot, attribute)) for result in _counting(lot, attribute))


def mean_of(values: Sequence[Decimal]) -> Decimal:
    """The mean of a lot's values, in 28 digits."""
    mean = sum(map(Fraction, values), Fraction(0)) / len(values)
    return Decimal(mean.numerator) / Decimal(mean.denominator)


def _counting(lot: WithResults, attribute: str) -> list[Mapping[str, Any]]:
    name = attribute.casefold()
    return [each for each in lot.results if each["attribute"].casefold() == name and each["counts"]]


def _numbers(result: Mapping[str, Any], unit: str | None) -> list[Decimal]:
    """Each determination where there are several, or else the value; none of what is no plain number."""
    if result["value"] is None or result["qualifier"] or result["unit"] != unit:
        return []
    return [Decimal(each) for each in result["determinations"] or [result["value"]]]
