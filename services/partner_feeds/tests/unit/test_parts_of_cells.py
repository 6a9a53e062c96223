"""A value that is only a part of its cell, or is put together of several: the whole cell still says what it is."""

import pytest

from tests.laboratory_files import HEADER, Case, check

PIECE, SIGN, ANOTHER = "only a piece of the number", "a sign stands beside the part", "another number stands beside"


@pytest.mark.parametrize(
    ("cell", "part", "reads"),
    [
        ("98,7 *", "([0-9,]+) .*", "98.7"),
        ("Reinheit - 98,7 %", ".*?([0-9,]+) %", "98.7"),
        ("98,7 - 99,1", "([0-9,]+) - [0-9,]+", "98.7"),
        ("98,7 - 99,1", "[0-9,]+ - ([0-9,]+)", "99.1"),
        ("98,7-99,1", "[0-9,]+-([0-9,]+)", "99.1"),
        ("Tag 3: 98,7", "Tag [0-9]+: ([0-9,]+)", "98.7"),
        ("98,7 - 99,1", "([0-9,]+) .*", ANOTHER),
        ("98,7 - 99,1", ".* ([0-9,]+)", ANOTHER),
        ("98,7 - 99,1", r"([0-9,]+) \S+ [^a-z]+", ANOTHER),
        ("98,7 ± 0,3", "([0-9,]+).*", ANOTHER),
        ("1 240,5", "([0-9,]+) .*", ANOTHER),
        ("123,4", ".*([0-9,]+)", PIECE),
        ("98.7", "([0-9,]+).*", PIECE),
        ("98,7 E3", "([0-9,]+) E[0-9]", PIECE),
        ("98,7x10", "([0-9,]+).*", PIECE),
        ("98,7^2", "([0-9,]+).*", PIECE),
        ("98,7 g/cm³", "([0-9,]+) g/cm³", "98.7"),
        ("98,7/99,1", "([0-9,]+).*", ANOTHER),
        ("98,7 /99,1", "([0-9,]+).*", ANOTHER),
        ("98,7bis99,1", "([0-9,]+).*", ANOTHER),
        ("98,7 - 99,1", r"([0-9,]+)[\s\S]*", ANOTHER),
        ("１23,4", ".*?([0-9,]+)", PIECE),
        ("－98,7 %", ".*?([0-9,]+) %", SIGN),
        ("＜98,7 %", ".*?([0-9,]+) %", SIGN),
        ("Drehung -98,7 °", ".*?([0-9,]+) °", SIGN),
        ("98,7-", "([0-9,]+).*", SIGN),
        ("ca. 98,7", ".*?([0-9,]+)", SIGN),
        ("NMT 98,7", "NMT ([0-9,]+)", SIGN),
        ("98,7 mg", "([0-9,]+) .*", "the unit is %"),
        ("98,7 not valid, FAIL", "([0-9,]+) .*", "seems to say what was found"),
        ("n.d.", "([0-9,]*).*", "the result would be lost"),
        ("98,7 x 10³", "([0-9,]+) .*", PIECE),
        ("-98,7", "-?([0-9,]+)", SIGN),
        ("Wert: -98,7", ".*?([0-9,]+)", SIGN),
        ("< 98,7 %", ".*?([0-9,]+) %", SIGN),
        ("≤98,7", "≤?([0-9,]+)", SIGN),
    ],
)
def test_a_part_that_is_the_number_or_is_not(cell: str, part: str, reads: str) -> None:
    wanted = {"taken": [f"B1 {reads}"]} if reads[0].isdigit() else {"refused": {2: reads}}
    check(Case("", f"{HEADER}\nB1;4.5.2026;{cell}", columns={"Wert": {"part": part}}, **wanted))


@pytest.mark.parametrize(("cell", "unit"), [("98,7 mg/100 mL", "mg/dL"), ("98,7 mg/m2", "mg/m2"), ("98,7 cm2", "cm2")])
def test_a_unit_behind_the_part_may_hold_digits(cell: str, unit: str) -> None:
    columns = {"Wert": {"part": "([0-9,]+) .*", "unit": unit}}
    check(Case("", f"{HEADER}\nB1;4.5.2026;{cell}", ["B1 98.7"], columns=columns))


