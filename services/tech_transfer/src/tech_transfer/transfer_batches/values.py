"""The numbers that the results of a lot, or of a batch of a transfer, give for statistics."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from tech_transfer.process_readings.rules import plain


class WithResults(Protocol):
    """A batch of a transfer, or any lot with its results by a protocol."""

    @property
    def lot_number(self) -> str: ...
    @property
    def limits(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def results(self) -> Sequence[Mapping[str, Any]]: ...


def unit_of(lot: WithResults, *names: str) -> str | None:
    """The unit of the limits of an attribute, by any of its names; None where its protocol does not name it."""
    found = _limits(lot, names)
    return None if found is None else found["unit"]


def plain_values(lot: WithResults, *names: str) -> list[Decimal]:
    """The values of an attribute that count and are plain numbers in the unit of its limits."""
    return [value for result in _counting(lot, names) for value in _numbers(result, unit_of(lot, *names))]


def censored(lot: WithResults, *names: str) -> int:
    """How many results of an attribute count and are no plain number in the unit of its limits."""
    return sum(not _numbers(result, unit_of(lot, *names)) for result in _counting(lot, names))


def mean_of(values: Sequence[Decimal]) -> Decimal:
    """The mean of a lot's values, in 28 digits."""
    mean = sum(map(Fraction, values), Fraction(0)) / len(values)
    return Decimal(mean.numerator) / Decimal(mean.denominator)


def _limits(lot: WithResults, names: Sequence[str]) -> Mapping[str, Any] | None:
    """Those that are called so themselves, or else those of which results may be called so."""
    asked = {*map(plain, names)}
    by_itself = [each for each in lot.limits if plain(each["attribute"]) in asked]
    others = (each for each in lot.limits if not asked.isdisjoint(map(plain, each.get("also_called", ()))))
    return next(iter(by_itself), None) or next(others, None)


def _counting(lot: WithResults, names: Sequence[str]) -> list[Mapping[str, Any]]:
    limits = _limits(lot, names)
    if limits is None:
        return []
    return [each for each in lot.results if each["attribute"] == limits["attribute"] and each["counts"]]


def _numbers(result: Mapping[str, Any], unit: str | None) -> list[Decimal]:
    """Each determination where there are several, or else the value; none of what is no plain number."""
    if result["value"] is None or result["qualifier"] or result["unit"] != unit:
        return []
    return [Decimal(each) for each in result["determinations"] or [result["value"]]]
