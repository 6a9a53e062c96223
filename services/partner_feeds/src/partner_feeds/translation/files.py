"""A file into records: every row is answered once, taken whole or refused whole."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from partner_feeds.language.mapping import Mapping
from partner_feeds.language.places import ignored_steps
from partner_feeds.readers.delimited import DelimitedRows
from partner_feeds.readers.json_paths import steps_of
from partner_feeds.readers.json_records import JsonRows, Wanted
from partner_feeds.readers.rows import Row, Rows
from partner_feeds.readers.transposed import Transposed
from partner_feeds.readers.xlsx import XlsxRows
from partner_feeds.records.answers import Accepted, Answer, LeftOut, Notice, Refused, RowError, refused
from partner_feeds.records.model import Record
from partner_feeds.translation import beside
from partner_feeds.translation.about import Origin, shared_values
from partner_feeds.translation.body import body_of, read_body
from partner_feeds.translation.building import Build, compile_rules
from partner_feeds.translation.cells import Cells, ReadRow, Shared
from partner_feeds.translation.date_order import DateOrder
from partner_feeds.translation.header import Header
from partner_feeds.translation.number_form import NumberForms
from partner_feeds.translation.order import decide_times, orders_of
from partner_feeds.translation.parts import RowFault
from partner_feeds.translation.percent_cells import PercentCells
from partner_feeds.translation.percent_signs import PercentSigns
from partner_feeds.translation.stored_dates import StoredDates
from partner_feeds.translation.table import Table, find_table
from partner_feeds.values.moments import Horizon


def translate(
    mapping: Mapping,
    chunks: Iterable[bytes],
    *,
    now: datetime,
    time_zone: tzinfo | None = None,
    origin: Origin | None = None,
    show: int = 0,
) -> Iterator[Answer]:
    """Answers for a file's rows, in order, as they are read: memory does not grow with the file.

    ``chunks`` begin anew each time they are iterated: whether the dates or numbers of a file could be taken for others
    is looked at in the whole of it first, and where they are in doubt no row is taken. Raises TypeError for a source
    that can be read only once. Nothing in the bytes raises. A header that does not fit refuses the file, and no row is
    read. The first ``show`` rows that are taken are given with their cells.
    """
    if isinstance(chunks, Iterator):
        raise TypeError("a file is looked at before it is read: give a source that begins anew")
    table = find_table(_rows(chunks, mapping), mapping)
    if isinstance(table, Refused):
        yield replace(table, rest_unread=True)
        return
    zone = ZoneInfo(mapping.time_zone) if mapping.time_zone else time_zone
    shared = shared_values(mapping, table.blocks, origin or Origin(), zone)
    if isinstance(shared, Refused):
        yield replace(shared, rest_unread=True)
        return
    cells, builds = Cells(mapping, table.header, Horizon(now), zone, shared), compile_rules(mapping)
    if refusal := _data_above(table, mapping, cells, builds):
        yield replace(refusal, rest_unread=True)
        return
    if doubt := _in_doubt(mapping, table.header, shared, chunks):
        yield replace(doubt, rest_unread=True)
        return
    yield from map(LeftOut, table.left_out)
    yield from table.header.notices
    yield from _answers(table, mapping, cells, builds, show)


def _in_doubt(mapping: Mapping, header: Header, shared: Shared, chunks: Iterable[bytes]) -> Refused | None:
    """The refusal of a file whose dates or numbers may be others than they seem: its rows cannot be called back."""

    looks = (
        DateOrder(mapping, header, shared.texts),
        StoredDates(mapping, header),
        PercentCells(mapping, header),
        PercentSigns(mapping, header, shared.texts, chunks),
        NumberForms(mapping, header, shared.texts, chunks),
    )
    open_ = [each for each in looks if not each.is_settled]
    for row in _rows_again(chunks, mapping) if open_ else ():
        for each in open_:
            if doubt := each.look(row):
                return doubt
        if all(each.is_settled for each in open_):
            return None
    return next((doubt for each in open_ if (doubt := each.verdict())), None)


def _rows(chunks: Iterable[bytes], mapping: Mapping) -> Rows:
    if mapping.format in ("json", "jsonl"):
        return JsonRows(chunks, mapping, _wanted(mapping))
    rows: Rows = XlsxRows(chunks, mapping) if mapping.format == "xlsx" else DelimitedRows(chunks, mapping)
    return Transposed(rows, mapping.limits.columns) if mapping.transposed else rows


def _wanted(mapping: Mapping) -> Wanted:
    """The places in a file of JSON of which the mapping says something."""
    columns = mapping.of_the_file.items()
    return Wanted(
        {name: steps_of(column.path) if column.path else (name,) for name, column in columns if not column.around},
        {name: steps_of(column.around, many=True) for name, column in columns if column.around},
        [ignored_steps(name) for name in mapping.ignored],
        [steps_of(path, many=True) for path in mapping.ignored_around],
        mapping.unknown_columns == "ignore",
    )


def _rows_again(chunks: Iterable[bytes], mapping: Mapping) -> Iterator[Row]:
    table = find_table(_rows(chunks, mapping), mapping)
    body = () if isinstance(table, Refused) else body_of(table.rows, table.header, mapping, all_rows=True)
    yield from (row for row in body if isinstance(row, Row))


def _answers(table: Table, mapping: Mapping, cells: Cells, builds: Sequence[Build], show: int) -> Iterator[Answer]:
    empty, last = True, 1
    read = read_body(table.rows, table.header, mapping, cells)
    for row in decide_times(read, orders_of(mapping, table.header)):
        empty, last = False, row.row.number if isinstance(row, ReadRow) else row.row
        answer = _answer(row, cells, builds) if isinstance(row, ReadRow) else row
        if show and isinstance(row, ReadRow) and isinstance(answer, Accepted):
            answer, show = replace(answer, cells=beside.of_row(row, mapping, table.header)), show - 1
        yield answer
    if empty:
        found = "has no records" if mapping.format in ("json", "jsonl") else "has a header and no rows"
        yield Notice(1, f"the file {found}: there was nothing to take")
    yield from (Notice(last, text) for text in table.told)


def _data_above(table: Table, mapping: Mapping, cells: Cells, builds: Sequence[Build]) -> Refused | None:
    """The refusal of a file in which a row above the header is one of data: it would be lost in silence."""
    if mapping.header is None or mapping.header.row is not None:
        return None
    rows = [row for row in table.blocks[0] if len(row.cells) == len(table.header.names)]
    for row in rows:
        read = cells.read(row)
        answer = _answer(read, cells, builds) if isinstance(read, ReadRow) else read
        if isinstance(answer, Accepted) and answer.records:
            reason = "stands above the header and reads as data: which line is the header? say header: {row: ...}"
            return refused(row.number, "", mapping.delimiter.join(row.cells), reason)
    return None


def _answer(read: ReadRow, cells: Cells, builds: Sequence[Build]) -> Accepted | Refused:
    """The row's records, or everything that is wrong with it."""
    number, records = read.row.number, list[Record]()
    errors = read.errors or list(cells.check(read))
    for build in () if errors else builds:
        try:
            records.extend(build(read.values))
        except RowFault as fault:
            error = RowError.of(number, fault.field, fault.value, fault.reason)
            errors += [error] if error not in errors else []
    return Refused(number, tuple(errors)) if errors else Accepted(number, tuple(records))
