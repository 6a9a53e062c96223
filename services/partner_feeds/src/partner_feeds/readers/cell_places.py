"""Where the rows and cells of a sheet stand: each behind the one before it, or the file is damaged."""

from openpyxl.utils.cell import column_index_from_string

from partner_feeds.readers.workbook import Damaged

MOST_ROWS = 1_048_576
"""Of a sheet, in the programs that write it."""

_SAVE = "what follows was not read; open the file in a spreadsheet, look at the row, and save it as .xlsx"


def row_number(given: str | None, before: int) -> int:
    """The number of a row; where none is given, the next one. Raises Damaged where it does not ascend."""
    if given is None:
        return before + 1
    if not (given.isascii() and given.isdecimal()) or not 1 <= (number := int(given[:10])) <= MOST_ROWS:
        raise Damaged(f"damaged: a row has the number {given[:20]}, behind row {before}, and no sheet has it: {_SAVE}")
    if number <= before:
        how = "twice" if number == before else f"behind row {before}"
        raise Damaged(f"damaged: row {number} stands {how}: {_SAVE}")
    return number


def cell_place(given: str | None, row: int, before: int) -> int:
    """The place of a cell's column, from 1; where none is given, the next one. Raises Damaged where it does not ascend,
    or the cell is one of another row, and ValueError for what is no place."""
    if given is None:
        return before + 1
    letters = given.rstrip("0123456789")
    place = column_index_from_string(letters)
    if given[len(letters) :] not in ("", str(row)):
        raise Damaged(f"damaged: cell {given[:20]} stands in row {row}: {_SAVE}")
    if place <= before:
        how = "twice" if place == before else "behind others to its right"
        raise Damaged(f"damaged: cell {letters}{row} stands {how}: {_SAVE}")
    return place
