"""Where a table stands in a file, and which of its rows and columns are meant, as programs and people write them."""

import pytest

from tests.laboratory_files import HEADER, Case, check

CASES = [
    Case("a line that names the separator", f"sep=;\r\n{HEADER}\r\nB1;4.5.2026;98,7\r\n", ["B1 98.7"]),
    Case(
        "Unicode text of a spreadsheet",
        "Charge\tTag\tWert\r\nB1\t4.5.2026\t98,7\r\n".encode("utf-16"),
        ["B1 98.7"],
        file={"delimiter": "\t"},
    ),
    Case(
        "the other sign for micro",
        "Charge;Tag;Korn (\u03bcm)\nB1;4.5.2026;7,5",
        ["B1 7.5"],
        columns={"Korn (\u00b5m)": {"holds": "number", "unit": "um", "name": "korn"}, "Wert": {"optional": "true"}},
        record={"tests": ["Wert", "Korn (\u00b5m)"]},
    ),
    Case("units beneath the header", f"{HEADER}\n;;%\nB1;4.5.2026;98,7", ["B1 98.7"], file={"units_row": "true"}),
    Case(
        "other units beneath the header",
        f"{HEADER}\n;;mg\nB1;4.5.2026;98,7",
        refused={2: "the row of units"},
        file={"units_row": "true"},
    ),
    Case("a block above", f"Bericht;;\nGedruckt;4.5.2026;\n\n{HEADER}\nB1;3.5.2026;98,7", ["B1 98.7"], left_out=2),
    Case(
        "a mean and a signature below",
        f"{HEADER}\nB1;4.5.2026;98,7\nMittel;;98,7\nEnde",
        ["B1 98.7"],
        left_out=2,
        file={"ends_at": ["Mittel"]},
    ),
    Case("lines that end in the separator", f"{HEADER};\nB1;4.5.2026;98,7;", ["B1 98.7"]),
    Case(
        "a cell behind the last column",
        f"{HEADER}\nB1;4.5.2026;98,7;\nB2;4.5.2026;98,7;?",
        ["B1 98.7"],
        {3: "too many"},
    ),
    Case(
        "tests in rows, lots in columns",
        "Test;B1;B2\nTag;4.5.2026;5.5.2026\nWert;98,7;98,8",
        ["B1 98.7", "B2 98.8"],
        file={"transposed": "true"},
        columns={"Charge": {"aliases": ["Test"]}},
    ),
    Case(
        "no header",
        "B1;4.5.2026;98,7\nB2;4.5.2026;98,8",
        ["B1 98.7", "B2 98.8"],
        file={"header": "none"},
        columns={"Charge": {"position": "1"}, "Tag": {"position": "2"}, "Wert": {"position": "3"}},
    ),
    Case(
        "one name twice",
        f"{HEADER};Wert\nB1;4.5.2026;98,7;98,8",
        ["B1 98.7", "B1 98.8"],
        columns={
            "Wert": {"position": "3"},
            "Zweiter": {"holds": "number", "unit": "%", "position": "4", "aliases": ["Wert"], "name": "gehalt 2"},
        },
        record={"tests": ["Wert", "Zweiter"]},
    ),
    Case("one name twice, and no position", f"{HEADER};Wert\nB1;4.5.2026;98,7;98,8", refused={1: "say its position"}),
    Case(
        "rows by their status",
        f"{HEADER};Stand\nB1;4.5.2026;98,7;frei\nB2;4.5.2026;91;vorab",
        ["B1 98.7"],
        left_out=1,
        file={"take": {"Stand": ["frei"]}},
        columns={"Stand": {"holds": "text"}},
    ),
    Case(
        "the day of receipt", "Charge;Wert\nB1;98,7", ["B1 98.7"], columns={"Tag": {"format": None, "received": "true"}}
    ),
    Case(
        "the day in the file's name",
        "Charge;Wert\nB1;98,7",
        ["B1 98.7"],
        columns={"Tag": {"format": "YYYYMMDD", "file_name": "_([0-9]{8})"}},
    ),
    Case(
        "the day in the block above",
        "Gedruckt;4.5.2026\n\nCharge;Wert\nB1;98,7",
        ["B1 98.7"],
        left_out=1,
        columns={"Tag": {"above": "Gedruckt"}},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_table_is_found_or_refused_with_what_would_be_right(case: Case) -> None:
    check(case)
