"""The results of a lot for the attributes of a protocol, each in the unit of its limit where that can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from gxp.units import converted
from tech_transfer.transfer_batches.known import Known
from tech_transfer.transfer_batches.verdicts import Bound, counts

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class LotResults:
    """What was found of a lot, by the limits of a protocol."""

    lot_number: str
    limits: Rows
    results: Rows

    @classmethod
    def of(cls, number: str, limits: Rows, known: Known) -> Self:
        """By all that is known of the lot."""
        return cls(number, limits, results_of(bounds_of(limits), known))


def bounds_of(limits: Rows) -> list[Bound]:
    """What a protocol asks, for the rules."""
    return [
        Bound(
            *(row["attribute"], row["unit"], decimal(row["lower"]), decimal(row["upper"]), row["text"]),
            also_called=row.get("also_called", ()),
        )
        for row in limits
    ]


def results_of(bounds: Sequence[Bound], known: Known) -> list[dict[str, Any]]:
    """What was found of the attributes that a protocol names, as it is kept: for each limit by which it is judged."""
    return [
        {
            "result_id": result.id,
            "attribute": bound.test,
            "value": None if result.value is None else str(_in(bound, result.value, result.unit)),
            "text": result.text,
            "qualifier": result.qualifier,
            "unit": bound.unit if _comparable(bound, result.unit) else result.unit,
            "counts": counts(known, result),
            "determinations": [str(_in(bound, each, result.unit)) for each in result.determinations],
        }
        for result in known.results
        for bound in bounds
        if bound.is_of(result.test)
    ]


def decimal(text: str | None) -> Decimal | None:
    """A limit as it is kept."""
    return None if text is None else Decimal(text)


def _comparable(bound: Bound, unit: str) -> bool:
    return converted(Decimal(1), unit, bound.unit) is not None


def _in(bound: Bound, value: Decimal, unit: str) -> Decimal:
    """The value in the limit's unit, as it is where the units cannot be compared."""
    given = converted(value, unit, bound.unit)
    if given is None or isinstance(given, Decimal):
        return value if given is None else given
    return Decimal(given.numerator) / Decimal(given.denominator)
