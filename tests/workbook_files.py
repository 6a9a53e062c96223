"""Workbooks made for a test, and what a small mapping reads in them."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from partner_feeds.language import load
from partner_feeds.records.answers import Accepted, Answer, Notice, Refused
from partner_feeds.records.model import TestResult
from partner_feeds.translation.files import translate

NOW = datetime(2026, 3, 14, tzinfo=UTC)
MAPPING = """
code: workbook
version: 1
format: xlsx
decimal: comma
{options}
columns:
  Lot: {{holds: text, required: true}}
  Made: {{holds: date, format: {made}}}
  Purity: {{holds: number, unit: "{unit}"{purity}}}
lots:
  b: {{material: VEL-100, number: "{{Lot}}"}}
records:
  - {{record: TestResult, id: "{{Lot}}/{{test}}", occurred_at: Made, lot: b, stage: release, tests: [Purity]}}
"""
HEADER: list[Any] = ["Lot", "Made", "Purity"]
GOOD: list[Any] = ["L-9", date(2026, 2, 3), 99.5]
SHEET = "xl/worksheets/sheet1.xml"

Change = Callable[[Worksheet], Any]


def workbook(*rows: Sequence[Any], change: Change | None = None, book: Workbook | None = None) -> bytes:
    """A workbook with these rows in its first sheet."""
    book = book or Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    if change:
        change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def formatted(place: str, format_: str) -> Change:
    """Gives a cell a number format."""

    def change(sheet: Worksheet) -> None:
        sheet[place].number_format = format_

    return change


def merged(*ranges: str) -> Change:
    """Merges cells."""

    def change(sheet: Worksheet) -> None:
        for each in ranges:
            sheet.merge_cells(each)

    return change


def edited(content: bytes, part: str, old: str, new: str) -> bytes:
    """The file with something else in one of its parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w") as after:
        assert part in before.namelist()
        for name in before.namelist():
            text = before.read(name)
            if name == part:
                assert re.search(old, text.decode())
                text = re.sub(old, lambda _: new, text.decode(), count=1).encode()
            after.writestr(name, text)
    return file.getvalue()


def read(content: bytes, options: str = "", unit: str = "%", made: str = "D.M.YYYY", purity: str = "") -> list[Answer]:
    """The answers to a file."""
    mapping = load(MAPPING.format(options=options, unit=unit, made=made, purity=purity))
    return list(translate(mapping, [content], now=NOW, time_zone=ZoneInfo("Europe/Ljubljana")))


def results(answers: list[Answer]) -> list[tuple[str, date | datetime | str, Decimal | None]]:
    """What was taken: lot, date and value."""
    records = [record for answer in answers if isinstance(answer, Accepted) for record in answer.records]
    return [(each.lot.number, each.occurred_at, each.value) for each in records if isinstance(each, TestResult)]


def refusals(answers: list[Answer]) -> list[tuple[int, str, str]]:
    """What was refused: row, field and reason."""
    found = [error for answer in answers if isinstance(answer, Refused) for error in answer.errors]
    return [(error.row, error.field, error.reason) for error in found]


def notices(answers: list[Answer]) -> list[str]:
    """What was told."""
    return [answer.text for answer in answers if isinstance(answer, Notice)]
