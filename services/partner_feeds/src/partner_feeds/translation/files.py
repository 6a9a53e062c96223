"""A file into records: every row is answered once, taken whole or refused whole."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.delimited import BrokenRow, Row, read_rows
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused, RowError, refused
from partner_feeds.records.model import Record
from partner_feeds.translation.building import Build, compile_rules
from partner_feeds.translation.cells import Cells, ReadRow
from partner_feeds.translation.date_order import order_in_doubt
from partner_feeds.translation.header import Header, empty_file, read_header
from partner_feeds.translation.order import decide_times, orders_of
from partner_feeds.translation.parts import RowFault
from partner_feeds.values.moments import Horizon


def translate(
    mapping: Mapping, chunks: Iterable[bytes], *, now: datetime, time_zone: tzinfo | None = None
) -> Iterator[Answer]:
    """Answers for a file's rows, in order, as they are read: memory does not grow with the file.

    ``chunks`` begin anew each time they are iterated: dates whose day and month could be taken for one another are
    looked at in the whole file first, and where they are in doubt no row is taken.

    ``time_zone`` is that of the feed's site: times without an offset are read in it, unless the mapping names one.
    Nothing in the bytes raises. A header that does not fit refuses the file, and no row is read.
    """
    rows = read_rows(chunks, mapping)
    header = _header(rows, mapping)
    if isinstance(header, Refused):
        yield header
        return
    if doubt := order_in_doubt(mapping, header, chunks):
        yield doubt
        return
    yield from header.notices
    zone = ZoneInfo(mapping.time_zone) if mapping.time_zone else time_zone
    cells, builds = Cells(mapping, header, Horizon(now), zone), compile_rules(mapping)
    empty = True
    for row in decide_times(map(cells.read, rows), orders_of(mapping, header)):
        empty = False
        yield row if isinstance(row, Refused) else _answer(row, cells, builds, header)
    if empty:
        yield Notice(1, "the file has a header and no rows: there was nothing to take")


def _header(rows: Iterator[Row | BrokenRow], mapping: Mapping) -> Header | Refused:
    first = next(rows, None)
    if first is None:
        return empty_file(mapping)
    if isinstance(first, BrokenRow):
        return refused(first.number, "", first.value, f"the header cannot be read: {first.reason}")
    return read_header(first, mapping)


def _answer(read: ReadRow, cells: Cells, builds: Sequence[Build], header: Header) -> Accepted | Refused:
    """The row's records, or everything that is wrong with it."""
    number, records = read.row.number, list[Record]()
    errors = read.errors or list(cells.check(read))
    for build in () if errors else builds:
        try:
            records.extend(build(read.values))
        except RowFault as fault:
            error = RowError.of(number, fault.field, fault.value, fault.reason)
            errors += [error] if error not in errors else []
    if not errors:
        return Accepted(number, tuple(records))
    if [cell.strip() for cell in read.row.cells[: len(header.names)]] == header.names:
        return refused(number, "", "", "the header line is repeated here: remove it")
    return Refused(number, tuple(errors))
