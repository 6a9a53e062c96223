"""Files that are broken as files: the header, the encoding, the cells of a row."""

from collections.abc import Callable

import pytest

from partner_feeds.records.answers import Accepted, Answer, Notice, Refused

HEADER = "lot;product;made;shift;assay;mass;viscosity;viscosity unit;remark"
GOOD = "L1;P1;3.2.2026;zgodnja;99.1;250;;;fine"

Translate = Callable[..., list[Answer]]


def reasons(found: list[Answer]) -> list[tuple[int, str, str]]:
    return [
        (error.row, error.field, error.reason)
        for answer in found
        if isinstance(answer, Refused)
        for error in answer.errors
    ]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" ; ;\r\n"])
def test_an_empty_file(answers: Translate, content: bytes) -> None:
    ((row, field, reason),) = reasons(answers(content))
    assert (row, field) == (1, "")
    assert reason.startswith("the file is empty: its first line must be the header, lot;product;made")


@pytest.mark.parametrize("ending", ["", "\n", "\r\n\r\n"])
def test_a_header_alone_is_accepted_with_nothing_in_it(answers: Translate, ending: str) -> None:
    assert answers(HEADER + ending) == [Notice(1, "the file has a header and no rows: there was nothing to take")]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_endings_and_a_byte_order_mark(answers: Translate, newline: str) -> None:
    found = answers(b"\xef\xbb\xbf" + newline.join([HEADER, GOOD, GOOD]).encode())
    assert [(type(answer), answer.row) for answer in found] == [(Accepted, 2), (Accepted, 3)]


def test_an_unknown_column_refuses_the_file_and_names_the_nearest(answers: Translate) -> None:
    found = answers(f"{HEADER.replace('assay', 'asay')}\n{GOOD}")
    assert reasons(found) == [
        (1, "asay", "the mapping small-laboratory does not know the column; nearest: assay"),
        (1, "assay", "the column is missing from the header; nearest: asay"),
    ]


@pytest.mark.parametrize("header", ["# Entente", "id;date;temperature;humidity", "lot;sample id;temperature;humidity"])
def test_a_file_of_another_kind_is_told_in_one_line(answers: Translate, header: str) -> None:
    ((row, field, reason),) = reasons(answers(f"{header}\n1;2;3;4"))
    assert (row, field) == (1, "")
    assert reason == (
        "the file does not seem to be one for the mapping small-laboratory: "
        f"its header has {header.startswith('lot'):d} of the 8 columns that are wanted "
        "(lot, product, made, shift, assay and 3 more)"
    )


def test_a_header_in_other_letters_is_told_column_by_column(answers: Translate) -> None:
    found = reasons(answers(f"{HEADER.upper()}\n{GOOD}"))
    assert (1, "LOT", "the mapping small-laboratory does not know the column; nearest: lot") in found


def test_only_really_near_names_are_proposed(answers: Translate) -> None:
    assert reasons(answers(f"{HEADER.replace('assay', 'assembly')}\n{GOOD}")) == [
        (
            1,
            "assembly",
            "the mapping small-laboratory does not know the column; correct the name, or extend the mapping",
        ),
        (1, "assay", "the column is missing from the header"),
    ]


def test_an_unknown_column_is_passed_over_where_the_mapping_says_so(answers: Translate) -> None:
    found = answers(f"{HEADER};extra\n{GOOD};1", unknown_columns="ignore")
    assert found[0] == Notice(1, "the column 'extra' is not in the mapping, and was passed over")
    assert isinstance(found[1], Accepted)


def test_a_repeated_column(answers: Translate) -> None:
    assert reasons(answers(f"{HEADER};lot\n{GOOD};L1")) == [
        (1, "lot", "the column is 2 times in the header: which one is meant? say its position")
    ]


def test_the_wrong_delimiter(answers: Translate) -> None:
    ((_, _, reason),) = reasons(answers(f"{HEADER}\n{GOOD}".replace(";", ",")))
    assert reason == "the columns are separated by a comma, and the mapping says a semicolon (';')"


def test_columns_may_stand_in_any_order(answers: Translate) -> None:
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in (HEADER, GOOD))
    (answer,) = answers(turned)
    assert isinstance(answer, Accepted)
    assert {record.record_id for record in answer.records} == {"P1/L1/assay", "P1/L1/mass", "P1/L1/shift"}


def test_bytes_that_are_not_utf_8_refuse_their_row_and_name_the_column(answers: Translate) -> None:
    bad = b"L2;P1;3.2.2026;;99;;;;Grad \xe8"
    found = answers(b"\n".join([HEADER.encode(), bad, GOOD.encode()]))
    reason = (
        "not UTF-8 (byte 0xE8): save the file as 'CSV UTF-8', or say in the mapping what it is, such as encoding: "
        "windows-1252"
    )
    assert reasons(found) == [(2, "remark", reason)]
    assert isinstance(found[1], Accepted)


def test_a_repeated_header_line(rows: Translate) -> None:
    assert reasons(rows(GOOD, HEADER)) == [
        (3, "", "the header line is repeated here: remove it, or leave it out with skip if it is of the same table")
    ]


@pytest.mark.parametrize(("line", "few_or_many"), [("L2;P1", "too few cells: 2"), (f"{GOOD};x", "too many cells: 10")])
def test_a_row_of_another_width(rows: Translate, line: str, few_or_many: str) -> None:
    ((row, field, reason),) = reasons(rows(line))
    assert (row, field) == (2, "")
    assert reason.startswith(f"{few_or_many}, and the header has 9")


def test_a_quote_that_is_not_closed_does_not_swallow_the_rows_after_it(answers: Translate) -> None:
    found = answers("\n".join([HEADER, 'L2;P1;3.2.2026;"early;;;;;', *[GOOD] * 200]))
    assert reasons(found)[0][:2] == (2, "shift")
    assert sum(isinstance(answer, Accepted) for answer in found) == 200


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(answers: Translate) -> None:
    stray = 'L2;P1;3.2.2026;;;;;;"'
    found = answers("\n".join([HEADER, stray, GOOD, GOOD, stray, GOOD]))
    assert [row for row, _, _ in reasons(found)] == [2, 5]
    assert sum(isinstance(answer, Accepted) for answer in found) == 3


def test_quoted_cells_may_hold_delimiters_quotes_and_line_breaks(answers: Translate) -> None:
    found = answers(f'{HEADER}\n"L;2";P1;3.2.2026;;99;;;;"two\r\nlines, ""quoted"""\n{GOOD}')
    assert [(type(answer), answer.row) for answer in found] == [(Accepted, 2), (Accepted, 4)]
    assert isinstance(found[0], Accepted)
    assert found[0].records[0].record_id == "P1/L;2/assay"


def test_a_line_that_is_too_long(answers: Translate) -> None:
    found = answers(f"{HEADER}\nL2;{'x' * 2_000_000}\n{GOOD}")
    assert reasons(found) == [(2, "", "the line is longer than 1000000 bytes: is a line break missing?")]
    assert isinstance(found[1], Accepted)


def test_a_cell_that_is_too_long(rows: Translate) -> None:
    ((row, field, reason),) = reasons(rows(f"L2;P1;3.2.2026;;99;;;;{'x' * 10_001}"))
    assert (row, field, reason) == (2, "remark", "the cell is longer than 10000 characters")
