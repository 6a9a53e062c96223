"""XLSX into rows of cells, as they are stored: what a cell shows is another thing, and formulas are not run."""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import IO, NamedTuple
from xml.parsers import expat

from openpyxl.utils.cell import range_boundaries

from partner_feeds.readers.cell_formats import CellFormats
from partner_feeds.readers.cell_places import cell_place, row_number
from partner_feeds.readers.cell_texts import SharedStrings, Text, shown
from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.rows import BrokenRow, Row
from partner_feeds.readers.stored import MERGED_ABOVE, Stored
from partner_feeds.readers.workbook import Damaged, Sheet, Workbook

_IN_MEMORY = 1_000_000
_NO_RESULT = "a formula without its stored result: calculate and save the file, or write the value"
_YES = ("1", "true")
_MERGED_LEFT = "the cell is merged with the one to its left: write the value into each"


class XlsxRows:
    """The rows of one sheet. Rows without a filled cell are no rows."""

    def __init__(self, chunks: Iterable[bytes], form: FileFormat) -> None:
        self._chunks, self._form = chunks, form
        self.width: int | None = None
        self.told: list[str] = []
        self._last = 0

    def __iter__(self) -> Iterator[Row | BrokenRow]:
        """A file that cannot be read is one broken row, which says why."""
        with ExitStack() as stack:
            file, texts = (stack.enter_context(SpooledTemporaryFile(max_size=_IN_MEMORY)) for _ in range(2))
            try:
                yield from self._rows(file, texts)
            except Damaged as damage:
                yield BrokenRow(self._last + 1, None, "", str(damage), rest_unread=True)

    def _rows(self, file: IO[bytes], texts: IO[bytes]) -> Iterator[Row | BrokenRow]:
        for chunk in self._chunks:
            file.write(chunk)
        book = Workbook(file, file.tell())
        sheet = self._chosen(book)
        if any(part.startswith("xl/vbaProject") for part in book.parts):
            self.told.append("the workbook has macros, which were not run")
        if any(part.startswith("xl/externalLinks/") for part in book.parts):
            self.told.append("the workbook refers to others, which were not opened")
        strings = SharedStrings(book, self._form.limits.cell_characters, texts)
        cells = _Cells(book, sheet, strings, self._form)
        try:
            for _ in book.parse(sheet.part, cells.parser):
                yield from self._taken(cells)
        except Damaged:
            yield from self._taken(cells)
            raise
        if cells.hidden:
            self.told.append(f"{cells.hidden} hidden rows were read as the others")
        if cells.hidden_columns:
            self.told.append("columns that are hidden were read as the others")
        if cells.struck:
            self.told.append(f"{cells.struck} rows with cells that are struck through were read as the others")

    def _taken(self, cells: "_Cells") -> Iterator[Row | BrokenRow]:
        for number, row in cells.taken():
            self._last = number
            yield self._checked(number, row)

    def _chosen(self, book: Workbook) -> Sheet:
        wanted = self._form.sheet
        found = [sheet for sheet in book.sheets if wanted in (None, sheet.name)]
        if len(found) == 1:
            if len(book.sheets) > 1:
                self.told.append(f"of {len(book.sheets)} sheets only {found[0].name!r} was read")
            return found[0]
        names = ", ".join(sheet.name for sheet in book.sheets[:12]) or "none"
        if wanted is None:
            raise Damaged(f"which sheet is meant? say sheet: one of {names}")
        raise Damaged(f"no sheet is called {wanted!r}; sheets are {names}")

    def _checked(self, number: int, cells: dict[int, str]) -> Row | BrokenRow:
        """A row as wide as its last filled cell, or the header: merged ranges may go on to the end of the sheet."""
        limits = self._form.limits
        last = max((place for place, cell in cells.items() if cell), default=0)
        if last > limits.columns:
            return BrokenRow(number, None, "", f"more than {limits.columns} cells in the row")
        for place, cell in cells.items():
            if len(cell) > limits.cell_characters:
                reason = f"the cell is longer than {limits.cell_characters} characters"
                return BrokenRow(number, place - 1, cell, reason)
        return Row(number, [cells.get(place, "") for place in range(1, max(last, self.width or max(cells)) + 1)])


