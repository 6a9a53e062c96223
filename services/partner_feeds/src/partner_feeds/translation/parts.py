"""How the parts of a record are taken from a row's values: each function compiles one part, once per file."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from operator import itemgetter
from typing import Any

from gxp.unit_names import why_no_unit
from partner_feeds.language.any_column import PLACEHOLDER
from partner_feeds.language.any_rule import LotRule
from partner_feeds.language.columns import Column, NumberColumn
from partner_feeds.records.model import LONGEST_CODE, Amount, LotCode, NamedValue
from partner_feeds.translation.cells import Values
from partner_feeds.translation.stored_cells import Value
from partner_feeds.values.qualified import Qualified, Withdrawn
from partner_feeds.values.texts import Coded

Part = Callable[[Values], Any]
"""Gives a part of a record. Raises RowFault. Of what kind its cells are was checked when the mapping was loaded."""


class RowFault(ValueError):
    """A row whose cells are each readable, and still do not make a record."""

    def __init__(self, field: str, value: str, reason: str) -> None:
        super().__init__(reason)
        self.field, self.value, self.reason = field, value, reason


def text_of(value: Value) -> str:
    """A value as it is written in an id: 1.0 and 1 are the same number, and the same text."""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(value, Qualified | Withdrawn):
        return value.text
    return value.isoformat() if isinstance(value, date) else ""


def cell(column: str | None) -> Part:
    """The value of a cell: None when it is blank, or the mapping names no column."""
    return itemgetter(column) if column else lambda values: None


def required_cell(column: str, because: str) -> Part:
    """The value of a cell that may not be blank."""

    def read(values: Values) -> Value:
        if (value := values[column]) is None:
            raise RowFault(column, "", f"is blank, and {because}")
        return value

    return read


def written_of(value: Value) -> str:
    """A value as its source writes it: an id stays what it was when the mapping translates a word otherwise."""
    return value.written if isinstance(value, Coded) else text_of(value)


def text(
    template: str | None, longest: int = LONGEST_CODE, of: Callable[[Value], str] = text_of
) -> Callable[[Values], str | None]:
    """A text put together from a row's cells, such as ``api-{api_code}``: None when one of them is blank."""
    first, *pieces = PLACEHOLDER.split(template or "")
    columns = list(zip(pieces[::2], pieces[1::2], strict=True))
    if not columns:
        return lambda values: template
    only = columns[0][0]
    if template == f"{{{only}}}":
        return lambda values: None if (value := values[only]) is None else of(value)

    def fill(values: Values) -> str | None:
        filled = first
        for column, behind in columns:
            if (value := values[column]) is None:
                return None
            filled += of(value) + behind
        if len(filled) > longest:
            raise RowFault(only, filled, f"put together by the mapping, longer than {longest} characters")
        return filled

    return fill


def required_id(template: str) -> Callable[[Values], str]:
    """A record's id, of which no cell may be blank, as its source writes it."""
    return required_text(template, "the record's id", written_of)


def required_text(template: str, purpose: str, of: Callable[[Value], str] = text_of) -> Callable[[Values], str]:
    """A text of which no cell may be blank."""
    fill, columns = text(template, of=of), PLACEHOLDER.findall(template)
    if not columns:
        return lambda values: template

    def require(values: Values) -> str:
        if (filled := fill(values)) is not None:
            return filled
        blank = next(column for column in columns if values[column] is None)
        raise RowFault(blank, "", f"is blank, and {purpose} is made of it")

    return require


def word(fill: Callable[[Values], str | None], words: type[StrEnum], field: str) -> Part:
    """One of our words, which a text names: None when there is no text."""
    known: dict[str | None, StrEnum | None] = {None: None, **{str(each): each for each in words}}

    def read(values: Values) -> StrEnum | None:
        filled = fill(values)
        if filled not in known:
            raise RowFault(field, filled or "", f"is none of {', '.join(words)}")
        return known[filled]

    return read


def required_lot(name: str, rule: LotRule) -> Part:
    """A row's lot, of whose name no cell may be blank."""
    material, number = (required_text(each, f"the lot {name}") for each in (rule.material, rule.number))
    site = text(rule.site or None)
    return lambda values: LotCode(material(values), number(values), site(values))


def optional_lot(name: str, rule: LotRule) -> Callable[[Values], LotCode | None]:
    """A row's lot: None when all that names it is blank. Raises RowFault when only a part is: which lot is it?"""
    material, number, site = text(rule.material), text(rule.number), text(rule.site or None)
    columns = list(dict.fromkeys(PLACEHOLDER.findall(rule.material) + PLACEHOLDER.findall(rule.number)))

    def find(values: Values) -> LotCode | None:
        material_code, lot_number = material(values), number(values)
        if material_code is not None and lot_number is not None:
            return LotCode(material_code, lot_number, site(values))
        if filled := [column for column in columns if values[column] is not None]:
            blank = next(column for column in columns if column not in filled)
            given = ", ".join(filled)
            reason = f"is blank, and names the lot {name} with {given}: give it, or leave all of them blank"
            raise RowFault(blank, "", reason)
        return None

    return find


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def revision(column: str | None) -> Callable[[Values], int]:
    """The record's revision: 1 where the source counts none; of an instant, the seconds since 2000-01-01 (UTC)."""
    read = cell(column)

    def count(values: Values) -> int:
        given = read(values)
        if given is None:
            return 1
        number = Decimal((given - _EPOCH) // timedelta(seconds=1)) if isinstance(given, datetime) else given
        if number != number.to_integral_value() or not 1 <= number < 2**31:
            raise RowFault(
                column or "", text_of(given), "a revision is a whole number from 1 on, or an instant from 2000 on"
            )
        return int(number)

    return count


def unit(columns: Mapping[str, Column], column: str) -> Callable[[Values], str | None]:
    """The unit of a column's values: its own, or the one in the row."""
    holds = columns[column]
    if not isinstance(holds, NumberColumn) or holds.unit_column is None:
        fixed = holds.unit if isinstance(holds, NumberColumn) else None
        return lambda values: fixed
    unit_column = holds.unit_column
    read = required_cell(unit_column, f"{column} has no meaning without its unit")

    def check(values: Values) -> str:
        found: str = read(values)
        if reason := why_no_unit(found):
            raise RowFault(unit_column, found, reason)
        return found

    return check


def amount(columns: Mapping[str, Column], column: str | None) -> Callable[[Values], Amount | None]:
    """A number with its unit: None when it is blank."""
    if column is None:
        return lambda values: None
    read, unit_of = cell(column), unit(columns, column)

    def quantity(values: Values) -> Amount | None:
        if (number := read(values)) is None:
            return None
        if number < 0:
            raise RowFault(column, text_of(number), "is below zero: a quantity is not")
        return Amount(number, unit_of(values) or "1")

    return quantity


def named_values(columns: Mapping[str, Column], names: Iterable[str]) -> Callable[[Values], tuple[NamedValue, ...]]:
    """The filled ones among the columns, under what our records call them."""
    sources = [(columns[name].name or name, cell(name), unit(columns, name)) for name in names]
    return lambda values: tuple(
        NamedValue(name, value, unit_of(values))
        for name, read, unit_of in sources
        if (value := read(values)) is not None
    )
