"""A workbook's column in which some cells are shown in percent and others are plain numbers."""

from datetime import date
from typing import Any

import pytest

from partner_feeds.language import load
from partner_feeds.translation.files import translate
from tests.workbook_files import HEADER, MAPPING, NOW, formatted, read, refusals, results, workbook

MADE = date(2026, 2, 3)
AS_SHOWN = "percent_cells: as_shown"


@pytest.mark.parametrize("plain", [0.984, 98.4])
@pytest.mark.parametrize(("in_percent", "other"), [(2, 3), (3, 2)])
def test_where_both_stand_in_a_column_no_row_is_taken(plain: float, in_percent: int, other: int) -> None:
    values = {in_percent: 0.982, other: plain}
    content = workbook(
        HEADER, *(["L-1", MADE, values[row]] for row in (2, 3)), change=formatted(f"C{in_percent}", "0.0%")
    )
    answers = read(content, AS_SHOWN)
    assert not results(answers)
    ((row, field, reason),) = refusals(answers)
    assert (row, field) == (other, "Purity")
    assert f"is a plain number, and row {in_percent} shows 98.2 % of one that is stored as a share" in reason
    assert "no row of the file was taken: give all cells of the column one format" in reason


@pytest.mark.parametrize(
    ("options", "format_", "second", "taken"),
    [
        (AS_SHOWN, "0.0%", "98,4", ["98.2", "98.4"]),
        (AS_SHOWN + "\nmissing: ['999']", "0.0%", 999, ["98.2"]),
        (AS_SHOWN, "General", 0.984, ["0.982", "0.984"]),
        ("percent_cells: as_stored", "0.0%", 0.984, ["0.982", "0.984"]),
    ],
)
def test_what_is_in_no_doubt_is_taken(options: str, format_: str, second: Any, taken: list[str]) -> None:
    content = workbook(HEADER, ["L-1", MADE, 0.982], ["L-2", MADE, second], change=formatted("C2", format_))
    answers = read(content, options)
    assert [str(value) for _, _, value in results(answers)] == taken
    assert not refusals(answers)


@pytest.mark.parametrize(("unit", "number", "taken"), [("mg", 250, 2), ("%", 0.984, 0)])
def test_a_column_of_several_units_has_one_format_for_each(unit: str, number: float, taken: int) -> None:
    given = MAPPING.format(options=AS_SHOWN, unit="%", made="D.M.YYYY", purity="")
    mapping = load(given.replace('unit: "%"}', "unit_column: Unit}\n  Unit: {holds: text}"))
    rows = [*HEADER, "Unit"], ["L-1", MADE, 0.982, "%"], ["L-2", MADE, number, unit]
    content = workbook(*rows, change=formatted("C2", "0.0%"))
    assert len(results(list(translate(mapping, [content], now=NOW)))) == taken
