"""Rules into functions that build records: each mapping is compiled once per file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from contracts import Moment
from partner_feeds.language.columns import Column, NumberColumn
from partner_feeds.language.rules import PLACEHOLDER, LotRule
from partner_feeds.records.model import Amount, LotCode, NamedValue, Record
from partner_feeds.translation.texts import RowFault, Values, filled_in, required_text, text_of
from partner_feeds.values.units import is_unit, why_no_unit

Build = Callable[[Values], Iterable[Record]]
"""Builds a rule's records of a row. Raises RowFault."""

LotOf = Callable[[Values], LotCode | None]
RequiredLot = Callable[[Values], LotCode]
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True)
class Scope:
    """What a rule may refer to while it is compiled."""

    columns: Mapping[str, Column]
    slots: Mapping[str, int]
    lots: Mapping[str, LotOf]

    def name_of(self, column: str) -> str:
        """What the column's test or value is called in our records."""
        return self.columns[column].name or column


def lot_of(rule: LotRule, slots: Mapping[str, int]) -> LotOf:
    """Names a row's lot: None when its material or number is blank."""
    material, number = filled_in(rule.material, slots), filled_in(rule.number, slots)
    site = filled_in(rule.site, slots) if rule.site else None

    def name(values: Values) -> LotCode | None:
        material_code, lot_number = material(values), number(values)
        if material_code is None or lot_number is None:
            return None
        return LotCode(material_code, lot_number, site(values) if site else None)

    return name


def required_lot(scope: Scope, name: str, rule: LotRule) -> RequiredLot:
    """Names a row's lot. Raises RowFault with the blank column."""
    lot = scope.lots[name]
    texts = [required_text(text, scope.slots, f"the lot {name}") for text in (rule.material, rule.number)]

    def require(values: Values) -> LotCode:
        found = lot(values)
        if found is None:
            for text in texts:
                text(values)
            raise AssertionError("a lot without material or number has a blank column")
        return found

    return require


def optional_lot(scope: Scope, name: str, rule: LotRule) -> LotOf:
    """Names a row's lot: None when all that names it is blank. Raises RowFault when only a part is: which lot is it?"""
    lot = scope.lots[name]
    columns = list(dict.fromkeys(PLACEHOLDER.findall(rule.material) + PLACEHOLDER.findall(rule.number)))

    def find(values: Values) -> LotCode | None:
        found = lot(values)
        filled = [] if found else [column for column in columns if values[scope.slots[column]] is not None]
        if filled:
            blank = next(column for column in columns if column not in filled)
            told = f"is blank, and names the lot {name} with {', '.join(filled)}: give it, or leave all of them blank"
            raise RowFault(blank, "", told)
        return found

    return find


def moment_of(scope: Scope, column: str) -> Callable[[Values], Moment]:
    """When the record's fact happened. Raises RowFault when the cell is blank."""
    slot = scope.slots[column]

    def read(values: Values) -> Moment:
        moment = values[slot]
        if isinstance(moment, str | date):
            return moment
        raise RowFault(column, "", "is blank, and must say when it happened")

    return read


def optional_moment_of(scope: Scope, column: str | None) -> Callable[[Values], Moment | None]:
    """A date that may be blank, or that the mapping does not have."""
    if column is None:
        return lambda values: None
    slot = scope.slots[column]

    def read(values: Values) -> Moment | None:
        moment = values[slot]
        return moment if isinstance(moment, str | date) else None

    return read


def instant_of(scope: Scope, column: str | None) -> Callable[[Values], datetime | None]:
    """An instant that may be blank."""
    slot = None if column is None else scope.slots[column]

    def read(values: Values) -> datetime | None:
        moment = None if slot is None else values[slot]
        return moment if isinstance(moment, datetime) else None

    return read


def number_of(scope: Scope, column: str | None) -> Callable[[Values], Decimal | None]:
    """A number that may be blank."""
    slot = None if column is None else scope.slots[column]

    def read(values: Values) -> Decimal | None:
        number = None if slot is None else values[slot]
        return number if isinstance(number, Decimal) else None

    return read


def revision_of(scope: Scope, column: str | None) -> Callable[[Values], int]:
    """The record's revision: 1 where the source counts none."""
    number = number_of(scope, column)

    def read(values: Values) -> int:
        revision = number(values)
        if revision is None:
            return 1
        if revision != revision.to_integral_value() or not 1 <= revision < 2**31:
            raise RowFault(column or "", text_of(revision), "a revision is a whole number from 1 on")
        return int(revision)

    return read


def unit_of(scope: Scope, column: str) -> Callable[[Values], str | None]:
    """The unit of a column's values: its own, or the one that the row states."""
    holds = scope.columns[column]
    if not isinstance(holds, NumberColumn) or holds.unit_column is None:
        unit = holds.unit if isinstance(holds, NumberColumn) else None
        return lambda values: unit
    stated_in, slot = holds.unit_column, scope.slots[holds.unit_column]

    def read(values: Values) -> str:
        stated = values[slot]
        if not isinstance(stated, str):
            raise RowFault(stated_in, "", f"is blank, and {column} has no meaning without its unit")
        if not is_unit(stated):
            raise RowFault(stated_in, stated, why_no_unit(stated))
        return stated

    return read


def amount_of(scope: Scope, column: str | None) -> Callable[[Values], Amount | None]:
    """A number with its unit, or None when it is blank."""
    if column is None:
        return lambda values: None
    number, unit = number_of(scope, column), unit_of(scope, column)

    def read(values: Values) -> Amount | None:
        value = number(values)
        return None if value is None else Amount(value, unit(values) or "1")

    return read


def named_values(scope: Scope, columns: Iterable[str]) -> Callable[[Values], tuple[NamedValue, ...]]:
    """The filled ones among the columns, under their names."""
    sources = [(scope.slots[column], scope.name_of(column), unit_of(scope, column)) for column in columns]

    def read(values: Values) -> tuple[NamedValue, ...]:
        return tuple(
            NamedValue(name, value, unit(values))
            for slot, name, unit in sources
            if isinstance(value := values[slot], Decimal | str)
        )

    return read


def word_of(scope: Scope, text: str, words: type[Word], purpose: str) -> Callable[[Values], Word]:
    """One of our words, given by the mapping or by a cell. Raises RowFault for any other."""
    fill = required_text(text, scope.slots, purpose)

    def read(values: Values) -> Word:
        word = fill(values)
        try:
            return words(word)
        except ValueError as error:
            raise RowFault(purpose, word, f"is none of {', '.join(words)}") from error

    return read