@pytest.mark.parametrize(
    ("column", "cell", "part", "reads"),
    [
        ("Charge", "Charge 26-0117 frei", ".*?([0-9]{2}-[0-9]{4}).*", "26-0117"),
        ("Charge", "26-0117-R1", "([0-9]{2}-[0-9]{4})(?:-R[0-9])?", "26-0117"),
        ("Charge", "VEL 26-0117 3x", r"VEL ([^ ]+) \d+x", "26-0117"),
        ("Charge", "LOT 26-0117", ".*([0-9-]+)", "a piece of a word"),
        ("Charge", "26-0117A", "([0-9]{2}-[0-9]{4}).*", "a piece of a word"),
        ("Charge", "126-0117", ".*([0-9]{2}-[0-9]{4})", "a piece of a word"),
        ("Charge", "26-0117/2", "([0-9]{2}-[0-9]{4}).*", "a piece of a word"),
        ("Charge", "26-0117 alt 25-0099", "([0-9]{2}-[0-9]{4}).*", "another stands beside"),
        ("Charge", "VEL 26-0117 26-0118", ".* ([0-9-]+)", "another stands beside"),
        ("Tag", "Datum: 14.5.2026", ".*([0-9]{1,2}[.][0-9]+[.][0-9]{4})", "a piece of a word"),
        ("Tag", "4.5.2026 bis 5.5.2026", "([0-9]+[.][0-9]+[.][0-9]{4}).*", "another stands beside"),
        ("Tag", "4.5.2026 UTC", "([0-9]+[.][0-9]+[.][0-9]{4}).*", "belongs to the time"),
    ],
)
def test_a_part_that_is_the_lot_or_the_date_or_is_not(column: str, cell: str, part: str, reads: str) -> None:
    row = {"Charge": "B1", "Tag": "4.5.2026", "Wert": "98,7"} | {column: cell}
    wanted = {"taken": [f"{reads} 98.7"]} if reads[0].isdigit() else {"refused": {2: reads}}
    check(Case("", f"{HEADER}\n{';'.join(row.values())}", columns={column: {"part": part}}, **wanted))


def test_words_of_which_the_mapping_says_the_meaning_need_no_part() -> None:
    columns = {"Wert": {"part": "([0-9,]+) %", "words": {"n.d.": "not_detected"}, "missing": ["n/a"]}}
    lines = f"{HEADER}\nB1;4.5.2026;98,7 %\nB2;4.5.2026;n.d.\nB3;4.5.2026;n/a"
    check(Case("", lines, ["B1 98.7", "B2 n.d. not_detected"], columns=columns))


def test_a_sign_in_the_group_is_read_with_the_number() -> None:
    columns = {"Wert": {"part": "(<? ?[0-9,]+) %"}}
    check(Case("", f"{HEADER}\nB1;4.5.2026;< 0,05 %", ["B1 0.05 below_quantitation"], columns=columns))


SIGNED = {
    "Gehalt": {"holds": "number", "unit": "%", "of": "{Zeichen}{Wert}", "words": {"n.d.": "not_detected"}},
    "Wert": {"holds": "text", "unit": None, "name": None},
}


@pytest.mark.parametrize(
    ("row", "taken", "refused"),
    [
        ("B1;4.5.2026;0,05;<", ["B1 0.05 below_quantitation"], None),
        ("B1;4.5.2026;98,7;", ["B1 98.7"], None),
        ("B1;4.5.2026;-0,1; ", ["B1 -0.1"], None),
        ("B1;4.5.2026;;<", [], "only a part of what"),
        ("B1;4.5.2026;;n.d.", [], "only a part of what"),
        ("B1;4.5.2026;0,05;5", [], "two numbers would be put together"),
        ("B1;4.5.2026;;", [], None),
        ("B1;4.5.2026;n.d.;", ["B1 n.d. not_detected"], None),
        ("B1;4.5.2026;%;", [], None),
        ("B1;4.5.2026;98,7;?", [], "not a number"),
    ],
)
def test_a_sign_in_a_column_of_its_own_may_be_blank(row: str, taken: list[str], refused: str | None) -> None:
    case = Case(
        "",
        f"{HEADER};Zeichen\n{row}",
        taken,
        {2: refused} if refused else {},
        columns=SIGNED,
        record={"tests": ["Gehalt"]},
    )
    check(case)


@pytest.mark.parametrize(
    ("cell", "format_"),
    [
        ("0001-01-01T00:00:00", "iso"),
        ("1753-01-01 00:00", "iso"),
        ("1900-01-01", "iso"),
        ("1970-01-01T00:00:00Z", "iso"),
        ("1899-12", "iso"),
        ("30.12.1899", "D.M.YYYY"),
        ("1.1.1970 01:00", "D.M.YYYY hh:mm"),
        ("1.1926", "M.YYYY"),
    ],
)
def test_a_date_that_stands_for_none_is_refused_or_said_to_be_missing(cell: str, format_: str) -> None:
    lines, tag = f"{HEADER}\nB1;{cell};98,7", {"format": format_}
    check(Case("", lines, refused={2: "lies before 2000"}, columns={"Tag": tag}))
    missing = tag | {"missing": [cell]}
    check(Case("", lines, refused={2: "is blank, and must be given"}, columns={"Tag": missing}))


def test_a_code_with_a_line_break_is_named_by_its_meaning() -> None:
    lines = f'{HEADER};Art\nB1;4.5.2026;98,7;"neu\nund alt"'
    refused = {2: "say in the mapping what it means, under codes"}
    record = {"stage": "{Art}"}
    check(Case("", lines, refused=refused, columns={"Art": {"holds": "text"}}, record=record))
    named = {"Art": {"holds": "text", "codes": {"neu\nund alt": "release"}}}
    check(Case("", lines, ["B1 98.7"], columns=named, record=record))
