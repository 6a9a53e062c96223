"""What a test found, of the cells that say it: a number, words, or a number with its qualifier."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contracts.partner_feeds import NEED_A_VALUE, Qualifier
from partner_feeds.language.agreement import NONE
from partner_feeds.language.columns import Column, NumberColumn
from partner_feeds.translation.cells import Values
from partner_feeds.translation.limits import unit_shared
from partner_feeds.translation.parts import Part, RowFault, cell, text_of
from partner_feeds.translation.stored_cells import Value
from partner_feeds.values.qualified import Qualified


def said(value: Value, unit: Part, values: Values) -> dict[str, Any]:
    """The fields of a result that is no plain number. One without any number has no unit either, and needs none."""
    if not isinstance(value, Qualified):
        return {"text": text_of(value), "unit": "1"}
    if value.value is None:
        return {"text": value.text, "qualifier": value.qualifier, "unit": "1"}
    return {"value": value.value, "qualifier": value.qualifier, "unit": unit(values) or "1"}


def result(columns: Mapping[str, Column], column: str) -> Part:
    """A test's result: a number, words, or a number with its qualifier; None when nothing was found."""
    holds = columns[column]
    if not isinstance(holds, NumberColumn) or (holds.qualifier_column is None and holds.limit_column is None):
        return cell(column)
    read, stated, limit = cell(column), cell(holds.qualifier_column), cell(holds.limit_column)
    in_its_unit = unit_shared(columns, column, [holds.limit_column])
    same = {Qualifier.below_quantitation: holds.quantitation, Qualifier.not_detected: holds.detection}

    def qualified(values: Values) -> Value:
        value: Value = read(values)
        if isinstance(value, Qualified) and stated(values) == NONE:
            raise RowFault(column, value.text, f"has a sign, and {holds.qualifier_column} says that it has none")
        qualifier = _qualifier(stated(values))
        number = value.value if isinstance(value, Qualified) else value
        if isinstance(value, Qualified) and qualifier in (None, value.qualifier):
            qualifier = value.qualifier
        elif qualifier is None:
            return value
        elif isinstance(value, str | Qualified):
            raise RowFault(
                column, text_of(value), f"is not {qualifier}, as {holds.qualifier_column} says: which is it?"
            )
        if number is None and limit(values) is not None:
            in_its_unit(values)
            number = limit(values)
        elif number is None:
            number = same.get(qualifier)
        if number is None and qualifier in NEED_A_VALUE:
            reason = f"is {qualifier} of a limit that nobody states: fill {holds.limit_column or column}"
            raise RowFault(holds.limit_column or column, "", reason)
        known = number if isinstance(number, Decimal) else None
        return Qualified(qualifier, known, text_of(value) or qualifier.replace("_", " "))

    return qualified


def _qualifier(given: Value) -> Qualifier | None:
    return None if given in (None, NONE) else Qualifier(str(given))
