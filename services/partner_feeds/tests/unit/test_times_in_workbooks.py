"""A workbook's day and time in two cells make an instant; a time alone, or a duration, is none."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from partner_feeds.language import load
from partner_feeds.records.answers import Answer
from partner_feeds.translation.files import translate
from tests.workbook_files import HEADER as OF_ONE_CELL
from tests.workbook_files import NOW, formatted, read, refusals, workbook

MAPPING = """
code: workbook
version: 1
format: xlsx
time_zone: Europe/Vienna
columns:
  Lot: {holds: text, required: true}
  Day: {holds: text}
  Hour: {holds: text}
  At: {holds: date, required: true, of: "{Day} {Hour}", format: [D.M.YYYY hh:mm, D.M.YYYY hh:mm:ss, YYYY-MM-DD hh:mm]}
  Purity: {holds: number, unit: "%"}
lots: {b: {material: VEL-100, number: "{Lot}"}}
records: [{record: TestResult, id: "{Lot}/{test}", occurred_at: At, lot: b, stage: release, tests: [Purity]}]
"""
HEADER = ["Lot", "Day", "Hour", "Purity"]
DAY = date(2026, 2, 20)


def of(day: Any, hour: Any, *more: list[Any], **given: Any) -> list[Answer]:
    content = workbook(HEADER, ["L-1", day, hour, 99.5], *more, **given)
    return list(translate(load(MAPPING), [content], now=NOW))


def times(answers: list[Answer]) -> list[datetime]:
    return [record.occurred_at for answer in answers for record in getattr(answer, "records", ())]


@pytest.mark.parametrize(
    ("day", "hour"),
    [(DAY, time(9, 5)), ("20.2.2026", time(9, 5)), (DAY, "09:05"), ("20.2.2026", "09:05")],
    ids=["both stored", "day as text", "time as text", "both as text"],
)
def test_a_day_and_a_time_make_an_instant(day: Any, hour: Any) -> None:
    assert times(of(day, hour)) == [datetime(2026, 2, 20, 8, 5, tzinfo=UTC)]


@pytest.mark.parametrize("hour", [time(0, 0), time(23, 59, 59), time(0, 0, 1)])
@pytest.mark.parametrize("day", [DAY, "20.2.2026"])
def test_each_second_of_a_day_is_kept(day: Any, hour: time) -> None:
    made = datetime.combine(DAY, hour) - timedelta(hours=1)
    assert times(of(day, hour)) == [made.replace(tzinfo=UTC)]


def test_a_workbook_that_counts_from_1904() -> None:
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    assert times(of(DAY, time(9, 5), book=book)) == [datetime(2026, 2, 20, 8, 5, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("hour", "format_"), [(0.5, "[h]:mm"), (1.25, "[h]:mm"), (1.25, "h:mm"), (-0.25, "h:mm"), (0.9999999, "h:mm")]
)
def test_a_duration_is_no_time_of_day(hour: float, format_: str) -> None:
    answers = of(DAY, hour, change=formatted("C2", format_))
    assert times(answers) == []
    assert any("a duration" in reason for _, _, reason in refusals(answers))


def test_a_time_alone_is_no_date_and_no_number() -> None:
    for place, cells in (("B2", ["L-1", time(9, 5), 99.5]), ("C2", ["L-1", DAY, time(9, 5)])):
        ((_, _, reason),) = refusals(read(workbook(OF_ONE_CELL, cells, change=formatted(place, "h:mm"))))
        assert "only taken with its day: put them together by of" in reason


def test_exchanged_days_are_doubted_in_a_day_beside_its_time_too() -> None:
    answers = of(date(2026, 2, 3), time(9, 5), ["L-2", "20.2.2026", time(9, 5), 99.5])
    ((row, field, reason),) = refusals(answers)
    assert (row, field) == (3, "Day")
    assert "no row of the file was taken" in reason
