"""Delimited text into rows of cells. A row that cannot be read is given with its reason, and the next one is read."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator

from partner_feeds.readers.encodings import is_utf_8_instead, unmarked
from partner_feeds.readers.form import DELIMITERS, FileFormat
from partner_feeds.readers.lines import Line, split_lines, without_end_mark
from partner_feeds.readers.other_files import why_no_text
from partner_feeds.readers.rows import BrokenRow, Row

MOST_LINES_IN_A_CELL = 50
"""A quote that is not closed within so many lines was forgotten: the lines after it are rows of their own."""

OPEN = "unexpected end of data"
"""The csv module's error for a quote that is still open: the next line may close it. (A test checks the words.)"""

_SEPARATOR = re.compile(r'"?sep=(.)"?').fullmatch
"""The line with which a spreadsheet is told how the others are cut."""


_RULE = re.compile(r"(?=.*(?:---|===))[-=+|: \t]+").fullmatch
_OF_RULES = tuple("-=+|: \t")
"""A line drawn between rows, as lists for printers and tables of Markdown have it."""


class DelimitedRows:
    """Every row of a file, the header included. Blank lines, and lines of nothing but delimiters, are no rows, or rows
    without cells where one ends the table; lines that are drawn between rows are none, unless the mapping names one.

    Reads line by line, and looks a few lines ahead where a quoted cell holds line breaks.
    """

    def __init__(self, chunks: Iterable[bytes], form: FileFormat) -> None:
        self._encoding, content = unmarked(chunks, form.encoding)
        self._lines = split_lines(without_end_mark(content), form.limits.line_bytes)
        self._ahead: deque[Line] = deque()
        self._form = form
        self._blank = form.delimiter + ' \t"'
        self._tells_blank = "" in form.ends_at
        named = (*form.ends_at, form.header.after if form.header else None)
        self._passes_rules = not any(_RULE(each.rstrip("*")) for each in named if each)
        self.width: int | None = None
        self.told: list[str] = []

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        while (line := self._next()) is not None:
            if (row := self._read(line)) is not None:
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
        if number == 1 and (reason := why_no_text(content)):
            return BrokenRow(1, None, "", reason)
        if number == 1 and b"\x00" in content:
            return BrokenRow(1, None, "", "every other byte is zero, as in UTF-16: say encoding: utf-16 in the mapping")
        try:
            text = content.decode(self._encoding)
        except UnicodeDecodeError as error:
            reason = f"not {self._encoding.upper()} (byte 0x{content[error.start]:02X}): save the file as 'CSV UTF-8'"
            if self._encoding == "utf-8":
                reason += ", or say in the mapping what it is, such as encoding: windows-1252"
            return self._not_decoded(number, content, error.start, reason)
        if is_utf_8_instead(content, self._encoding):
            start = next(at for at, byte in enumerate(content) if byte > 127)
            reason = f"these bytes are UTF-8, and the mapping says {self._encoding}: say encoding: utf-8"
            return self._not_decoded(number, content, start, reason)
        if number == 1 and (said := _SEPARATOR(text)):
            return self._separated_by(said[1])
        if not text.strip(self._blank):
            return Row(number, []) if self._tells_blank else None
        if self._passes_rules and text.startswith(_OF_RULES) and _RULE(text):
            return None
        if '"' in text:
            return self._quoted(number, text)
        return self._checked(number, text.split(self._form.delimiter, self._form.limits.columns))

    def _checked(self, number: int, cells: list[str]) -> Row | BrokenRow:
        limits = self._form.limits
        if len(cells) > limits.columns:
            return BrokenRow(number, None, "", f"more than {limits.columns} cells in the row")
        for column, cell in enumerate(cells):
            if len(cell) > limits.cell_characters:
                reason = f"the cell is longer than {limits.cell_characters} characters"
                return BrokenRow(number, column, cell, reason)
        return Row(number, cells)

    def _separated_by(self, sign: str) -> BrokenRow | None:
        if sign == self._form.delimiter:
            return None
        reason = (
            f"the first line says that {sign!r} separates the columns, and the mapping says {self._form.delimiter!r}"
        )
        return BrokenRow(1, None, f"sep={sign}", reason)

    def _not_decoded(self, number: int, content: bytes, start: int, reason: str) -> BrokenRow:
        delimiter = self._form.delimiter.encode()
        column = content.count(delimiter, 0, start)
        cell = content.split(delimiter)[column][:100].decode("ascii", "backslashreplace")
        return BrokenRow(number, column, cell, reason)

    def _quoted(self, number: int, text: str) -> Row | BrokenRow:
        """A row with quotes: it may go on over the next lines."""
        parsed = self._parse(text)
        if not isinstance(parsed, str):
            return self._with_quotes_around(number, parsed)
        if parsed != OPEN:
            return self._wrongly_quoted(number, text, parsed)
        taken: list[Line] = []
        joined = text
        while len(taken) < MOST_LINES_IN_A_CELL and len(joined) <= self._form.limits.line_bytes:
            line = self._next()
            if line is None:
                break
            taken.append(line)
            more = _decoded(line, self._encoding)
            if more is None or (self._is_as_wide_as_a_row(more) and not text.startswith('"')):
                break
            joined = f"{joined}\n{more}"
            parsed = self._parse(joined) if '"' in more else OPEN
            if not isinstance(parsed, str) and len(parsed) == (self.width or len(parsed)):
                if any(map(self._holds_a_row, parsed)):
                    break
                return self._with_quotes_around(number, parsed)
            if parsed != OPEN:
                break
        # Not closed, or only by a quote that belongs to another row: those lines are rows of their own.
        self._ahead.extendleft(reversed(taken))
        return self._wrongly_quoted(number, text, OPEN)

    def _with_quotes_around(self, number: int, cells: list[str]) -> Row | BrokenRow:
        """A quote opens a cell only at its very beginning: behind a blank it would be a part of the text."""
        for column, cell in enumerate(cells):
            if cell[:1].isspace() and cell.lstrip().startswith('"'):
                return BrokenRow(number, column, cell, "a blank stands before the quote: begin the cell with the quote")
        return self._checked(number, cells)

    def _holds_a_row(self, cell: str) -> bool:
        """Whether a cell of several lines has swallowed a row: the quote that opens it was forgotten somewhere."""
        first, *further = cell.split("\n")
        return bool(further) and any(map(self._is_as_wide_as_a_row, (first, *further)))

    def _is_as_wide_as_a_row(self, line: str) -> bool:
        """A line with all of a row's delimiters is a row, and no part of a remark that a forgotten quote opened.

        (Where the first cell is quoted it may be the end of that cell's row: there this is not known.)
        """
        return self.width is not None and self.width > 2 and line.count(self._form.delimiter) >= self.width - 1

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
        elif self._form.delimiter not in text and (others := [DELIMITERS[sign] for sign in DELIMITERS if sign in text]):
            reason = (
                f"a quote is not closed, or the columns are separated by {others[-1]}, and the mapping says "
                f"{DELIMITERS.get(self._form.delimiter, 'another sign')} ({self._form.delimiter!r})"
            )
        else:
            reason = 'a quote is not closed, or is inside a quoted cell: write "" for a quote within quotes'
        return BrokenRow(number, column, cells[column], reason)


def _decoded(line: Line, encoding: str) -> str | None:
    if line.content is None or is_utf_8_instead(line.content, encoding):
        return None
    try:
        return line.content.decode(encoding)
    except UnicodeDecodeError:
        return None
