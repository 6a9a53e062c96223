"""Quotes that swallow rows, signs between cells, code pages and web pages: as programs write them."""

import pytest

from partner_feeds.language import MappingInvalid
from tests.laboratory_files import HEADER, Case, check

ROW = "B1;4.5.2026;98,7"


@pytest.mark.parametrize(
    "case",
    [
        Case(
            "a forgotten quote, closed by a stray one two rows below",
            f'{HEADER};Rest\n"B1";4.5.2026;98,7;"neu\nB2;4.5.2026;91;\nB3;4.5.2026;98,8;alt"',
            ["B2 91", "B3 98.8"],
            {2: "a quote is not closed"},
            file={"unknown_columns": "ignore"},
        ),
        Case(
            "a forgotten quote in the first cell, closed in the first of the next row",
            'Rest;Charge;Tag;Wert\n"links;B1;4.5.2026;98,7\noben";B2;4.5.2026;91\nok;B3;4.5.2026;98,8',
            ["B2 91", "B3 98.8"],
            {2: "a quote is not closed"},
            file={"unknown_columns": "ignore"},
        ),
        Case(
            "a remark of two lines",
            f'{HEADER};Rest\n"B1";4.5.2026;98,7;"neu;\nund gut"',
            ["B1 98.7"],
            file={"unknown_columns": "ignore"},
        ),
        Case(
            "a blank before the quote",
            f'{HEADER}\n "B1";4.5.2026;98,7\nB2;4.5.2026;98,8',
            ["B2 98.8"],
            {2: "a blank stands"},
        ),
        Case("a caret between the cells", f"{HEADER}\n{ROW}".replace(";", "^"), ["B1 98.7"], file={"delimiter": "^"}),
        Case(
            "a code page of DOS",
            f"{HEADER}\nB1\u00b5;4.5.2026;98,7".encode("cp850"),
            ["B1\u00b5 98.7"],
            file={"encoding": "cp850"},
        ),
        Case(
            "a code page of Japan",
            f"{HEADER}\nB1\u8868;4.5.2026;98,7".encode("shift_jis"),
            ["B1\u8868 98.7"],
            file={"encoding": "shift_jis"},
        ),
        *(
            Case(
                f"UTF-8 that is said to be {encoding}",
                f'{HEADER};Rest\nB1;4.5.2026;98,7;\n\u017d26;4.5.2026;98,7;\nB3;4.5.2026;98,8;"a\n\u017d;b"'.encode(),
                ["B1 98.7"],
                {3: f"these bytes are UTF-8, and the mapping says {encoding}: say encoding: utf-8", 4: "", 5: "UTF-8"},
                file={"encoding": encoding, "unknown_columns": "ignore"},
            )
            for encoding in ("windows-1250", "windows-1252", "iso-8859-1", "iso-8859-15")
        ),
        Case(
            "a letter of Western Europe",
            f"{HEADER}\nB\u00fc1;4.5.2026;98,7\n".encode("iso-8859-1"),
            ["B\u00fc1 98.7"],
            file={"encoding": "iso-8859-1"},
        ),
        Case(
            "a letter of Windows that is said to be of ISO 8859",
            f"{HEADER}\n\u017d26;4.5.2026;98,7\n{ROW}".encode("windows-1252"),
            ["B1 98.7"],
            {2: "holds a control character"},
            file={"encoding": "iso-8859-1"},
        ),
        *(
            Case(
                f"quotes around cells with another sign between them: {sign!r}",
                f'"{HEADER}\n{ROW}"'.replace(";", f'"{sign}"').replace("\n", '"\n"'),
                refused={1: f"or the columns are separated by {called}, and the mapping says a semicolon (';')"},
            )
            for sign, called in (("\t", "a tab"), ("|", "a bar"), (",", "a comma"))
        ),
        Case("UTF-16 without its mark", f"{HEADER}\n{ROW}".encode("utf-16-le"), refused={1: "say encoding: utf-16"}),
        Case(
            "signs of a web page",
            f"{HEADER}\nB1;4.5.2026;".replace(";", "|") + "&lt;0,05",
            refused={2: "write the sign itself"},
            file={"delimiter": "|"},
        ),
        Case(
            "a word with its limit",
            f"{HEADER}\nB1;4.5.2026;<LOD (0,01 %)",
            refused={2: "write the limit with its sign"},
        ),
        Case("a remark behind", f"{HEADER}\nB1;4.5.2026;98,7 (n=3)", refused={2: "write 98,7 alone"}),
        Case("what is no unit behind", f"{HEADER}\nB1;4.5.2026;98,7 OOS", refused={2: "is no unit: write 98,7 alone"}),
        Case(
            "a unit in the cell, and a footnote",
            f"{HEADER}\nB1;4.5.2026;98,7 mg/g *\nB2;4.5.2026;98,8 %\nB3;4.5.2026;n/a",
            ["B1 98.7", "B2 98.8"],
            {4: "is not of the form"},
            columns={
                "Wert": {"unit": None, "unit_column": "Einheit", "part": r"([0-9,]+) \S+(?: \*)?"},
                "Einheit": {"holds": "text", "of": "{Wert}", "part": r"[0-9,]+ (\S+)(?: \*)?"},
            },
        ),
        Case(
            "the mark of a retest behind a lot",
            f"{HEADER}\nB1;4.5.2026;98,7\nB2-R1;4.5.2026;98,8",
            ["B1 98.7", "B2 98.8"],
            columns={"Charge": {"part": "([A-Z0-9]+)(?:-R[0-9])?"}},
        ),
        Case(
            "two blanks in a date",
            f"{HEADER}\nB1;4.5.2026  14:05;98,7",
            ["B1 98.7"],
            columns={"Tag": {"format": "D.M.YYYY hh:mm"}},
        ),
    ],
    ids=lambda case: case.name,
)
def test_it_is_read_or_refused_with_what_would_be_right(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("file", "columns", "why"),
    [
        ({"delimiter": "ab"}, {}, "the one sign"),
        ({"encoding": "ebcdic"}, {}, "is none of utf-8"),
        ({}, {"Tag": {"format": "D.M.YYYY hh:mm 'UTC'"}}, "say which zone it is"),
        ({"time_zone": "Europe/Ljubljana"}, {"Tag": {"format": "D.M.YYYY hh:mm 'UTC'"}}, "say which zone it is"),
        ({"first_row": "2"}, {}, "first_row: is of a file without a header"),
        ({}, {"Tag": {"of": "{Tag2}", "fill_down": "true"}}, "only a column of the file"),
        ({}, {"Wert": {"fill_down": "true"}}, "results would be made up"),
        (
            {},
            {"Wert": {"of": "{Zahl}"}, "Zahl": {"holds": "text", "fill_down": "true"}},
            "columns.Wert.fill_down: a blank result is none",
        ),
        ({}, {"Wert": {"words": {"Fail": "complies"}}}, "seems to mean does not comply"),
        (
            {},
            {"Wert": {"words": {"OOS": "missing"}}},
            "'OOS' seems to mean does not comply, and as missing the verdict",
        ),
        ({}, {"Wert": {"words": {"Fail": "void"}}}, "and as void the verdict would be lost"),
        ({}, {"Wert": {"words": {"Pass": "missing"}}}, "'Pass' seems to mean complies, and as missing the verdict"),
        ({}, {"Wert": {"missing": ["OOS"]}}, "write words: {'OOS': does not comply}$"),
        ({}, {"Wert": {"words": {"n.b.": "below_quantification"}}}, "is nearly one of ours"),
        *(
            ({}, {name: {"holds": "number", "unit": unit}}, f"the column's name says {says}, and the unit is {unit}")
            for name, unit, says in (
                *(("Wert (mg/g)", "%", "mg/g"), ("Wert (mg/mL)", "%", "mg/mL"), ("Wert C (%)", "mg", "%")),
                *(("Wert, %", "mg", "%"), ("Wert in mg/mL", "%", "mg/mL"), ("Wert °F", "Cel", "°F")),
            )
        ),
    ],
)
def test_a_mapping_that_would_read_otherwise_does_not_load(
    file: dict[str, str], columns: dict[str, dict[str, str]], why: str
) -> None:
    record = {"tests": ["Wert", *(name for name in columns if name.startswith("Wert") and name != "Wert")]}
    with pytest.raises(MappingInvalid, match=why):
        check(Case("", f"{HEADER}\n{ROW}", file=file, columns=columns, record=record))


