"""The hour that comes twice when a clock is put back: decided by the order of the rows, where order decides.

Every way to read the rows in which time never runs backwards is considered. What is the same in all of them is decided;
any other row is refused. A row whose time exists twice waits for the rows behind it, up to the next that leaves no
doubt.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from partner_feeds.language.columns import DateColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.records.answers import Answer, RowError
from partner_feeds.translation.cells import ReadRow
from partner_feeds.translation.header import Header

MOST_WAITING = 10_000
"""Rows that wait for those behind them. A logger that looks every second writes 7,200 in the two hours."""
LARGEST_WAITING = 4_000_000
"""Characters in all the rows that wait."""


@dataclass(frozen=True, slots=True)
class Order:
    """What puts the rows in the order of the times in one column."""

    column: str
    position: int
    sequence: str | None
    """The column of a number that ascends with the time; None where the rows themselves are in its order."""

    def place(self, row: ReadRow) -> Decimal | int | None:
        """The row's place in the order; None where its number is blank."""
        if self.sequence is None:
            return row.row.number
        number = row.values[self.sequence]
        return number if isinstance(number, Decimal) else None

    def readings(self, row: ReadRow) -> tuple[datetime, ...]:
        """What the row's time can mean, the earliest first; nothing where there is none."""
        if self.column in row.unclear:
            return row.unclear[self.column].readings
        known = row.values[self.column]
        return (known,) if isinstance(known, datetime) else ()


def orders_of(mapping: Mapping, header: Header) -> list[Order]:
    """The orders that the mapping knows of the columns that the file has."""
    return [
        Order(name, header.positions[name], column.sequence_column)
        for name, column in mapping.columns.items()
        if name in header.positions and isinstance(column, DateColumn) and column.is_ordered
    ]


def decide_times(rows: Iterable[ReadRow | Answer], orders: Sequence[Order]) -> Iterator[ReadRow | Answer]:
    """The same rows, as they come, each with its times decided, or with the error that they could not be."""
    if not orders:
        yield from rows
        return
    before: list[ReadRow] = []
    waiting: list[ReadRow | Answer] = []
    size, doubt = 0, False
    for row in rows:
        waiting.append(row)
        certain = False
        if isinstance(row, ReadRow):
            doubt = doubt or bool(row.unclear)
            certain = all(len(order.readings(row)) == 1 for order in orders)
            size += sum(map(len, row.row.cells))
        if certain or not doubt or len(waiting) >= MOST_WAITING or size >= LARGEST_WAITING:
            yield from _decided(before, waiting, orders)
            before = [row] if isinstance(row, ReadRow) and certain else before
            waiting, size, doubt = [], 0, False
    yield from _decided(before, waiting, orders)


def _decided(
    before: list[ReadRow], waiting: list[ReadRow | Answer], orders: Sequence[Order]
) -> Iterator[ReadRow | Answer]:
    rows = [row for row in waiting if isinstance(row, ReadRow)]
    for order in orders:
        if any(order.column in row.unclear for row in rows):
            _decide(order, before + rows)
    return iter(waiting)


def _decide(order: Order, rows: Sequence[ReadRow]) -> None:
    for row, instant in _agreed(order, rows):
        row.values[order.column] = instant
        row.unclear.pop(order.column, None)
    for row in rows:
        if unclear := row.unclear.pop(order.column, None):
            reason = f"{unclear}; the order of the rows does not show which is meant"
            row.errors.append(RowError.of(row.row.number, order.column, row.row.cells[order.position], reason))


def _agreed(order: Order, rows: Sequence[ReadRow]) -> Iterator[tuple[ReadRow, datetime]]:
    """The rows whose time is the same however all of them are read."""
    placed = [(place, row) for row in rows if (place := order.place(row)) is not None and order.readings(row)]
    placed.sort(key=lambda each: each[0])
    turns = [[row for _, row in turn] for _, turn in groupby(placed, key=lambda each: each[0])]
    readings = [[order.readings(row) for row in turn] for turn in turns]
    # Without bounds time runs backwards, and nothing is agreed.
    for turn, firsts, lasts in zip(turns, *possible_times(readings), strict=False):
        for row, first, last in zip(turn, firsts, lasts, strict=True):
            if first == last:
                yield row, first


Times = list[list[datetime]]


def possible_times(turns: Sequence[Sequence[tuple[datetime, ...]]]) -> tuple[Times, Times]:
    """The earliest and the latest time of each row at which none is before one of an earlier turn.

    Rows of one turn are in no order to each other. Two empty lists, where time runs backwards however it is read.
    """
    earliest: Times = []
    for turn in turns:
        floor = max(earliest[-1]) if earliest else None
        fitting = [[each for each in readings if floor is None or each >= floor] for readings in turn]
        if not all(fitting):
            return [], []
        earliest.append([min(each) for each in fitting])
    latest: Times = []
    for turn in reversed(turns):
        ceiling = min(latest[-1]) if latest else None
        latest.append([max(each for each in readings if ceiling is None or each <= ceiling) for readings in turn])
    return earliest, latest[::-1]
