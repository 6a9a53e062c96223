"""Limits that a row states beside its results: a number is one of a result only in the result's own unit."""

from collections.abc import Callable, Iterable, Mapping

from partner_feeds.language.columns import Column
from partner_feeds.language.rules import LimitsRule
from partner_feeds.records.model import Bounds
from partner_feeds.translation.cells import Values
from partner_feeds.translation.parts import Part, RowFault, cell, text_of, unit


def bounds(rule: LimitsRule) -> Callable[[Values], Bounds | None]:
    """What the laboratory tests against: None where the row states nothing."""
    lower, upper = cell(rule.lower), cell(rule.upper)

    def read(values: Values) -> Bounds | None:
        found = Bounds(lower(values), upper(values))
        if found.lower is not None and found.upper is not None and found.lower > found.upper:
            raise RowFault(rule.lower or "", text_of(found.lower), f"lies above {rule.upper}: which one is which?")
        return None if found == Bounds() else found

    return read


def unit_shared(columns: Mapping[str, Column], column: str, others: Iterable[str | None]) -> Part:
    """The unit of a column's values. Raises RowFault where another's value in the row is in another unit.

    A column that has no unit at all is in that of the values beside it.
    """
    unit_of = unit(columns, column)
    beside = [(name, unit(columns, name)) for name in others if name and columns[name].kind == "quantity"]
    if not beside:
        return unit_of

    def read(values: Values) -> str | None:
        own: str | None = unit_of(values)
        for name, unit_of_other in beside:
            if values[name] is not None and (other := unit_of_other(values)) != own:
                reason = f"is in {other}, and {column} in {own}: write both in one unit"
                raise RowFault(name, text_of(values[name]), reason)
        return own

    return read
