"""XLSX files are read as they are stored; what cannot be known of a cell refuses its row, and nothing is run."""

import gzip
import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from partner_feeds.records.answers import Accepted
from tests.workbook_files import (
    GOOD,
    HEADER,
    SHEET,
    edited,
    formatted,
    merged,
    notices,
    read,
    refusals,
    results,
    workbook,
)


def test_numbers_are_taken_as_the_programs_show_them_and_texts_by_the_mapping() -> None:
    stored = ["L-1", date(2026, 2, 3), 99.40000000000001]
    written = ["L-2", "4.2.2026", "98,10"]
    assert results(read(workbook(HEADER, stored, written))) == [
        ("L-1", date(2026, 2, 3), Decimal("99.4")),
        ("L-2", date(2026, 2, 4), Decimal("98.10")),
    ]


def test_the_table_is_found_beneath_a_block() -> None:
    answers = read(workbook(["Certificate"], [], ["Printed", date(2026, 3, 3)], HEADER, GOOD))
    assert [answer.row for answer in answers if isinstance(answer, Accepted)] == [5]
    assert results(answers)[0][0] == "L-9"


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_dates_are_days_or_local_times_whichever_their_epoch(epoch_1904: bool) -> None:
    book = Workbook()
    if epoch_1904:
        book.epoch = CALENDAR_MAC_1904
    local = ["L-1", datetime(2026, 2, 3, 14, 5), 99]
    answers = read(workbook(HEADER, local, GOOD, book=book))
    assert [at for _, at, _ in results(answers)] == [datetime(2026, 2, 3, 13, 5, tzinfo=UTC), date(2026, 2, 3)]


@pytest.mark.parametrize(
    ("format_", "made"),
    [
        ("DD.MM.YYYY", date(2026, 2, 3)),
        ("[$-407]d. mmmm yyyy;@", date(2026, 2, 3)),
        ("yyyy-mm-dd hh:mm", datetime(2026, 2, 3, 8, 30, tzinfo=UTC)),
    ],
)
def test_a_format_says_how_precise_a_date_is(format_: str, made: date) -> None:
    serial = ["L-1", datetime(2026, 2, 3, 9, 30), 99]
    assert results(read(workbook(HEADER, serial, change=formatted("B2", format_))))[0][1] == made


def test_a_month_is_not_the_first_of_its_days() -> None:
    content = workbook(HEADER, ["L-1", date(2026, 2, 3), 99], change=formatted("B2", "mmm-yy"))
    assert refusals(read(content)) == [(2, "Made", "the cell shows a month, and wanted is a day: let it show the day")]


@pytest.mark.parametrize(
    ("options", "unit", "value"),
    [
        ("percent_cells: as_shown", "%", "98.2"),
        ("percent_cells: as_stored", "1", "0.982"),
        ("", "%", "say percent_cells: as_shown or as_stored"),
        ("percent_cells: as_shown", "1", "the cell shows 98.2 %, and the column's unit is 1"),
    ],
)
def test_percent_cells(options: str, unit: str, value: str) -> None:
    content = workbook(HEADER, ["L-1", date(2026, 2, 3), 0.982], change=formatted("C2", "0.0 %"))
    answers = read(content, options, unit)
    told = [str(value) for _, _, value in results(answers)] + [reason for _, _, reason in refusals(answers)]
    assert len(told) == 1
    assert value in told[0]


def test_a_formula_is_its_stored_result_and_without_one_refused() -> None:
    content = workbook(HEADER, ["L-1", date(2026, 2, 3), "=98+1.5"], GOOD)
    ((row, field, reason),) = refusals(read(content))
    assert (row, field) == (2, "Purity")
    assert reason.startswith("a formula without its stored result")
    calculated = edited(content, SHEET, r"</f><v ?/>|</f><v></v>", "</f><v>99.5</v>")
    assert results(read(calculated))[0][2] == Decimal("99.5")


