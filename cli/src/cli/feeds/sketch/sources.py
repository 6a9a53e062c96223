"""A file's rows, read as those who take it read them, and what a mapping says of how it is written."""

from codecs import getincrementaldecoder
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from cli.failures import Failure
from cli.feeds.sketch.cells import shown
from cli.feeds.sketch.yaml_text import quoted
from partner_feeds.readers.delimited import DelimitedRows
from partner_feeds.readers.encodings import mark_of
from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.rows import BrokenRow, Row, Rows
from partner_feeds.readers.stored import Stored
from partner_feeds.readers.workbook import PIECE, Damaged, Workbook
from partner_feeds.readers.xlsx import XlsxRows
from partner_feeds.values.texts import some_of

LOOKED_AT: Final = 200_000
"""Bytes from a text's beginning."""
MOST_ROWS: Final = 1_200
"""Of a sheet: a header stands within the first thousand lines."""
MOST_SHEETS: Final = 12
_SIGNS: Final = (";", ",", "\t", "|")
_OTHERS: Final = ("windows-1252", "windows-1250", "iso-8859-1")


@dataclass(frozen=True, slots=True)
class Source:
    """One way to read a file, or one of its sheets."""

    says: list[str]
    """The lines of a mapping that read it so, each with its reason."""
    rows: list[Row]
    broken: BrokenRow | None
    """The first row that could not be read."""
    is_text: bool


def sources_of_text(file: Path) -> Iterator[Source]:
    """A text, cut at each of the signs that may stand between its cells. Its blank lines are rows too."""
    with file.open("rb") as stream:
        content = stream.read(LOOKED_AT)
        is_whole = not stream.read(1)
    encoding, why = _encoding(content)
    for sign in _SIGNS:
        rows, broken = _read(DelimitedRows([content], FileFormat(delimiter=sign, encoding=encoding, ends_at=("",))))
        if broken is None or not broken.value.startswith("sep="):
            delimiter = f'delimiter: "{sign}"'.replace("\t", "\\t")
            says = [delimiter, f"encoding: {encoding}  # {why}"]
            yield Source(says, rows if is_whole else rows[:-1], broken if is_whole else None, True)


def sources_of_workbook(file: Path) -> Iterator[Source]:
    """The sheets of a workbook. Raises Failure for a file that is none."""
    with file.open("rb") as stream:
        try:
            names = [sheet.name for sheet in Workbook(stream, file.stat().st_size).sheets]
        except Damaged as damage:
            raise Failure(f"{file.name} cannot be read: {damage}") from damage
        for name in names[:MOST_SHEETS]:
            stream.seek(0)
            form = FileFormat(format="xlsx", sheet=name, percent_cells="as_shown")
            rows, broken = _read(XlsxRows(iter(partial(stream.read, PIECE), b""), form))
            says = ["format: xlsx"]
            if len(names) > 1:
                says.append(
                    f"sheet: {quoted(name)}  # ASK: is it this one? The sheets are {some_of(map(shown, names))}"
                )
            if any(isinstance(cell, Stored) and cell.kind == "percent" for row in rows for cell in row.cells):
                says.append(
                    "percent_cells: as_shown  # ASK: is a cell that stores 0.982 and shows 98.2 % meant as 98.2?"
                )
            yield Source(says, list(_with_blank_lines(rows)), broken, False)


def _encoding(content: bytes) -> tuple[str, str]:
    """The encoding of a text, and why."""
    if marked := mark_of(content):
        return marked[1].removesuffix("-le").removesuffix("-be"), "the file begins with its mark"
    if b"\x00" in content[:2]:
        return "utf-16", "every other byte is zero"
    for encoding in ("utf-8", *_OTHERS):
        try:
            getincrementaldecoder(encoding)().decode(content)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8":
            return encoding, "every byte is valid UTF-8"
        return encoding, "ASK: the file is not UTF-8; is it windows-1252 of western, or windows-1250 of central Europe?"
    raise AssertionError("ISO 8859-1 has a meaning for every byte")


def _read(reader: Rows) -> tuple[list[Row], BrokenRow | None]:
    """The first rows, those that are blank among them, and the first that cannot be read."""
    read = list(islice(reader, MOST_ROWS))
    broken = next((row for row in read if isinstance(row, BrokenRow)), None)
    return [row for row in read if isinstance(row, Row)], broken


def _with_blank_lines(rows: list[Row]) -> Iterator[Row]:
    """A sheet's rows, with a blank one wherever it has one or more that hold nothing."""
    last = 0
    for row in rows:
        if row.number > last + 1:
            yield Row(row.number - 1, [])
        yield row
        last = row.number
