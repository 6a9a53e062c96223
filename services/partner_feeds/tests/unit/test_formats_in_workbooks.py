"""What a cell shows by its format is what was meant: where it is not what is stored, the cell is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.workbook_files import GOOD, HEADER, Change, edited, formatted, read, refusals, results, workbook

MADE = date(2026, 2, 3)


def numbered(stored: float, format_: str) -> Change:
    def change(sheet: Worksheet) -> None:
        sheet["A2"].value, sheet["A2"].number_format = stored, format_

    return change


@pytest.mark.parametrize(
    ("format_", "stored", "lot"),
    [
        ("General", 260117, "260117"),
        ("@", 260117, "260117"),
        ("0", 260117, "260117"),
        ("000000", 260117, "260117"),
        ("#0_ ", 260117, "260117"),
        ("[Blue]0;[Red]-0", 260117, "260117"),
    ],
)
def test_a_number_is_a_text_where_it_is_shown_as_it_is_stored(format_: str, stored: float, lot: str) -> None:
    answers = read(workbook(HEADER, ["L", MADE, 99], change=numbered(stored, format_)))
    assert [number for number, _, _ in results(answers)] == [lot]


@pytest.mark.parametrize("format_", ["General", "0.00", "@"])
def test_a_number_with_decimals_is_no_lot_for_it_may_have_lost_zeros(format_: str) -> None:
    answers = read(workbook(HEADER, ["L", MADE, 99], GOOD, change=numbered(26.11, format_)))
    ((row, field, reason),) = refusals(answers)
    assert (row, field) == (2, "Lot")
    assert "may have lost zeros behind it" in reason


@pytest.mark.parametrize(
    ("format_", "stored", "shown"),
    [
        ("00-0000", 260117, "its format 00-0000 shows it otherwise: store it as text"),
        ('"L-"0000', 117, 'its format "L-"0000 shows it otherwise: store it as text'),
        ("\\L0000", 1117, "its format \\L0000 shows it otherwise: store it as text"),
        ("$0", 117, "its format $0 shows it otherwise: store it as text"),
        ("#,##0", 260117, "its format #,##0 shows it otherwise: store it as text"),
        ("0.00E+00", 260117, "its format 0.00E+00 shows it otherwise: store it as text"),
        ("0 0", 12, "its format 0 0 shows it otherwise: store it as text"),
        ("[<9]0000;0", 117, "its format [<9]0000;0 shows it otherwise: store it as text"),
        ("0;0", -5, "its format 0;0 shows it otherwise: store it as text"),
        (";;", 5, "its format ;; shows it otherwise: store it as text"),
        ("0" * 256, 5, "shows it otherwise: store it as text"),
        ("0.00", 1.1, "shows 1.10: write it into a cell of text"),
        ("0", 1.5, "shows 2: write it into a cell of text"),
        ("000.0", 1.5, "shows 001.5: write it into a cell of text"),
        ("0000", -12, "shows -0012: write it into a cell of text"),
    ],
)
def test_a_number_that_is_shown_as_another_text_is_no_lot(format_: str, stored: float, shown: str) -> None:
    answers = read(workbook(HEADER, ["L", MADE, 99], GOOD, change=numbered(stored, format_)))
    ((row, field, reason),) = refusals(answers)
    assert (row, field) == (2, "Lot")
    assert reason.startswith(f"the cell stores {stored} and ")
    assert reason.endswith(shown)
    assert len(results(answers)) == 1


@pytest.mark.parametrize(
    ("format_", "stored"),
    [
        ("0.0", 98.2),
        ("#,##0.00", 1234.5),
        ("# ##0.0", 1234.5),
        ("0.0E+0", 98.2),
        ("# ?/?", 0.5),
        ("[Red]0.0", 98.2),
        ("[$-409]0.0", 98.2),
        ("[$€-407] 0.0", 98.2),
        ('"$"0.0', 98.2),
        ("_(* #,##0.00_);_(* \\(#,##0.00\\);_(@_)", 98.2),
        ("_(* #,##0.00_);_(* \\(#,##0.00\\);_(@_)", -98.2),
        ("0.0_);[Red]\\(0.0\\)", -0.5),
        ("+0.0;-0.0", 98.2),
        ("0.0;[Red]-0.0", -0.5),
        ("0.00;[Red]0.00", -0.5),
        ("0.0;0.0", 98.2),
        ('0.0;"<"0.0', 98.2),
        ("[Red][<95]0.0;0.0", 98.2),
        ("0.0\\%", 98.2),
        ('0.0" %"', 98.2),
    ],
)
def test_a_format_that_only_adorns_a_number(format_: str, stored: float) -> None:
    answers = read(workbook(HEADER, ["L-1", MADE, stored], change=formatted("C2", format_)))
    assert (refusals(answers), [value for _, _, value in results(answers)]) == ([], [Decimal(str(stored))])


@pytest.mark.parametrize(
    ("format_", "stored", "how"),
    [
        ('"<"0.0', 98.2, "shows '<' with it"),
        ("\\<0.0", 98.2, "shows '<' with it"),
        ("<0.0", 98.2, "shows '<' with it"),
        ("[$<-409]0.0", 98.2, "shows '<' with it"),
        ("*<0.0", 98.2, "shows '<' with it"),
        ('"ca. "0.0', 98.2, "shows 'ca.' with it"),
        ("-0.0", 98.2, "shows '-' with it"),
        ("00-0000", 260117, "shows '-' with it"),
        ('0.0;"<"0.0', -98.2, "shows '<' with it"),
        ('[<1]"<1";0.0', 98.2, "shows '<1' in its place"),
        ('[>=100]">"0;0.0', 98.2, "shows '>' with it"),
        ("0.0,", 12345.678, "shows it divided by a thousand or more"),
        ("#,##0,.0", 12345.678, "shows it divided by a thousand or more"),
        ('0.0,," M"', 12345678, "shows it divided by a thousand or more"),
        ("0.0;0.0", -5.2, "shows it without its minus sign"),
        ('0.0;0.0" %"', -5.2, "shows it without its minus sign"),
        ('0.0;-0.0;"ND"', 0, "shows 'ND' in its place"),
        ("0.0;;", 0, "does not show it"),
        (";;;", 98.2, "does not show it"),
    ],
)
def test_a_number_that_is_shown_as_another_is_refused(format_: str, stored: float, how: str) -> None:
    answers = read(workbook(HEADER, ["L-1", MADE, stored], GOOD, change=formatted("C2", format_)))
    remedy = "write what is meant as text, or give the cell a plain format such as 0.0"
    assert refusals(answers) == [(2, "Purity", f"the cell stores {stored} and its format {format_} {how}: {remedy}")]
    assert len(results(answers)) == 1


@pytest.mark.parametrize(
    ("unit", "purity", "taken"),
    [("%", "", False), ("mg/mL", "", True), ("%", ", suffix: mg/mL", None), ("1", ", suffix: mg / mL", None)],
)
def test_a_unit_behind_a_number_is_that_of_its_column(unit: str, purity: str, taken: bool | None) -> None:
    content = workbook(HEADER, ["L-1", MADE, 98.2], change=formatted("C2", '0.0" mg/mL"'))
    if taken is None:
        with pytest.raises(ValueError, match=f"is another unit than {unit}"):
            read(content, unit=unit, purity=purity)
        return
    answers = read(content, unit=unit, purity=purity)
    assert bool(results(answers)) is taken
    assert all(
        reason.startswith(f"the cell shows 98.2 mg/mL, and the column's unit is {unit}: which one is meant?")
        for _, _, reason in refusals(answers)
    )


def test_what_stands_behind_a_number_may_be_its_suffix() -> None:
    content = workbook(HEADER, ["L-1", MADE, 98.2], change=formatted("C2", '0.0" of label"'))
    assert len(results(read(content, purity=", suffix: of label"))) == 1
    assert len(refusals(read(content))) == 1


def test_a_share_in_percent_with_a_sign_is_no_plain_one() -> None:
    content = workbook(HEADER, ["L-1", MADE, 0.982], change=formatted("C2", '"<"0.0%'))
    ((_, _, reason),) = refusals(read(content, "percent_cells: as_shown"))
    assert "shows '<' with it" in reason


def test_a_number_that_shows_a_result_is_not_missing() -> None:
    rows = [HEADER, ["L-1", MADE, 0], ["L-2", MADE, 0]]
    answers = read(workbook(*rows, change=formatted("C2", '"<0.05"')), 'missing: ["0"]')
    assert [row for row, _, reason in refusals(answers) if "shows '<0.05' in its place" in reason] == [2]


def test_a_format_that_shows_some_numbers_in_percent() -> None:
    content = workbook(HEADER, ["L-1", MADE, 98.2], change=formatted("C2", "[<1]0.0%;0.0"))
    ((_, _, reason),) = refusals(read(content, "percent_cells: as_shown"))
    assert reason.startswith("the format [<1]0.0%;0.0 of the cell shows some numbers as others")


@pytest.mark.parametrize(
    ("format_", "made"),
    [
        ("d.m.yy", MADE),
        ("dddd, d. mmmm yyyy", MADE),
        ('yyyy"年"m"月"d"日"', MADE),
        ("[$-411]ggge\\年m\\月d\\日", MADE),
        ("yyyymmdd", MADE),
        ("m/d/yy h:mm AM/PM", datetime(2026, 2, 3, 8, 30, tzinfo=UTC)),
        ("dd.mm.yyyy hh:mm:ss.000;@", datetime(2026, 2, 3, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_format_of_a_whole_date(format_: str, made: date) -> None:
    serial = ["L-1", datetime(2026, 2, 3, 9, 30), 99]
    assert results(read(workbook(HEADER, serial, change=formatted("B2", format_))))[0][1] == made


PART = "shows a part of its date alone: let it show day, month and year, or write it as text"
TIME = "a time without a day, or a duration, is not taken: write the day too, or a number"


@pytest.mark.parametrize(
    ("format_", "reason"),
    [
        ("yyyy", f"the format yyyy of the cell {PART}"),
        ("d.m.", f"the format d.m. of the cell {PART}"),
        ("d-mmm", f"the format d-mmm of the cell {PART}"),
        ("dddd", f"the format dddd of the cell {PART}"),
        ("dddd mmm yyyy hh:mm", f"the format dddd mmm yyyy hh:mm of the cell {PART}"),
        ("d.m. hh:mm", f"the format d.m. hh:mm of the cell {PART}"),
        ("yyyy hh:mm", f"the format yyyy hh:mm of the cell {PART}"),
        ("hh:mm", TIME),
        ("mm:ss.0", TIME),
        ("[h]:mm", TIME),
        ("[mm]:ss", TIME),
    ],
)
@pytest.mark.parametrize("made", ["D.M.YYYY", "MM.YYYY"])
def test_a_part_of_a_date_is_no_date(format_: str, reason: str, made: str) -> None:
    serial = ["L-1", datetime(2026, 2, 3, 9, 30), 99]
    answers = read(workbook(HEADER, serial, change=formatted("B2", format_)), made=made)
    assert refusals(answers) == [(2, "Made", reason)]


def test_a_date_whose_format_is_that_of_the_programs_language() -> None:
    content = edited(workbook(HEADER, ["L-1", MADE, 99]), "xl/styles.xml", 'xf numFmtId="164"', 'xf numFmtId="27"')
    ((_, field, reason),) = refusals(read(content, made="excel"))
    assert (field, reason) == (
        "Made",
        "the cell stores 46056 and its format [a date of the program's language] shows it otherwise: store it as text",
    )


@pytest.mark.parametrize("made", ["M/D/YYYY", "D/M/YYYY", "iso"])
def test_stored_dates_beside_texts_that_only_the_other_order_reads(made: str) -> None:
    rows = [["L-1", date(2026, 2, 2), 99], ["L-2", date(2026, 2, 3), 99], ["L-3", "01/25/2026", 99]]
    ((row, field, reason),) = refusals(read(workbook(HEADER, *rows), made=made))
    assert (row, field) == (4, "Made")
    assert reason.startswith("this is text, and row 3 is stored as the date 2026-02-03: a program that takes the day")
    assert reason.endswith("no row of the file was taken: write the column all as text, or all as dates")


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        (date(2026, 2, 3), "2/3/2026"),
        (date(2026, 2, 3), "2026-01-25"),
        (date(2026, 2, 2), "1/25/2026"),
        (date(2026, 2, 13), "1/25/2026"),
    ],
)
def test_stored_dates_that_are_right_beside_texts(stored: date, text: str) -> None:
    rows = [["L-1", stored, 99], ["L-2", text, 99]]
    answers = read(workbook(HEADER, *rows), made="[M/D/YYYY, iso]")
    assert (refusals(answers), len(results(answers))) == ([], 2)
