"""The rows beneath a header: where the table ends, which rows a mapping takes, and cells that belong to no column."""

from collections.abc import Callable, Iterator

from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.records.answers import Answer, LeftOut, Notice, refused
from partner_feeds.translation.cells import Cells, ReadRow
from partner_feeds.translation.header import Header
from partner_feeds.translation.second_table import SecondTable
from partner_feeds.translation.selection import beginning_with, filled_down, first_filled, selection


def read_body(
    rows: Iterator[Row | BrokenRow], header: Header, mapping: Mapping, cells: Cells
) -> Iterator[ReadRow | Answer]:
    """Each row read, left out or refused."""
    for row in body_of(rows, header, mapping):
        yield cells.read(row) if isinstance(row, Row | BrokenRow) else row


def body_of(
    rows: Iterator[Row | BrokenRow], header: Header, mapping: Mapping, *, all_rows: bool = False
) -> Iterator[Row | BrokenRow | Answer]:
    """Each row as wide as the header, or why it is left out; ``all_rows``: those too that the mapping leaves out."""
    width, fit = len(header.names), _Fit(header, mapping)
    unnamed, filled = bool(header.unnamed), filled_down(mapping, header)
    # Where a file is only looked at, what of it is another table's is told when it is read.
    select, again = (None, None) if all_rows else (selection(mapping, header), SecondTable(header, mapping))
    end, last = _end(mapping, again), 1
    for row in rows:
        last = row.number
        if isinstance(row, Row):
            if at_end := end(row):
                yield from at_end
                break
            if not row.cells:
                continue
            if fit.is_first or len(row.cells) != width or unnamed:
                row = fit(row)
        if filled is not None:
            row = filled(row)
        chosen = select(row) if select is not None and isinstance(row, Row) else None
        if chosen is not None:
            fit.forget_first()
            yield chosen
        elif again is not None and isinstance(row, Row) and again.repeats(row):
            yield refused(row.number, "", "", _REPEATED)
            if again.has_labels:
                break
        else:
            yield row
        if notice := fit.notice():
            yield notice
    for row in rows:
        last = row.number
        if not isinstance(row, Row) or row.cells:
            yield LeftOut(last)
    if select is not None and (told := select.told()):
        yield Notice(last, told)


def _end(mapping: Mapping, again: SecondTable | None) -> Callable[[Row], list[Answer]]:
    """What is answered of a row with which the table ends: by the mapping's words, or as another begins."""
    ends = beginning_with(mapping.ends_at) if mapping.ends_at else None

    def answers(row: Row) -> list[Answer]:
        if ends is not None and ends(row):
            what = first_filled(row)
            told = Notice(row.number, f"the table ends here, at {what!r}: what follows is left out")
            return [told, LeftOut(row.number)] if row.cells else [told]
        if row.cells and again is not None and (reason := again.begins(row)):
            advice = "end the first with ends_at, or say header: {after: ...} for this one"
            return [refused(row.number, "", first_filled(row), f"{reason}; {advice}")]
        return []

    return answers


_REPEATED = "the header line is repeated here: remove it, or leave it out with skip if it is of the same table"


class _Fit:
    """Rows cut to the columns of the header."""

    def __init__(self, header: Header, mapping: Mapping) -> None:
        self._width, self._unnamed, self._delimiter = len(header.names), header.unnamed, mapping.delimiter
        self._pads, self._may_shift = mapping.short_rows == "blank", mapping.format == "csv"
        self._told: int | None = None
        """The row of which it is to be told that blank cells were passed over; 0 once it was."""
        self._rows = 0
        self._beyond: int | None = None
        """Blank cells behind the last column in the first row. In a row with another number cells may have shifted."""

    def forget_first(self) -> None:
        """The first row was none of the table's: the next one tells how wide rows are."""
        if self._rows == 1:
            self._beyond, self._rows, self._told = None, 0, None

    @property
    def is_first(self) -> bool:
        """Whether no row was seen yet."""
        return self._beyond is None

    def notice(self) -> Notice | None:
        """That blank cells were passed over, once; behind the answer about their row."""
        if not self._told:
            return None
        row, self._told = self._told, 0
        return Notice(row, "cells behind the last column are blank, and were passed over")

    def __call__(self, row: Row) -> Row | BrokenRow:
        """The row, as wide as the header; or why it cannot be."""
        number, cells = row
        if self._pads and len(cells) < self._width:
            cells = cells + [""] * (self._width - len(cells))
        if self._beyond is None:
            self._beyond = len(cells) - self._width
        self._rows += 1
        has_shifted = self._may_shift and len(cells) - self._width not in (0, self._beyond)
        if len(cells) < self._width or has_shifted or any(map(str.strip, cells[self._width :])):
            beyond = self._delimiter.join(cells[self._width :])
            return BrokenRow(number, None, beyond, self._why_not_as_wide(cells))
        for place in self._unnamed:
            if cells[place].strip():
                reason = (
                    f"column {place + 1} has no name in the header: say its position in the mapping, if it is wanted"
                )
                return BrokenRow(number, place, cells[place], reason)
        if len(cells) > self._width and self._told is None:
            self._told = number
        return Row(number, cells[: self._width])

    def _why_not_as_wide(self, cells: list[str]) -> str:
        few_or_many = "too few" if len(cells) < self._width else "too many"
        return (
            f"{few_or_many} cells: {len(cells)}, and the header has {self._width}; leave a missing value blank between "
            f"its delimiters, and put a cell that holds {self._delimiter!r} in quotes"
        )