@pytest.mark.parametrize(
    ("lot", "made", "purity", "reason"),
    [
        ("L-1", date(2026, 2, 3), "#DIV/0!", "the cell holds the error #DIV/0!"),
        ("L-1", date(2026, 2, 3), True, "true or false is not taken"),
        ("L-1", date(2026, 2, 3), date(2026, 2, 3), "the cell is a date, and wanted is a number"),
        (date(2024, 3, 1), date(2026, 2, 3), 99, "the cell is a date, perhaps made of a text"),
        (240117 * 10**12, date(2026, 2, 3), 99, "a number of more than 15 digits"),
    ],
)
def test_cells_that_are_not_what_is_wanted(lot: object, made: object, purity: object, reason: str) -> None:
    answers = read(workbook(HEADER, [lot, made, purity], GOOD))
    assert [each[2][: len(reason)] for each in refusals(answers)] == [reason]
    assert [number for number, _, _ in results(answers)] == ["L-9"]


def test_a_lot_that_shows_zeros_which_are_not_stored() -> None:
    content = workbook(HEADER, [12, date(2026, 2, 3), 99], change=formatted("A2", "0000"))
    ((_, field, reason),) = refusals(read(content))
    assert field == "Lot"
    assert reason == "the cell stores 12 and shows 0012: write it into a cell of text"


def test_a_cell_merged_with_the_one_above_or_to_its_left_is_refused() -> None:
    rows = [HEADER, GOOD, [None, date(2026, 2, 3), 98], ["L-8", date(2026, 2, 3), None], GOOD]
    answers = read(workbook(*rows, change=merged("A2:A3", "B4:C4")))
    assert refusals(answers) == [
        (3, "Lot", "merged with the cell above: write the value into each row"),
        (4, "Purity", "the cell is merged with the one to its left: write the value into each"),
    ]
    assert len(results(answers)) == 2


def test_cells_merged_above_the_table_and_in_its_header_are_blank() -> None:
    rows: list[list[Any]] = [
        ["Certificate of analysis"],
        ["Printed", None, date(2026, 3, 3)],
        ["Lot", "Made", "Result", None],
        [None, None, "Purity", "Remark"],
        GOOD,
    ]
    content = workbook(*rows, change=merged("A1:XFD1", "A2:B2", "A3:A4", "B3:B4", "C3:D3"))
    answers = read(content, "header: {lines: 2}\nunknown_columns: ignore", purity=", aliases: [Result Purity]")
    assert (refusals(answers), len(results(answers))) == ([], 1)


def test_cells_merged_with_a_blank_one_are_blank() -> None:
    answers = read(workbook(HEADER, ["L-1", None, None], GOOD, change=merged("B2:C2")))
    assert [reason for _, _, reason in refusals(answers) if "merged" in reason] == []


def test_hidden_rows_are_read_and_told() -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].hidden = True

    answers = read(workbook(HEADER, GOOD, GOOD, change=hide))
    assert (len(results(answers)), notices(answers)) == (2, ["1 hidden rows were read as the others"])


def test_rows_with_cells_that_are_struck_through_are_read_and_told() -> None:
    def strike(sheet: Worksheet) -> None:
        sheet["A2"].font = sheet["C2"].font = sheet["E3"].font = Font(strike=True)
        sheet["A3"].font = Font(strike=False, bold=True)

    answers = read(workbook(HEADER, GOOD, GOOD, change=strike))
    told = ["1 rows with cells that are struck through were read as the others"]
    assert (len(results(answers)), notices(answers)) == (2, told)


def with_text(written: str, *, shared: bool) -> bytes:
    """A workbook whose lot is written so in its XML, in the cell itself or among the shared strings."""
    content = workbook(HEADER, ["lot", date(2026, 2, 3), 99])
    if not shared:
        return edited(content, SHEET, "<t>lot</t>", f"<t>{written}</t>")
    content = edited(content, SHEET, '"inlineStr"><is><t>lot</t></is>', '"s"><v>0</v>')
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>{written}</t></si></sst>")
    return file.getvalue()


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(
    ("written", "lot"),
    [("L-1_x000D_", "L-1"), ("L_x002d_1", "L-1"), ("L_x005F_x002D_1", "L_x002D_1"), ("L_x2D_1", "L_x2D_1")],
)
def test_escapes_in_texts_are_read(shared: bool, written: str, lot: str) -> None:
    content = with_text(written, shared=shared)
    assert [number for number, _, _ in results(read(content))] == [lot]


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize(("length", "taken"), [(10, True), (11, False)])
def test_a_text_is_as_long_as_its_escapes_read(shared: bool, length: int, taken: bool) -> None:
    answers = read(with_text("_x0037_" * length, shared=shared), "limits: {cell_characters: 10}")
    assert [number for number, _, _ in results(answers)] == ["7" * length] * taken
    assert len(refusals(answers)) == (not taken)


