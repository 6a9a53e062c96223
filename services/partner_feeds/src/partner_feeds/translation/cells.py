"""A row's cells into values, compiled once per column: this runs for every cell of every file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, tzinfo
from decimal import Decimal
from functools import lru_cache

from contracts import Moment
from partner_feeds.language.columns import Column, DateColumn, NumberColumn, TextColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.records.answers import Refused, RowError, refused
from partner_feeds.records.model import LONGEST_CODE
from partner_feeds.translation.header import Header
from partner_feeds.translation.stored_cells import Converter, Value, stored_or
from partner_feeds.values.dates import Unclear
from partner_feeds.values.moments import Horizon
from partner_feeds.values.numbers import read_number
from partner_feeds.values.texts import CannotRead, has_control_characters, is_formula, nearest, some_of

Values = dict[str, Value]
"""A row's values, by the columns of the mapping."""

_FORMULA = "a formula is not taken: write its result"
_SURELY_PLAIN = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?").fullmatch
_MARKED = ("\t", "\r")


@dataclass(slots=True)
class ReadRow:
    """A row whose cells were read. ``unclear`` are the local times that exist twice, by their columns."""

    row: Row
    values: Values
    errors: list[RowError]
    unclear: dict[str, Unclear] = field(default_factory=dict)


class Cells:
    """Reads the cells of one file's rows."""

    def __init__(
        self, mapping: Mapping, header: Header, horizon: Horizon, zone: tzinfo | None, shared: Values | None = None
    ) -> None:
        missing = frozenset(token.strip() for token in mapping.missing)
        self._header, self._horizon = header, horizon
        self._blank: Values = dict.fromkeys(mapping.columns) | (shared or {})
        given = {name: column for name, column in mapping.columns.items() if name in header.positions}
        self._converters = [
            (name, header.positions[name], converter(column, mapping, missing, zone)) for name, column in given.items()
        ]
        dates = {name: column for name, column in mapping.columns.items() if isinstance(column, DateColumn)}
        self._dates, self._ordered = list(dates), {name for name, column in dates.items() if column.is_ordered}
        self._required = [name for name, column in mapping.columns.items() if column.required]

    def read(self, row: Row | BrokenRow) -> ReadRow | Refused:
        """The row's values, with what was wrong in its cells; or the refusal of a row that has no readable cells."""
        if isinstance(row, BrokenRow):
            return refused(row.number, self._header.name_at(row.column), row.value, row.reason)
        cells, values = row.cells, self._blank.copy()
        read = ReadRow(row, values, [])
        for name, position, convert in self._converters:
            try:
                values[name] = convert(cells[position])
            except CannotRead as error:
                if isinstance(error, Unclear) and name in self._ordered:
                    read.unclear[name] = error
                else:
                    read.errors.append(RowError.of(row.number, name, cells[position], str(error)))
        return read

    def check(self, read: ReadRow) -> Iterator[RowError]:
        """What is wrong with values that are each readable: what must be given is blank, or a date has not come yet."""
        for name in self._required:
            if read.values[name] is None:
                yield RowError.of(read.row.number, name, "", "is blank, and must be given")
        for name in self._dates:
            moment = read.values[name]
            if isinstance(moment, str | date) and (reason := self._horizon.why_not(moment)):
                place = self._header.positions.get(name)
                shown = str(moment) if place is None else read.row.cells[place]
                yield RowError.of(read.row.number, name, shown, reason)


def converter(column: Column, mapping: Mapping, missing: frozenset[str], zone: tzinfo | None) -> Converter:
    """Reads a cell of this column: None when it is missing. Raises CannotRead with what would be right."""
    read = _of_text(column, mapping.decimal, missing, zone)
    return stored_or(read, column, missing, zone) if mapping.format != "csv" else read


def _of_text(column: Column, decimal: str, missing: frozenset[str], zone: tzinfo | None) -> Converter:
    if isinstance(column, NumberColumn):
        return _number(column, "," if decimal == "comma" else ".", missing)
    if isinstance(column, DateColumn):
        return _date(column, missing, zone)
    return _text(column, missing)


def _number(column: NumberColumn, decimal: str, missing: frozenset[str]) -> Converter:
    unit = column.unit
    surely_plain = _SURELY_PLAIN if decimal == "." else re.compile(r"-?[0-9]{1,18}").fullmatch

    def read(cell: str) -> Decimal | None:
        if surely_plain(cell):
            return Decimal(cell)
        word = _word(cell, missing)
        return None if word is None else read_number(word, decimal, unit)

    return read


def _date(column: DateColumn, missing: frozenset[str], zone: tzinfo | None) -> Converter:
    format_ = column.compiled

    @lru_cache(maxsize=1024)
    def read(cell: str) -> Moment | None:
        word = _word(cell, missing)
        if word is None:
            return None
        if is_formula(word):
            raise CannotRead(f"{_FORMULA}, a date such as {format_.example}")
        return format_.read(word, zone)

    return read


def _text(column: TextColumn, missing: frozenset[str]) -> Converter:
    longest, codes = column.longest, column.codes
    check_controls = _has_controls_beside_breaks if longest > LONGEST_CODE else has_control_characters

    def read(cell: str) -> str | None:
        word = _word(cell, missing)
        if word is None:
            return None
        if is_formula(word):
            raise CannotRead(f"{_FORMULA} as plain text")
        if len(word) > longest:
            raise CannotRead(f"longer than {longest} characters: shorten it")
        if check_controls(word):
            raise CannotRead("holds a control character (a line break, a tab or the like): write it without")
        return word if codes is None else _translated(word, codes)

    return read


def _translated(word: str, codes: dict[str, str] | tuple[str, ...]) -> str:
    if word not in codes:
        raise CannotRead(f"not in the mapping's list of codes: {some_of(codes)}{nearest(word, codes)}")
    return codes[word] if isinstance(codes, dict) else word


def _word(cell: str, missing: frozenset[str]) -> str | None:
    """The cell without white space around it, or None when there is nothing in it."""
    word = cell.strip()
    if not word or word in missing:
        return None
    if cell.startswith(_MARKED):
        raise CannotRead(f"begins with a tab or line break, as a formula may: {_FORMULA} without it")
    return word


def _has_controls_beside_breaks(text: str) -> bool:
    return has_control_characters(text.replace("\n", " ").replace("\t", " "))