def test_a_zone_in_the_dates_is_said_in_the_mapping() -> None:
    columns = {"Tag": {"format": "D.M.YYYY hh:mm 'UTC'"}}
    check(
        Case("", f"{HEADER}\nB1;4.5.2026 08:05 UTC;98,7", ["B1 98.7"], file={"time_zone": "Etc/UTC"}, columns=columns)
    )


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        *(("Wert (A280)", "1"), ("Wert (600)", "1"), ("Wert [A]", "1"), ("Wert (95%)", "1")),
        *(("Wert (SEC)", "%"), ("Wert (m/V)", "%"), ("Wert (% m/m)", "%"), ("Wert (N/A)", "mg"), ("Wert (min)", "mg")),
        *(("Wert 50 mg/mL", "%"), ("Wert 70 %", "mg/mL"), ("Wert pass/fail", "%"), ("Wert (ppm)", "mg/L")),
    ],
)
def test_what_may_be_no_unit_in_a_name_is_none(name: str, unit: str) -> None:
    columns = {name: {"holds": "number", "unit": unit}}
    record = {"tests": ["Wert", name]}
    check(Case("", f"{HEADER};{name}\n{ROW};0,5", ["B1 98.7", "B1 0.5"], columns=columns, record=record))


def test_a_name_with_a_wrong_unit_is_an_alias() -> None:
    columns = {"Wert": {"aliases": ["Wert (mg/mL)"]}}
    check(Case("", f"Charge;Tag;Wert (mg/mL)\n{ROW}", ["B1 98.7"], columns=columns))


def test_a_word_that_says_that_nothing_was_tested_may_be_missing() -> None:
    columns = {"Wert": {"words": {"n.b.": "missing", "absent": "missing"}}}
    check(Case("", f"{HEADER}\nB1;4.5.2026;n.b.\n{ROW}", ["B1 98.7"], columns=columns))
