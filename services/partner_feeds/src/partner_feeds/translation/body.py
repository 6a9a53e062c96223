"""The rows beneath a header: where the table ends, which rows a mapping takes, and cells that belong to no column."""

from collections.abc import Callable, Iterator

from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.records.answers import Answer, LeftOut, Notice
from partner_feeds.translation.cells import Cells, ReadRow
from partner_feeds.translation.header import Header
from partner_feeds.values.texts import as_compared


def read_body(
    rows: Iterator[Row | BrokenRow], header: Header, mapping: Mapping, cells: Cells
) -> Iterator[ReadRow | Answer]:
    """Each row read, left out or refused."""
    for row in body_of(rows, header, mapping):
        yield cells.read(row) if isinstance(row, Row | BrokenRow) else row


def body_of(rows: Iterator[Row | BrokenRow], header: Header, mapping: Mapping) -> Iterator[Row | BrokenRow | Answer]:
    """Each row as wide as the header, or why it is left out."""
    width, fit, ends = len(header.names), _Fit(header, mapping), _ends(mapping)
    unnamed, select = bool(header.unnamed), selection(mapping, header)
    for row in rows:
        if isinstance(row, Row):
            if ends is not None and ends(row):
                yield Notice(row.number, f"the table ends here, at {_first_filled(row)!r}: what follows is left out")
                yield LeftOut(row.number)
                break
            if len(row.cells) != width or unnamed:
                yield from fit.notices(row)
                row = fit(row)
        if select is not None and isinstance(row, Row) and not select(row):
            yield LeftOut(row.number)
        else:
            yield row
    for row in rows:
        yield LeftOut(row.number)


class _Fit:
    """Rows cut to the columns of the header."""

    def __init__(self, header: Header, mapping: Mapping) -> None:
        self._width, self._unnamed, self._delimiter = len(header.names), header.unnamed, mapping.delimiter
        self._told = False

    def notices(self, row: Row) -> Iterator[Notice]:
        """That blank cells were passed over, once."""
        if len(row.cells) > self._width and not self._told and not any(map(str.strip, row.cells[self._width :])):
            self._told = True
            yield Notice(row.number, "cells behind the last column are blank, and were passed over")

    def __call__(self, row: Row) -> Row | BrokenRow:
        """The row, as wide as the header; or why it cannot be."""
        number, cells = row
        if len(cells) < self._width or any(map(str.strip, cells[self._width :])):
            beyond = self._delimiter.join(cells[self._width :])
            return BrokenRow(number, None, beyond, self._why_not_as_wide(cells))
        for place in self._unnamed:
            if cells[place].strip():
                return BrokenRow(number, place, cells[place], f"column {place + 1} has no name in the header")
        return Row(number, cells[: self._width])

    def _why_not_as_wide(self, cells: list[str]) -> str:
        few_or_many = "too few" if len(cells) < self._width else "too many"
        return (
            f"{few_or_many} cells: {len(cells)}, and the header has {self._width}; leave a missing value blank between "
            f"its delimiters, and put a cell that holds {self._delimiter!r} in quotes"
        )


def _first_filled(row: Row) -> str:
    return next((text for cell in row.cells if (text := as_compared(cell))), "")


def _ends(mapping: Mapping) -> Callable[[Row], bool] | None:
    """Whether a row ends the table; None where the mapping knows no such row."""
    words = {as_compared(word) for word in mapping.ends_at}
    beginnings = tuple(word.removesuffix("*") for word in words if word.endswith("*"))
    if not words:
        return None

    def ends(row: Row) -> bool:
        first = _first_filled(row)
        return first in words or first.startswith(beginnings)

    return ends


def selection(mapping: Mapping, header: Header) -> Callable[[Row], bool] | None:
    """Whether the mapping takes a row; None where it takes every one."""
    texts = [
        (header.positions[name], {as_compared(text) for text in of_column}, taken)
        for rule, taken in ((mapping.take, True), (mapping.skip, False))
        for name, of_column in rule.items()
        if name in header.positions
    ]
    if not texts:
        return None
    return lambda row: all((as_compared(row.cells[place]) in wanted) is taken for place, wanted, taken in texts)
