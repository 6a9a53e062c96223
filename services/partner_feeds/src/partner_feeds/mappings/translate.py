"""A file into records: every row is answered once, taken whole or refused whole."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from partner_feeds.answers import Accepted, Answer, Notice, Refused, RowError, refused
from partner_feeds.mappings.builders import Build
from partner_feeds.mappings.cells import Converter, Value, converter
from partner_feeds.mappings.columns import DateColumn
from partner_feeds.mappings.compile import compile_rules
from partner_feeds.mappings.header import Header, empty_file, read_header
from partner_feeds.mappings.model import Mapping
from partner_feeds.mappings.reader import BrokenRow, Row, read_rows
from partner_feeds.mappings.texts import RowFault
from partner_feeds.moments import Horizon
from partner_feeds.numbers import CannotRead
from partner_feeds.records import Record


def translate(
    mapping: Mapping, chunks: Iterable[bytes], *, now: datetime, time_zone: tzinfo | None = None
) -> Iterator[Answer]:
    """Answers for a file's rows, in order, as they are read: memory does not grow with the file.

    ``time_zone`` is that of the feed's site: times without an offset are read in it, unless the mapping names one.
    Nothing in the bytes raises. A header that does not fit refuses the file, and no row is read.
    """
    rows = read_rows(chunks, mapping)
    header = _header(rows, mapping)
    if isinstance(header, Refused):
        yield header
        return
    yield from header.notices
    zone = ZoneInfo(mapping.time_zone) if mapping.time_zone else time_zone
    translator = _Translator(mapping, header, Horizon(now), zone)
    empty = True
    for row in rows:
        empty = False
        yield translator.broken(row) if isinstance(row, BrokenRow) else translator.row(row)
    if empty:
        yield Notice(1, "the file has a header and no rows: there was nothing to take")


def _header(rows: Iterator[Row | BrokenRow], mapping: Mapping) -> Header | Refused:
    first = next(rows, None)
    if first is None:
        return empty_file(mapping)
    if isinstance(first, BrokenRow):
        return refused(first.number, "", first.value, f"the header cannot be read: {first.reason}")
    return read_header(first, mapping)


class _Translator:
    """A mapping compiled for the columns of one file."""

    def __init__(self, mapping: Mapping, header: Header, horizon: Horizon, zone: tzinfo | None) -> None:
        missing = frozenset(token.strip() for token in mapping.missing)
        self._header = header.names
        self._horizon = horizon
        self._blank: list[Value] = [None] * len(mapping.columns)
        self._cells: list[tuple[int, int, str, Converter]] = []
        self._dates: list[tuple[int, int, str]] = []
        self._required: list[tuple[int, str]] = []
        for slot, (name, column) in enumerate(mapping.columns.items()):
            if name in header.positions:
                convert = converter(column, mapping.decimal, missing, zone)
                self._cells.append((slot, header.positions[name], name, convert))
                if isinstance(column, DateColumn):
                    self._dates.append((slot, header.positions[name], name))
            if column.required:
                self._required.append((slot, name))
        self._builds: list[Build] = compile_rules(mapping)

    def broken(self, row: BrokenRow) -> Refused:
        """The refusal of a row whose cells could not be read."""
        known = row.column is not None and row.column < len(self._header)
        return refused(row.number, self._header[row.column or 0] if known else "", row.value, row.reason)

    def row(self, row: Row) -> Accepted | Refused:
        """The row's records, or everything that is wrong with it."""
        errors: list[RowError] = []
        values = self._values(row, errors)
        if not errors:
            self._check(row, values, errors)
        records = [] if errors else self._records(row.number, values, errors)
        if errors:
            if [cell.strip() for cell in row.cells] == self._header:
                return refused(row.number, "", "", "the header line is repeated here: remove it")
            return Refused(row.number, tuple(errors))
        return Accepted(row.number, tuple(records))

    def _values(self, row: Row, errors: list[RowError]) -> list[Value]:
        number, cells = row
        values = self._blank.copy()
        for slot, position, name, convert in self._cells:
            try:
                values[slot] = convert(cells[position])
            except CannotRead as error:
                errors.append(RowError.of(number, name, cells[position], str(error)))
        return values

    def _check(self, row: Row, values: list[Value], errors: list[RowError]) -> None:
        for slot, name in self._required:
            if values[slot] is None:
                errors.append(RowError.of(row.number, name, "", "is blank, and must be given"))
        for slot, position, name in self._dates:
            moment = values[slot]
            if isinstance(moment, str | date) and (reason := self._horizon.why_not(moment)):
                errors.append(RowError.of(row.number, name, row.cells[position], reason))

    def _records(self, number: int, values: list[Value], errors: list[RowError]) -> list[Record]:
        records: list[Record] = []
        for build in self._builds:
            try:
                records.extend(build(values))
            except RowFault as fault:
                error = RowError.of(number, fault.field, fault.value, fault.reason)
                if error not in errors:
                    errors.append(error)
        return records
