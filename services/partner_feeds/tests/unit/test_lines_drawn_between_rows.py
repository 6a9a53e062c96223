"""Lists for printers and tables of Markdown: lines drawn between rows are none, nor is the mark at a text's end."""

import pytest

from tests.laboratory_files import HEADER, Case, check

_LIST = (
    "------------------------------\n|Charge|Tag     |Wert |\n------------------------------\n"
    "|B1    |4.5.2026| 98,7|\n|B2    |5.5.2026| 98,8|\n------------------------------\n"
)
_BAR = {"delimiter": "|"}

CASES = [
    Case("a list of a printer", _LIST, ["B1 98.7", "B2 98.8"], file=_BAR),
    Case("with bars around its lines", _LIST.replace("\n---", "\n|---"), ["B1 98.7", "B2 98.8"], file=_BAR),
    Case(
        "a table of Markdown",
        "| Charge | Tag | Wert |\n|:-------|-----|-----:|\n| B1 | 4.5.2026 | 98,7 |\n",
        ["B1 98.7"],
        file=_BAR,
    ),
    Case("a grid", f"{HEADER}\n====+====+====\nB1;4.5.2026;98,7\n----\t-----\n", ["B1 98.7"]),
    Case(
        "a line that ends the table",
        f"{HEADER}\nB1;4.5.2026;98,7\n-----\nGesamt;;",
        ["B1 98.7"],
        left_out=2,
        file={"ends_at": ["---*"]},
    ),
    Case("dashes in cells", f"{HEADER}\n-;-;-", refused={2: "is no number"}),
    Case("the mark that ends a text of DOS", f"{HEADER}\r\nB1;4.5.2026;98,7\r\n\x1a", ["B1 98.7"]),
    Case("the mark behind the last cell", f"{HEADER}\r\nB1;4.5.2026;98,7\x1a", ["B1 98.7"]),
    Case("the mark between rows", f"{HEADER}\nB1;4.5.2026;98,7\x1a\nB2;4.5.2026;98,7", ["B2 98.7"], {2: "U+001A"}),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_drawn_is_passed_over(case: Case) -> None:
    check(case)
