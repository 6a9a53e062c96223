"""A file into records: every row is answered once, taken whole or refused whole."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from partner_feeds.language.columns import DateColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.delimited import BrokenRow, Row, read_rows
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused, RowError, refused
from partner_feeds.records.model import Record
from partner_feeds.translation.builders import Build
from partner_feeds.translation.cells import Converter, Value, converter
from partner_feeds.translation.compile import compile_rules
from partner_feeds.translation.header import Header, empty_file, read_header
from partner_feeds.translation.order import Order, ReadRow, in_turn
from partner_feeds.translation.texts import RowFault
from partner_feeds.values.dates import Unclear
from partner_feeds.values.moments import Horizon
from partner_feeds.values.texts import CannotRead


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
    read = (translator.broken(row) if isinstance(row, BrokenRow) else translator.read(row) for row in rows)
    for row in in_turn(read, translator.orders) if translator.orders else read:
        empty = False
        yield row if isinstance(row, Refused) else translator.answer(row)
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
        self.orders: list[Order] = []
        slots = {name: slot for slot, name in enumerate(mapping.columns)}
        for slot, (name, column) in enumerate(mapping.columns.items()):
            if name in header.positions:
                convert = converter(column, mapping.decimal, missing, zone)
                self._cells.append((slot, header.positions[name], name, convert))
                if isinstance(column, DateColumn):
                    self._dates.append((slot, header.positions[name], name))
                    if column.is_ordered:
                        number = slots[column.sequence_column] if column.sequence_column else None
                        self.orders.append(Order(slot, header.positions[name], name, number))
            if column.required:
                self._required.append((slot, name))
        self._ordered = {order.slot for order in self.orders}
        self._builds: list[Build] = compile_rules(mapping)

    def broken(self, row: BrokenRow) -> Refused:
        """The refusal of a row whose cells could not be read."""
        known = row.column is not None and row.column < len(self._header)
        return refused(row.number, self._header[row.column or 0] if known else "", row.value, row.reason)

    def read(self, row: Row) -> ReadRow:
        """The row's values, with what was wrong in its cells."""
        read = ReadRow(row, self._blank.copy(), [])
        for slot, position, name, convert in self._cells:
            try:
                read.values[slot] = convert(row.cells[position])
            except CannotRead as error:
                if isinstance(error, Unclear) and slot in self._ordered:
                    read.unclear[slot] = error
                else:
                    read.errors.append(RowError.of(row.number, name, row.cells[position], str(error)))
        return read

    def answer(self, read: ReadRow) -> Accepted | Refused:
        """The row's records, or everything that is wrong with it."""
        row, values, errors = read.row, read.values, read.errors
        if not errors:
            self._check(row, values, errors)
        records = [] if errors else self._records(row.number, values, errors)
        if errors:
            if [cell.strip() for cell in row.cells] == self._header:
                return refused(row.number, "", "", "the header line is repeated here: remove it")
            return Refused(row.number, tuple(errors))
        return Accepted(row.number, tuple(records))

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
