"""A bad cell refuses its row, by row and field, with what would be right; the good row beside it is taken."""

from collections.abc import Callable

import pytest

from partner_feeds.records.answers import Answer, Refused

Refusal = Callable[..., tuple[int, str, str, str]]


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ("95,1", "use a decimal point: 95.1"),
        ("1,234.5", "no thousands separators: 1234.5"),
        ("1 234", "no thousands separators: 1234"),
        ("1'234.50", "no thousands separators: 1234.50"),
        ("1.234.567", "no thousands separators: 1234567"),
        ("1.234,5", "no thousands separators: 1234.5"),
        ("95,123", "use a decimal point and no thousands separators: 95.123 or 95123"),
        ("NaN", "leave the cell blank when there is no value"),
        ("-inf", "leave the cell blank when there is no value"),
        ("#DIV/0!", "leave the cell blank when there is no value"),
        ("=SUM(A1:A9)", "a formula is not taken"),
        ("+cmd", "a formula is not taken"),
        ("@SUM(1)", "a formula is not taken"),
        ("-cmd", "a formula is not taken"),
        ("\t95.1", "begins with a tab"),
        ("95.1 mg", "mg stands behind where the unit is %: write the value in %"),
        ("1E+99", "out of range"),
        ("1e-400", "out of range"),
        ("1e400", "out of range"),
        ("0x10", "not a number: write it such as 95.1"),
        ("9" * 39, "out of range"),
        ("9" * 25 + "." + "9" * 25, "at most 38 digits"),
        ("complies", "or say in the mapping words: {'complies': complies}"),
        ("٣", "not a number"),
    ],
)
def test_a_cell_that_is_no_plain_number(refusal: Refusal, cell: str, right: str) -> None:
    row, field, value, reason = refusal(f"L2;P1;3.2.2026;;{cell};;;;")
    assert (row, field, value) == (2, "assay", cell)
    assert right in reason


def test_a_percentage_where_the_unit_is_another(refusal: Refusal) -> None:
    assert "write the value in mg" in refusal("L2;P1;3.2.2026;;;5 %;;;")[3]


@pytest.mark.parametrize("cell", ["95.1", "-3", "7.08E-05", " 12 ", "0"])
def test_plain_numbers_are_taken(rows: Callable[..., list[Answer]], cell: str) -> None:
    assert not isinstance(rows(f"L2;P1;3.2.2026;;{cell};;;;")[0], Refused)


def test_a_decimal_comma_is_taken_where_the_mapping_says_so(answers: Callable[..., list[Answer]]) -> None:
    header = "lot;product;made;shift;assay;mass;viscosity;viscosity unit;remark"
    taken, refused = answers(f"{header}\nL2;P1;3.2.2026;;95,1;;;;\nL3;P1;3.2.2026;;95.1;;;;", decimal="comma")
    assert not isinstance(taken, Refused)
    assert isinstance(refused, Refused)
    assert refused.errors[0].reason.startswith("use a decimal comma: 95,1; or say in the mapping")


@pytest.mark.parametrize(
    ("cell", "right"),
    [
        ("2026-02-03", "write it such as 17.5.2019"),
        ("31.2.2026", "there is no such date"),
        ("1.32.2026", "there is no month 32"),
        ("4.7.2031", "in the future: write when it happened (today is 2026-03-14)"),
        ("1.1.0019", "lies before 2000, and no electronic record is older: write the year"),
        ("", "is blank, and must be given"),
        ("n/a", "is blank, and must be given"),
        ("=TODAY()", "a formula is not taken"),
    ],
)
def test_a_date_that_cannot_be(refusal: Refusal, cell: str, right: str) -> None:
    row, field, _, reason = refusal(f"L2;P1;{cell};;99;;;;")
    assert (row, field) == (2, "made")
    assert right in reason


def test_an_unknown_code_names_what_is_known(refusal: Refusal) -> None:
    assert refusal("L2;P1;3.2.2026;zgodna;;;;;") == (
        2,
        "shift",
        "zgodna",
        "not in the mapping's list of codes: zgodnja, pozna; nearest: zgodnja",
    )


def test_an_unknown_unit_is_refused_and_never_guessed(refusal: Refusal) -> None:
    row, field, value, reason = refusal("L2;P1;3.2.2026;;;;12.5;centipoise;")
    assert (row, field, value) == (2, "viscosity unit", "centipoise")
    assert "is not a UCUM unit" in reason


def test_a_value_without_its_unit(refusal: Refusal) -> None:
    assert refusal("L2;P1;3.2.2026;;;;12.5;;") == (
        2,
        "viscosity unit",
        "",
        "is blank, and viscosity has no meaning without its unit",
    )


def test_text_that_a_spreadsheet_would_run(refusal: Refusal) -> None:
    assert refusal('=HYPERLINK("x");P1;3.2.2026;;;;;;')[1:] == (
        "lot",
        '=HYPERLINK("x")',
        "a formula is not taken: write its result as plain text",
    )


def test_text_with_a_control_character(refusal: Refusal) -> None:
    assert "control character" in refusal("L\x002;P1;3.2.2026;;;;;;")[3]


def test_a_row_is_refused_with_all_its_errors(rows: Callable[..., list[Answer]]) -> None:
    (answer,) = rows("L2;;2026;noon;95,1;NaN;;;")
    assert isinstance(answer, Refused)
    assert [error.field for error in answer.errors] == ["made", "shift", "assay", "mass"]


def test_a_long_value_is_cut_in_the_answer(refusal: Refusal) -> None:
    assert len(refusal(f"L2;P1;3.2.2026;;{'x' * 500};;;;")[2]) == 80


def test_blank_cells_are_missing_and_make_no_result(rows: Callable[..., list[Answer]]) -> None:
    (answer,) = rows(f"L2;P1;3.2.2026;;{' ' * 48};n/a;;;")
    assert not isinstance(answer, Refused)
    assert getattr(answer, "records", None) == ()