class _Range(NamedTuple):
    """Cells that are merged into one."""

    top: int
    bottom: int
    left: int
    right: int

    @classmethod
    def of(cls, text: str) -> "_Range":
        """A range such as ``A1:B2``."""
        left, top, right, bottom = (each or 1 for each in range_boundaries(text))
        return cls(top, bottom, left, right)


class _Cells:
    """Follows the elements of a sheet, and gathers its rows."""

    def __init__(self, book: Workbook, sheet: Sheet, strings: SharedStrings, form: FileFormat) -> None:
        self._strings = strings
        styles = book.styles()
        self._formats = CellFormats(styles, form, from_1904=book.from_1904)
        self._struck = frozenset(at for at, style in enumerate(styles) if style.struck)
        self._columns = form.limits.columns
        self._merged = deque(sorted(map(_Range.of, book.merged(sheet.part))))
        self._open: list[_Range] = []
        self._text = Text(form.limits.cell_characters)
        self._rows: list[tuple[int, dict[int, str]]] = []
        self._number, self._place, self._cells = 0, 0, dict[int, str]()
        self._type, self._style, self._formula = "n", 0, False
        self._has_struck = False
        self.hidden, self.hidden_columns, self.struck = 0, 0, 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, self._end
        self.parser.CharacterDataHandler = self._text.data

    def taken(self) -> list[tuple[int, dict[int, str]]]:
        """The rows since the last call: their number, and their cells by the place of the column, from 1."""
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, given: dict[str, str]) -> None:
        match name.rpartition(":")[2]:
            case "row":
                self._number = row_number(given.get("r"), self._number)
                self._place, self._cells, self._has_struck = 0, {}, False
                self.hidden += given.get("hidden") in _YES
            case "col":
                self.hidden_columns += given.get("hidden") in _YES and int(given.get("min", 0)) <= self._columns
            case "c":
                self._place = cell_place(given.get("r"), self._number, self._place)
                self._type, self._style = given.get("t", "n"), int(given.get("s", 0))
                self._formula = False
                self._text.begin()
            case "f":
                self._formula = True
            case other:
                self._text.start(other)

    def _end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        self._text.end(local)
        if local == "c" and (cell := self._cell(str(self._text))):
            self._cells[self._place] = cell
            self._has_struck = self._has_struck or self._style in self._struck
        elif local == "c" and self._formula and self._type != "str":
            self._cells[self._place] = Stored("=", "none", _NO_RESULT)
        elif local == "row" and self._cells:
            self._rows.append((self._number, self._cells | self._merged_cells()))
            self.struck += self._has_struck

    def _cell(self, text: str) -> str:
        match self._type:
            case "s":
                return shown(self._strings.at(int(text))) if text else ""
            case "inlineStr" | "str":
                return shown(text)
            case "b":
                return Stored(text, "none", "true or false is not taken: write the word or the number that is meant")
            case "e":
                return Stored(text, "none", f"the cell holds the error {text}")
            case "d":
                return Stored(text.replace("T", " "), "instant" if "T" in text else "day")
            case _:
                return self._formats.read(text, self._style) if text else ""

    def _merged_cells(self) -> dict[int, str]:
        """The cells of the row that are merged with one above or to their left. Of a blank one they are blank."""
        while self._merged and self._merged[0].top <= self._number:
            each = self._merged.popleft()
            if each.top < self._number or each.left in self._cells:
                self._open.append(each)
        self._open = [each for each in self._open if each.bottom >= self._number]
        found: dict[int, str] = {}
        for each in self._open:
            below = each.top < self._number
            for place in range(each.left if below else each.left + 1, min(each.right, self._columns) + 1):
                if place not in self._cells:
                    found[place] = Stored("", "none", MERGED_ABOVE if below else _MERGED_LEFT)
        return found