def test_a_number_that_is_a_word_of_the_mapping_means_what_it_says() -> None:
    answers = read(workbook(HEADER, ["L-1", date(2026, 2, 3), 999], GOOD), purity=', words: {"999": too_numerous}')
    assert "too_numerous" in str(answers[0])


def test_one_of_several_sheets_is_named() -> None:
    book = Workbook()
    book.create_sheet("Raw data")
    content = workbook(HEADER, GOOD, book=book)
    assert refusals(read(content))[0][2] == (
        "the header cannot be read: which sheet is meant? say sheet: one of Sheet, Raw data"
    )
    answers = read(content, "sheet: Sheet")
    assert (len(results(answers)), notices(answers)) == (1, ["of 2 sheets only 'Sheet' was read"])
    assert "no sheet is called 'x'; sheets are Sheet, Raw data" in refusals(read(content, "sheet: x"))[0][2]


def test_macros_and_links_are_told() -> None:
    file = io.BytesIO(workbook(HEADER, GOOD))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
        archive.writestr("xl/externalLinks/externalLink1.xml", b"<x/>")
    assert notices(read(file.getvalue())) == [
        "the workbook has macros, which were not run",
        "the workbook refers to others, which were not opened",
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet'


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no XLSX file: it is empty"),
        (b"Lot,Made,Purity\n", "plain text, such as CSV: send it to a feed of format csv"),
        ("\ufeffLot\tMade\n".encode("utf-16"), "plain text, such as CSV"),
        (b"\xef\xbb\xbf\n <html><table>", "a page of HTML or XML under the name of a workbook: open it"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old workbook (.xls), or one with a password: save it as .xlsx"),
        (gzip.compress(b"Lot", mtime=0), "a compressed file (gzip): unpack it"),
        (b"%PDF-1.7 ", "a PDF"),
        (b"\x00\x01\x02", "no XLSX file: save it as .xlsx"),
        (workbook(HEADER, GOOD)[:-200], "no XLSX file"),
        (edited(workbook(HEADER, GOOD), SHEET, "<worksheet", BOMB), "it declares a document type or entities"),
        (edited(workbook(HEADER, GOOD), SHEET, "</row>", "</rox>"), "damaged: xl/worksheets/sheet1.xml"),
        (edited(workbook(HEADER, GOOD), SHEET, '<c r="A1"', '<c r="ZZZZ1"'), "damaged: xl/worksheets/sheet1.xml"),
    ],
)
def test_what_is_no_workbook_is_refused_by_name(content: bytes, reason: str) -> None:
    ((row, _, why),) = refusals(read(content))
    assert row >= 1
    assert why.startswith(f"the header cannot be read: {reason}")


def test_a_bomb_is_refused_by_name() -> None:
    file = io.BytesIO(workbook(HEADER, GOOD))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.png", bytes(110_000_000))
    assert "a zip bomb" in refusals(read(file.getvalue()))[0][2]


@pytest.mark.parametrize("shared", [True, False])
def test_a_text_of_which_a_part_is_raised_or_struck_through_is_refused(shared: bool) -> None:
    runs = "L-9</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>1"
    content = with_text(f"</t><r><t>{runs}</t></r><t>", shared=shared)
    assert [(row, reason[:27]) for row, _, reason in refusals(read(content))] == [(2, "a part of the text is struc")]


def test_no_part_is_taken_of_a_stored_cell() -> None:
    content = workbook(HEADER, ["L-1", date(2026, 2, 3), 1.234], GOOD)
    answers = read(content, purity=", part: '([0-9.,]+).*'")
    assert all("a part can only be taken of a text" in reason for _, _, reason in refusals(answers))
    assert len(refusals(answers)) == 2
