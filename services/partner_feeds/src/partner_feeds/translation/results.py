"""What a test found, of the cells that say it: a number, words, or a number with its qualifier."""

from collections.abc import Mapping
from decimal import Decimal

from contracts.partner_feeds import NEED_A_VALUE, Qualifier
from partner_feeds.language.agreement import NONE
from partner_feeds.language.columns import Column, NumberColumn
from partner_feeds.translation.cells import Values
from partner_feeds.translation.converters import Value
from partner_feeds.translation.parts import Part, RowFault, cell, text_of
from partner_feeds.values.qualified import Qualified


def said(value: Value) -> tuple[Decimal | None, str | None, Qualifier | None]:
    """The number of a result that is no plain one, or its words, and how they are to be read."""
    if not isinstance(value, Qualified):
        return None, text_of(value), None
    return value.value, None if value.value is not None else value.text, value.qualifier


def result(columns: Mapping[str, Column], column: str) -> Part:
    """A test's result: a number, words, or a number with its qualifier; None when nothing was found."""
    holds = columns[column]
    if not isinstance(holds, NumberColumn) or (holds.qualifier_column is None and holds.limit_column is None):
        return cell(column)
    read, stated, limit = cell(column), cell(holds.qualifier_column), cell(holds.limit_column)
    same = {Qualifier.below_quantitation: holds.quantitation, Qualifier.not_detected: holds.detection}

    def qualified(values: Values) -> Value:
        value: Value = read(values)
        qualifier = _qualifier(stated(values))
        if isinstance(value, Qualified) and qualifier in (None, value.qualifier):
            qualifier, number = value.qualifier, value.value
        elif qualifier is None:
            return value
        elif isinstance(value, str | Qualified):
            raise RowFault(
                column, text_of(value), f"is not {qualifier}, as {holds.qualifier_column} says: which is it?"
            )
        else:
            number = value
        if number is None:
            number = same.get(qualifier) if limit(values) is None else limit(values)
        if number is None and qualifier in NEED_A_VALUE:
            reason = f"is {qualifier} of a limit that nobody states: fill {holds.limit_column or column}"
            raise RowFault(holds.limit_column or column, "", reason)
        return Qualified(qualifier, number, text_of(value) or qualifier.replace("_", " "))

    return qualified


def _qualifier(given: Value) -> Qualifier | None:
    return None if given in (None, NONE) else Qualifier(str(given))
