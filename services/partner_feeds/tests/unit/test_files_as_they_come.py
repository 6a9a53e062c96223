"""What cells mean, as programs and people write them: taken as that, or refused with what would be right."""

from typing import Any

import pytest

from partner_feeds.language import MappingInvalid, load
from tests.laboratory_files import HEADER, Case, check, document

CASES = [
    Case(
        "thousands by a point",
        f"{HEADER}\nB1;4.5.2026;2.345,5\nB2;4.5.2026;2.345",
        ["B1 2345.5", "B2 2345"],
        columns={"Wert": {"thousands": "point"}},
    ),
    Case("thousands that nobody said", f"{HEADER}\nB1;4.5.2026;2.345,5", refused={2: "thousands"}),
    Case(
        "thousands by either apostrophe",
        f"{HEADER}\nB1;4.5.2026;2'345.5\nB2;4.5.2026;2\u2019345.5",
        ["B1 2345.5", "B2 2345.5"],
        columns={"Wert": {"thousands": "apostrophe", "decimal": "point"}},
    ),
    Case(
        "each column its own decimal sign",
        f"{HEADER};Wasser\nB1;4.5.2026;98,7;1.5",
        ["B1 98.7", "B1 1.5"],
        columns={"Wasser": {"holds": "number", "unit": "%", "decimal": "point"}},
        record={"tests": ["Wert", "Wasser"]},
    ),
    Case(
        "limits as results",
        f"{HEADER}\nB1;4.5.2026;<0,1\nB2;4.5.2026;\u2264 0,1\nB3;4.5.2026;>99,5",
        ["B1 0.1 below_quantitation", "B2 0.1 at_most", "B3 99.5 above"],
    ),
    Case(
        "words of limits",
        f"{HEADER}\nB1;4.5.2026;n.n.\nB2;4.5.2026;<BG\nB3;4.5.2026;Spuren",
        ["B1 0.03 not_detected", "B2 0.1 below_quantitation"],
        {4: "Spuren"},
        columns={
            "Wert": {
                "words": {"n.n.": "not_detected", "<BG": "below_quantitation"},
                "quantitation": "0.1",
                "detection": "0.03",
            }
        },
    ),
    Case(
        "a value or a word",
        f"{HEADER}\nB1;4.5.2026;71\nB2;4.5.2026;Entspricht",
        ["B1 71", "B2 complies"],
        columns={"Wert": {"words": {"Entspricht": "complies"}}},
    ),
    Case(
        "the percent sign of a column in %", f"{HEADER}\nB1;4.5.2026;98,7 %\nB2;4.5.2026;98,7%", ["B1 98.7", "B2 98.7"]
    ),
    Case("signs before a number", f"{HEADER}\nB1;4.5.2026;+12,5\nB2;4.5.2026;\u221212,5", ["B1 12.5", "B2 -12.5"]),
    Case(
        "a blank that means the original",
        f"{HEADER};Art\nB1;4.5.2026;93,9;\nB1;4.5.2026;98,7;R",
        ["B1 93.9", "B1 98.7"],
        columns={"Art": {"holds": "text", "codes": {"R": "retest"}, "default": "original"}},
        record={"id": "{Charge}/{test}/{Art}", "role": "{Art}"},
    ),
    Case(
        "an hour that came twice, and one that never came",
        f"{HEADER}\nB1;26.10.2025 02:15;98,7\nB2;30.3.2025 02:15;98,7",
        refused={2: "exists twice", 3: "does not exist"},
        columns={"Tag": {"format": "D.M.YYYY hh:mm"}},
    ),
    Case(
        "one day that is no month",
        "Charge;Tag;Wert\nB1;02/03/2026;98,7\nB2;04/17/2026;98,7\nB3;03/04/2026;98,7",
        refused={3: "no row of the file was taken"},
        columns={"Tag": {"format": "DD/MM/YYYY"}},
    ),
    Case(
        "AM and PM", f"{HEADER}\nB1;5/4/2026 3:07 PM;98,7", ["B1 98.7"], columns={"Tag": {"format": "M/D/YYYY h:mm a"}}
    ),
    Case(
        "date and time in two cells",
        "Charge;Datum;Zeit;Wert\nB1;4.5.2026;15:07;98,7",
        ["B1 98.7"],
        columns={"Tag": {"format": "D.M.YYYY hh:mm", "of": "{Datum} {Zeit}"}},
    ),
    Case(
        "a result in each row, of every kind",
        "Charge;Tag;Test;Wert;Einheit\nB1;4.5.2026;a;98,7;%\nB1;4.5.2026;b;<10;KBE/g\nB1;4.5.2026;c;weiss;",
        ["B1 98.7", "B1 10 below_quantitation", "B1 white"],
        columns={
            "Test": {"holds": "text"},
            "Einheit": {"holds": "text", "codes": {"%": "%", "KBE/g": "[CFU]/g"}},
            "Wert": {"unit": None, "unit_column": "Einheit", "words": {"weiss": "white"}},
        },
        record={"id": "{Charge}/{Test}", "test": "{Test}", "value": "Wert"},
    ),
    Case(
        "a lot's number as text of a spreadsheet",
        f'{HEADER}\n"=""0042""";4.5.2026;98,7\n\'0043;4.5.2026;98,7',
        ["0042 98.7"],
        {3: "apostrophe"},
    ),
    Case(
        "lots' numbers that a spreadsheet spoiled",
        f"{HEADER}\n2,50118E+05;4.5.2026;98,7\nMai 24;4.5.2026;98,7\n3.1E+17;4.5.2026;98,7",
        refused={2: "rounded", 3: "a date", 4: "rounded"},
    ),
    Case(
        "lots' numbers that only look so",
        f"{HEADER}\nMai 24;4.5.2026;98,7\nXY;4.5.2026;98,7",
        ["Mai 24 98.7"],
        {3: "pattern"},
        columns={"Charge": {"pattern": "[A-Z][a-z]{2} [0-9]{2}"}},
    ),
    Case(
        "what is no number",
        f"{HEADER}\nB1;4.5.2026;98,1-99,2\nB2;4.5.2026;98,5 \u00b1 0,2\nB3;4.5.2026;ca. 98\nB4;4.5.2026;98,5-",
        refused={2: "a range", 3: "spread", 4: "about", 5: "-98,5"},
    ),
    Case(
        "the sign in a column of its own",
        f"{HEADER};Z\nB1;4.5.2026;0,1;<\nB2;4.5.2026;98,7;",
        ["B1 0.1 below_quantitation", "B2 98.7"],
        columns={"Z": {"holds": "text", "codes": {"<": "below_quantitation"}}, "Wert": {"qualifier_column": "Z"}},
    ),
    Case(
        "two forms of dates",
        f"{HEADER}\nB1;4.5.2026;98,7\nB2;2026-05-04;98,8",
        ["B1 98.7", "B2 98.8"],
        columns={"Tag": {"format": ["D.M.YYYY", "YYYY-MM-DD"]}},
    ),
    Case(
        "signs that nobody sees",
        f"{HEADER}\nB1\u200b;4.5.2026;98,7\nB2;4.5.2026;\uff19\uff18,\uff17",
        ["B2 98.7"],
        {2: "ZERO WIDTH SPACE"},
    ),
    Case(
        "a result that is taken back",
        f"{HEADER}\nB1;4.5.2026;93,9\nB1;4.5.2026;***",
        ["B1 93.9", "B1 voided"],
        columns={"Wert": {"words": {"***": "void"}}},
    ),
    Case(
        "several determinations of one test",
        "Charge;Tag;D1;D2;D3\nB1;4.5.2026;89;78;91",
        ["B1 78"],
        columns={"Wert": {"optional": "true"}} | {f"D{n}": {"holds": "number", "unit": "%"} for n in (1, 2, 3)},
        record={"tests": ["Wert"], "replicates": {"freisetzung": {"columns": ["D1", "D2", "D3"], "value": "min"}}},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_cell_is_taken_as_it_means_or_refused_with_what_would_be_right(case: Case) -> None:
    check(case)


@pytest.mark.parametrize(
    ("columns", "record", "reason"),
    [
        ({"Wert": {"missing": ["n.n."]}}, {}, "the result would be lost"),
        ({"Tag": {"format": "dd.mm.yyyy"}}, {}, "DD.MM.YYYY"),
        ({"Tag": {"format": "D.M.YYYY HH:MM"}}, {}, "D.M.YYYY hh:mm"),
        ({"Tag": {"format": "D.M.YYYY x"}}, {}, "x"),
        ({"Wert": {"unit": "Mg/mL"}}, {}, "write mg/mL"),
        ({"Wert": {"unit": "{CFU}/g"}}, {}, "write [CFU]/g"),
        ({"Wert": {"unit": "EU/mL"}}, {}, "write [EU]/mL"),
        ({"Wert": {"unit": "% w/w"}}, {}, "write %"),
        (
            {name: {"holds": "number", "unit": "%", "name": "x"} for name in ("D1", "D2")},
            {"tests": ["Wert", "D1", "D2"]},
            "put them together as replicates",
        ),
    ],
)
def test_a_mapping_that_would_mislead_does_not_load(
    columns: dict[str, Any], record: dict[str, Any], reason: str
) -> None:
    with pytest.raises(MappingInvalid) as raised:
        load(document({}, columns, record, "{Charge}"))
    assert reason in str(raised.value)
