"""Files with more than their table: other tables, labels that come again. No row is read as one of another table."""

import pytest

from tests.laboratory_files import HEADER, Case, check

ROW = "B1;4.5.2026;98,7"
OTHER = "what follows is of another table"

CASES = [
    Case(
        "another table below",
        f"{HEADER}\n{ROW}\nCharge;Tag;Wasser\nB1;4.5.2026;0,4",
        ["B1 98.7"],
        {3: OTHER},
        left_out=1,
    ),
    Case(
        "its columns in another order",
        f"{HEADER}\n{ROW}\nCharge;Wert;Tag\nB2;0,4;4.5.2026",
        ["B1 98.7"],
        {3: OTHER},
        left_out=1,
    ),
    Case(
        "its first column of another name",
        f"{HEADER}\n{ROW}\nProbe;Tag;Wert\nP2;5.5.2026;0,4",
        ["B1 98.7"],
        {3: OTHER},
        left_out=1,
    ),
    Case(
        "though the first column says that it is skipped",
        f"{HEADER}\n{ROW}\nCharge;Wert;Tag\nB2;0,4;4.5.2026",
        ["B1 98.7"],
        {3: OTHER},
        left_out=1,
        file={"skip": {"Charge": ["Charge"]}},
    ),
    Case(
        "a page's header once more, left out",
        f"{HEADER}\n{ROW}\n{HEADER}\nB2;4.5.2026;98,8",
        ["B1 98.7", "B2 98.8"],
        left_out=1,
        file={"skip": {"Charge": ["Charge"]}},
    ),
    Case(
        "the same once more",
        f"{HEADER}\n{ROW}\n{HEADER}\nB2;4.5.2026;98,8",
        ["B1 98.7", "B2 98.8"],
        {3: "repeated here"},
    ),
    Case(
        "a repeated header that is all numbers",
        "7;8;9\n1;4.5.2026;98,7\n7;8;9",
        ["1 98.7"],
        {3: "repeated here"},
        columns={"Charge": {"aliases": ["7"]}, "Tag": {"aliases": ["8"]}, "Wert": {"aliases": ["9"]}},
    ),
    Case(
        "a second certificate below the first",
        "Tag: 4.5.2026;\nCharge;Wert\nB1;98,7\nTag: 5.5.2026;\nCharge;Wert\nB2;91,0",
        ["B1 98.7"],
        {4: "'Tag' stands here again"},
        left_out=3,
        columns={"Tag": {"above": "Tag"}},
    ),
    Case(
        "a second certificate whose label stands beside another",
        "Produkt;P1;Tag: 4.5.2026\nCharge;Wert\nB1;98,7\nProdukt;P1;Tag: 5.5.2026\nCharge;Wert\nB2;91,0",
        ["B1 98.7"],
        {4: "'Tag' stands here again"},
        left_out=3,
        file={"skip": {"Charge": ["Produkt", "Charge"]}},
        columns={"Tag": {"above": "Tag"}},
    ),
    Case(
        "the header once more where a label stands above",
        "Tag: 4.5.2026;\nCharge;Wert\nB1;98,7\nCharge;Wert\nB2;91,0",
        ["B1 98.7"],
        {4: "repeated here"},
        left_out=2,
        columns={"Tag": {"above": "Tag"}},
    ),
    Case(
        "a label that is a word of the rows",
        "B1;4.5.2026\nCharge;Wert\nB1;98,7\nB1;98,8",
        ["B1 98.7", "B1 98.8"],
        left_out=1,
        columns={"Tag": {"above": "B1"}},
    ),
    Case(
        "the table behind a line, with the day of its own block",
        "[A]\nTag;1.1.2026\nCharge;Wert\nB0;1,0\n\n[B]\nTag;4.5.2026\nCharge;Wert\nB1;98,7\n\nFehler;3",
        ["B1 98.7"],
        left_out=7,
        file={"header": {"after": "[B]"}, "ends_at": [""]},
        columns={"Tag": {"above": "Tag"}},
    ),
    Case(
        "no such line", f"{HEADER}\n{ROW}", refused={1: "no line begins with '[B]'"}, file={"header": {"after": "[B]"}}
    ),
    Case(
        "a blank line ends it", f"{HEADER}\n{ROW}\n;;\nB2;4.5.2026;1", ["B1 98.7"], left_out=1, file={"ends_at": [""]}
    ),
    Case(
        "a label with an equals sign",
        "* Gedruckt = 4.5.2026\nCharge;Wert\nB1;98,7",
        ["B1 98.7"],
        left_out=1,
        columns={"Tag": {"above": "* Gedruckt"}},
    ),
    Case(
        "the day and the time above it",
        "Tag;4.5.2026\nZeit;08:05\nCharge;Wert\nB1;98,7",
        ["B1 98.7"],
        left_out=2,
        columns={
            "Am": {"holds": "text", "above": "Tag"},
            "Um": {"holds": "text", "above": "Zeit"},
            "Tag": {"of": "{Am} {Um}", "format": "D.M.YYYY hh:mm"},
        },
    ),
]
ROWS = [
    Case(
        "rows that end early",
        f"{HEADER};Rest\n{ROW}\nB2;4.5.2026;98,8;x",
        ["B1 98.7", "B2 98.8"],
        file={"short_rows": "blank", "unknown_columns": "ignore"},
    ),
    Case(
        "rows that end early, and nothing says that they may",
        f"{HEADER};Rest\n{ROW}",
        refused={2: "too few cells"},
        file={"unknown_columns": "ignore"},
    ),
    Case(
        "a comma too many beside a blank cell", f"{HEADER}\n{ROW}\nB2;4.5.2026;98;", ["B1 98.7"], {3: "too many cells"}
    ),
    Case("a blank cell behind every row", f"{HEADER}\n{ROW};\nB2;4.5.2026;98,8;", ["B1 98.7", "B2 98.8"]),
    Case(
        "a lot that stands once",
        f"{HEADER}\n{ROW}\n;5.5.2026;98,8",
        ["B1 98.7", "B1 98.8"],
        columns={"Charge": {"fill_down": "true"}},
    ),
    Case(
        "a lot that stands once, below a row that cannot be read",
        f"{HEADER}\n{ROW}\nB2;5.5.2026\n;5.5.2026;98,8",
        ["B1 98.7"],
        {3: "too few", 4: "nothing that could be read stands above"},
        columns={"Charge": {"fill_down": "true"}},
    ),
    Case(
        "no header, and a title",
        "Bericht 7\nB1;4.5.2026;98,7;;\nB2;4.5.2026;98,8;;",
        ["B1 98.7", "B2 98.8"],
        left_out=1,
        file={"header": "none", "first_row": "2"},
        columns={"Charge": {"position": "1"}, "Tag": {"position": "2"}, "Wert": {"position": "3"}},
    ),
    Case("a column whose name is blank", f";Tag;Wert\n{ROW}", ["B1 98.7"], columns={"Charge": {"position": "1"}}),
    Case(
        "a cell beneath a column without name",
        "Charge;;Tag;Wert\nB1;;4.5.2026;98,7\nB2;x;4.5.2026;98,8",
        ["B1 98.7"],
        {3: "column 2 has no name in the header: say its position"},
    ),
    Case(
        "a first row that is left out tells no width",
        f"{HEADER};Art\n---;;;\nB1;4.5.2026;98,7;P;\nB2;4.5.2026;98,8;P;",
        ["B1 98.7", "B2 98.8"],
        left_out=1,
        file={"skip": {"Charge": ["---"]}, "unknown_columns": "ignore"},
    ),
    Case(
        "a new lot without its day",
        f"{HEADER}\n{ROW}\nB2;;98,8",
        ["B1 98.7"],
        {3: "nothing that could be read stands above"},
        columns={"Charge": {"fill_down": "true"}, "Tag": {"fill_down": "true"}},
    ),
    Case(
        "words that differ in their letters, each listed",
        f"{HEADER};Stand\n{ROW};A\nB2;4.5.2026;91;a",
        ["B1 98.7"],
        left_out=1,
        file={"take": {"Stand": ["A"]}, "skip": {"Stand": ["a"]}},
        columns={"Stand": {"holds": "text"}},
    ),
    Case(
        "withdrawn in other letters",
        f"{HEADER};Stand\nB1;4.5.2026;98,7;x\nB2;4.5.2026;91;X",
        ["B2 voided"],
        {2: "is written otherwise under void"},
        columns={"Stand": {"holds": "text"}},
        record={"void": {"Stand": ["X"]}},
    ),
    Case(
        "withdrawn in words that are not listed",
        f"{HEADER};Stand\nB1;4.5.2026;98,7;Cancelled by QA\nB2;4.5.2026;91;ungültig\nB3;4.5.2026;92;frei\n"
        "B4;4.5.2026;93;X",
        ["B3 92", "B4 voided"],
        {2: "may take the result back", 3: "may take the result back: list it under void"},
        columns={"Stand": {"holds": "text"}},
        record={"void": {"Stand": ["X"]}},
    ),
    Case("English months", f"{HEADER}\nB1;04-May-2026;98,7", ["B1 98.7"], columns={"Tag": {"format": "DD-MMM-YYYY"}}),
    Case(
        "a status with a wide blank",
        f"{HEADER};Stand\n{ROW};frei\u00a0gegeben\nB2;4.5.2026;91;vorab",
        ["B1 98.7"],
        left_out=1,
        file={"take": {"Stand": ["frei gegeben"]}},
        columns={"Stand": {"holds": "text"}},
    ),
    Case(
        "a status in other letters",
        f"{HEADER};Stand\n{ROW};frei\nB2;4.5.2026;91;FREI\nB3;4.5.2026;91;frei, OOS",
        ["B1 98.7"],
        {3: "is written otherwise under take"},
        left_out=1,
        file={"take": {"Stand": ["frei"]}},
        columns={"Stand": {"holds": "text"}},
    ),
]


@pytest.mark.parametrize("case", [*CASES, *ROWS], ids=lambda case: case.name)
def test_each_row_is_of_its_table_or_refused(case: Case) -> None:
    check(case)
