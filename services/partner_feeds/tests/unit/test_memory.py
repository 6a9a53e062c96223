"""Memory stays flat, however large the file and however endless its lines."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice, repeat

import pytest

from partner_feeds.language import Mapping
from partner_feeds.readers.form import FileFormat
from partner_feeds.readers.lines import split_lines
from partner_feeds.readers.rows import Row
from partner_feeds.readers.xlsx import XlsxRows
from partner_feeds.records.answers import Refused
from partner_feeds.translation.files import translate
from tests.whole import WHOLE

HEADER = "lot;product;made;shift;assay;mass;viscosity;viscosity unit;remark"
GOOD = "L1;P1;3.2.2026;zgodnja;99.1;250;;;fine"
NOW = datetime(2026, 3, 14, tzinfo=UTC)

MEGABYTE = 1024 * 1024
LARGE = (200 if WHOLE else 50) * MEGABYTE
CHUNK = 256 * 1024


@pytest.fixture
def peak() -> Iterator[Callable[[], int]]:
    tracemalloc.start()
    yield lambda: tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()


@dataclass
class Filled:
    """A header, and rows until so much has been sent."""

    row: bytes
    size: int

    def __iter__(self) -> Iterator[bytes]:
        yield HEADER.encode() + b"\n"
        chunk = self.row * (CHUNK // len(self.row))
        yield from islice(repeat(chunk), self.size // len(chunk))


def test_a_file_of_many_rows(mapping: Mapping, peak: Callable[[], int]) -> None:
    rows = sum(1 for _ in translate(mapping, Filled(GOOD.encode() + b"\n", MEGABYTE // 2), now=NOW))
    assert rows > 10_000
    assert peak() < 2 * MEGABYTE


def test_a_workbook_of_many_rows_and_texts(peak: Callable[[], int]) -> None:
    """Its texts are shared strings, which are the largest part of many a workbook."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", '<workbook><sheet name="S" xmlns:r="x" r:id="a"/></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", '<x><y Id="a" Target="worksheets/sheet1.xml"/></x>')
        with archive.open("xl/sharedStrings.xml", "w") as part:
            part.write(b"<sst>" + b"".join(b"<si><t>%0100d</t></si>" % at for at in range(40_000)) + b"</sst>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            cells = (
                b'<row r="%d"><c t="s"><v>%d</v></c><c><v>1.5</v></c></row>' % (at + 1, at) for at in range(40_000)
            )
            part.write(b"<worksheet><sheetData>" + b"".join(cells) + b"</sheetData></worksheet>")
    content = file.getvalue()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    assert sum(isinstance(row, Row) for row in XlsxRows([content], FileFormat(format="xlsx"))) == 40_000
    assert peak() - before < 8 * MEGABYTE


def test_a_large_file_of_lines(peak: Callable[[], int]) -> None:
    lines = sum(1 for _ in split_lines(Filled(b"x" * 20_000 + b"\n", LARGE), longest=1_000_000))
    assert lines > LARGE // 21_000
    assert peak() < 4 * MEGABYTE


@pytest.mark.parametrize("content", [b"x", b'"'], ids=["one endless line", "one endless quote"])
def test_a_large_file_without_a_line_break(mapping: Mapping, peak: Callable[[], int], content: bytes) -> None:
    (answer,) = translate(mapping, Filled(content, LARGE), now=NOW)
    assert isinstance(answer, Refused)
    assert answer.errors[0].row == 2
    assert peak() < 8 * MEGABYTE


def test_a_quote_that_is_never_closed(mapping: Mapping, peak: Callable[[], int]) -> None:
    found = list(translate(mapping, Filled(b'"' + b"x" * 100_000 + b"\n", 5 * MEGABYTE), now=NOW))
    assert all(isinstance(answer, Refused) for answer in found)
    assert peak() < 16 * MEGABYTE
