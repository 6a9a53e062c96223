"""A table whose rows are the file's columns."""

from collections.abc import Iterator
from itertools import zip_longest

from partner_feeds.readers.rows import BrokenRow, Row, Rows


class Transposed:
    """Gives the columns of a file as rows, numbered from the left: it is read whole, so its size is limited."""

    def __init__(self, rows: Rows, most: int) -> None:
        self._rows, self._most = rows, most
        self.width: int | None = None
        self.told = rows.told

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        """One broken row breaks every column, and is all that is given."""
        lines: list[list[str]] = []
        for row in self._rows:
            if isinstance(row, BrokenRow):
                yield BrokenRow(1, None, row.value, f"line {row.number}: {row.reason}")
                return
            if len(lines) == self._most:
                yield BrokenRow(1, None, "", f"more than {self._most} lines: too many for a transposed table")
                return
            lines.append(row.cells)
        for number, cells in enumerate(zip_longest(*lines, fillvalue=""), start=1):
            if any(cell.strip() for cell in cells):
                yield Row(number, list(cells))
