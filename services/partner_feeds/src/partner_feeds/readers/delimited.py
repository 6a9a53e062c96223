"""Delimited text into rows of cells. A row that cannot be read is given with its reason, and the next one is read."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from partner_feeds.readers.lines import Line, split_lines

MOST_LINES_IN_A_CELL = 50
"""A quote that is not closed within so many lines was forgotten: the lines after it are rows of their own."""

OPEN = "unexpected end of data"
"""The csv module's error for a quote that is still open: the next line may close it. (A test checks the words.)"""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


class Limits(BaseModel):
    """What a file may hold at most; beyond it a row is refused and memory stays flat."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    line_bytes: int = Field(default=1_000_000, ge=100, le=10_000_000)
    cell_characters: int = Field(default=10_000, ge=10, le=100_000)
    columns: int = Field(default=1_000, ge=1, le=10_000)


class FileFormat(BaseModel):
    """How the file is written."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    format: Literal["csv"] = "csv"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    encoding: Literal["utf-8", "windows-1250", "windows-1252", "iso-8859-1", "iso-8859-2"] = "utf-8"
    decimal: Literal["point", "comma"] = "point"
    limits: Limits = Limits()


class Row(NamedTuple):
    """The cells of a row, and the line at which it begins."""

    number: int
    cells: list[str]


class BrokenRow(NamedTuple):
    """A row that has no readable cells; ``column`` counts from 0, None when it is unknown."""

    number: int
    column: int | None
    value: str
    reason: str


def read_rows(chunks: Iterable[bytes], form: FileFormat) -> Iterator[Row | BrokenRow]:
    """Every row of the file, the header included. Blank lines, and lines of nothing but delimiters, are no rows."""
    return _Reader(chunks, form).rows()


class _Reader:
    """Reads line by line, and looks a few lines ahead where a quoted cell holds line breaks."""

    def __init__(self, chunks: Iterable[bytes], form: FileFormat) -> None:
        self._lines = split_lines(chunks, form.limits.line_bytes)
        self._ahead: deque[Line] = deque()
        self._form = form
        self._blank = form.delimiter + ' \t"'
        self._width: int | None = None

    def rows(self) -> Iterator[Row | BrokenRow]:
        while (line := self._next()) is not None:
            row = self._read(line)
            if row is None:
                continue
            if self._width is None and isinstance(row, Row):
                self._width = len(row.cells)
            yield row

    def _next(self) -> Line | None:
        if self._ahead:
            return self._ahead.popleft()
        return next(self._lines, None)

    def _read(self, line: Line) -> Row | BrokenRow | None:
        number, content = line
        if content is None:
            limit = self._form.limits.line_bytes
            return BrokenRow(number, None, "", f"the line is longer than {limit} bytes: is a line break missing?")
        if number == 1:
            if content.startswith(_OTHER_ENCODINGS):
                return BrokenRow(1, None, "", f"the file is UTF-16: save it as {self._form.encoding} (CSV UTF-8)")
            content = content.removeprefix(_BYTE_ORDER_MARK)
        try:
            text = content.decode(self._form.encoding)
        except UnicodeDecodeError as error:
            return self._not_decoded(number, content, error)
        if not text.strip(self._blank):
            return None
        if '"' in text:
            return self._quoted(number, text)
        return self._checked(number, text.split(self._form.delimiter, self._form.limits.columns))

    def _checked(self, number: int, cells: list[str]) -> Row | BrokenRow:
        limits = self._form.limits
        if len(cells) > limits.columns:
            return BrokenRow(number, None, "", f"more than {limits.columns} cells in the row")
        if self._width is not None and len(cells) != self._width:
            return BrokenRow(number, None, "", _why_not_as_wide(len(cells), self._width, self._form.delimiter))
        for column, cell in enumerate(cells):
            if len(cell) > limits.cell_characters:
                reason = f"the cell is longer than {limits.cell_characters} characters"
                return BrokenRow(number, column, cell, reason)
        return Row(number, cells)

    def _not_decoded(self, number: int, content: bytes, error: UnicodeDecodeError) -> BrokenRow:
        delimiter = self._form.delimiter.encode()
        column = content.count(delimiter, 0, error.start)
        cell = content.split(delimiter)[column][:100].decode("ascii", "backslashreplace")
        byte = f"0x{content[error.start]:02X}"
        reason = f"not {self._form.encoding.upper()} (byte {byte}): save the file as 'CSV UTF-8'"
        return BrokenRow(number, column, cell, reason)

    def _quoted(self, number: int, text: str) -> Row | BrokenRow:
        """A row with quotes: it may go on over the next lines."""
        parsed = self._parse(text)
        if not isinstance(parsed, str):
            return self._checked(number, parsed)
        if parsed != OPEN:
            return self._wrongly_quoted(number, text, parsed)
        taken: list[Line] = []
        joined = text
        while len(taken) < MOST_LINES_IN_A_CELL and len(joined) <= self._form.limits.line_bytes:
            line = self._next()
            if line is None:
                break
            taken.append(line)
            more = _decoded(line, self._form.encoding)
            if more is None or (self._is_as_wide_as_a_row(more) and not text.startswith('"')):
                break
            joined = f"{joined}\n{more}"
            parsed = self._parse(joined) if '"' in more else OPEN
            if not isinstance(parsed, str) and len(parsed) == (self._width or len(parsed)):
                return self._checked(number, parsed)
            if parsed != OPEN:
                break
        # Not closed, or only by a quote that belongs to another row: those lines are rows of their own.
        self._ahead.extendleft(reversed(taken))
        return self._wrongly_quoted(number, text, OPEN)

    def _is_as_wide_as_a_row(self, line: str) -> bool:
        """A line with all of a row's delimiters is a row, and no part of a remark that a forgotten quote opened.

        (Where the first cell is quoted it may be the end of that cell's row: there this is not known.)
        """
        return self._width is not None and self._width > 2 and line.count(self._form.delimiter) >= self._width - 1

    def _parse(self, text: str) -> list[str] | str:
        """The cells; OPEN when a quote is still open at the end; or why they are none."""
        lines = [line + "\n" for line in text.split("\n")]
        try:
            return next(csv.reader(lines, delimiter=self._form.delimiter, strict=True))
        except csv.Error as error:
            return str(error)

    def _wrongly_quoted(self, number: int, text: str, why: str) -> BrokenRow:
        cells = text.split(self._form.delimiter, self._form.limits.columns)
        column = next((at for at, cell in enumerate(cells) if cell.count('"') % 2), len(cells) - 1)
        if "field limit" in why:
            reason = f"a quoted cell is longer than {self._form.limits.cell_characters} characters"
        else:
            reason = 'a quote is not closed, or is inside a quoted cell: write "" for a quote within quotes'
        return BrokenRow(number, column, cells[column], reason)


def _decoded(line: Line, encoding: str) -> str | None:
    try:
        return None if line.content is None else line.content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _why_not_as_wide(given: int, wanted: int, delimiter: str) -> str:
    few_or_many = "too few" if given < wanted else "too many"
    return (
        f"{few_or_many} cells: {given}, and the header has {wanted}; "
        f"leave a missing value blank between its delimiters, and put a cell that holds {delimiter!r} in quotes"
    )
