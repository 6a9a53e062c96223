"""Sheets that say of their rows and cells what cannot be: nothing is taken of what is in doubt, nor lost in silence."""

import io
import re
import zipfile
from datetime import date

import pytest

from tests.workbook_files import GOOD, HEADER, SHEET, edited, read, refusals, results, workbook

ROWS = [["L-1", date(2026, 2, 3), 98.1], ["L-2", date(2026, 2, 3), 98.2], ["L-3", date(2026, 2, 3), 98.3], GOOD]
CONTENT = workbook(HEADER, *ROWS)


def lots(content: bytes) -> list[str]:
    return [lot for lot, *_ in results(read(content))]


def numbered(was: int, becomes: str) -> bytes:
    """The file in which a row, and its cells, have another number."""
    with zipfile.ZipFile(io.BytesIO(CONTENT)) as archive:
        (row,) = re.findall(rf'<row r="{was}".*?</row>', archive.read(SHEET).decode())
    moved = re.sub(rf'r="([A-Z]*){was}"', lambda found: f'r="{found[1]}{becomes}"', row)
    return edited(CONTENT, SHEET, re.escape(row), moved)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("-3", "a row has the number -3, behind row 2"),
        ("0", "a row has the number 0, behind row 2"),
        ("9999999", "a row has the number 9999999, behind row 2"),
        ("2", "row 2 stands twice"),
        ("1", "row 1 stands behind row 2"),
        ("x", "a row has the number x, behind row 2"),
    ],
)
def test_a_row_that_does_not_ascend_ends_the_file(number: str, reason: str) -> None:
    content = numbered(3, number)
    assert lots(content) == ["L-1"], "what stands before it is taken"
    ((_, _, why),) = refusals(read(content))
    assert why.startswith(f"damaged: {reason}")
    assert "what follows was not read" in why


def test_a_row_that_is_left_out_is_no_damage() -> None:
    assert lots(numbered(5, "9")) == ["L-1", "L-2", "L-3", "L-9"]


@pytest.mark.parametrize(
    ("cell", "becomes", "reason"),
    [
        ("B3", "C3", "cell C3 stands twice"),
        ("C3", "A3", "cell A3 stands behind others to its right"),
        ("C3", "C4", "cell C4 stands in row 3"),
    ],
)
def test_a_cell_that_does_not_ascend_ends_the_file(cell: str, becomes: str, reason: str) -> None:
    content = edited(CONTENT, SHEET, f'<c r="{cell}"', f'<c r="{becomes}"')
    assert lots(content) == ["L-1"]
    assert [why.split(":")[1].strip() for _, _, why in refusals(read(content))] == [reason]


def test_a_text_with_a_number_below_zero_is_none() -> None:
    content = edited(CONTENT, SHEET, 't="inlineStr"><is><t>L-2</t></is>', 't="s"><v>-2</v>')
    with zipfile.ZipFile(file := io.BytesIO(content), "a") as archive:
        archive.writestr("xl/sharedStrings.xml", "<sst><si><t>L-7</t></si><si><t>L-8</t></si></sst>")
    assert lots(file.getvalue()) == ["L-1"]
    assert "there is no text -2" in refusals(read(file.getvalue()))[0][2]
