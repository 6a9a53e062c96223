"""Whether a column of a workbook has shares in percent and plain numbers: looked for before a row is taken.

Of a cell that stores 0.982 and shows 98.2 % the mapping takes what is shown. Where the cell below lost its format, its
0.984 would be 0.984 %, and nobody would see it.
"""

from partner_feeds.language.columns import NumberColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import Row
from partner_feeds.readers.stored import Stored
from partner_feeds.records.answers import Refused, refused
from partner_feeds.translation.header import Header
from partner_feeds.values.texts import as_word


class _Column:
    """Of one column, by the unit of its rows: the first cell that is shown in percent, and the first plain number."""

    def __init__(self, name: str, column: NumberColumn, mapping: Mapping, header: Header) -> None:
        self._name, self._place = name, header.positions[name]
        self._known = frozenset(map(as_word, (*mapping.missing, *column.missing, *column.words)))
        """Of these the mapping says what they mean, whatever their format."""
        self._unit = header.positions.get(column.unit_column or "")
        self._seen: dict[tuple[str, str], tuple[int, str]] = {}

    def look(self, row: Row) -> Refused | None:
        """The refusal of the workbook, where cells of one unit are of both kinds."""
        cell = row.cells[self._place]
        # A unit that is shown behind the number says what it is.
        if not isinstance(cell, Stored) or cell.kind not in ("percent", "number") or cell.unit or cell in self._known:
            return None
        unit = "" if self._unit is None else row.cells[self._unit].strip()
        self._seen.setdefault((cell.kind, unit), (row.number, str(cell)))
        percent, plain = self._seen.get(("percent", unit)), self._seen.get(("number", unit))
        return _mixed(self._name, percent, plain) if percent and plain else None


class PercentCells:
    """Looks at a workbook's numbers, where the mapping takes shares in percent as they are shown."""

    def __init__(self, mapping: Mapping, header: Header) -> None:
        self._columns = [
            _Column(name, column, mapping, header)
            for name, column in mapping.columns.items()
            if mapping.format == "xlsx"
            and mapping.percent_cells == "as_shown"
            and name in header.positions
            and isinstance(column, NumberColumn)
            and (column.unit == "%" or column.unit_column)
            and not column.of
        ]
        self.is_settled = not self._columns

    def look(self, row: Row) -> Refused | None:
        """The refusal of the workbook, where this row's format of a number is another than one before."""
        return next((doubt for column in self._columns if (doubt := column.look(row))), None)

    def verdict(self) -> None:
        """Nothing is open when all rows were seen."""


def _mixed(name: str, percent: tuple[int, str], plain: tuple[int, str]) -> Refused:
    reason = (
        f"is a plain number, and row {percent[0]} shows {percent[1]} % of one that is stored as a share: which of both "
        "this is nothing shows, and no row of the file was taken: give all cells of the column one format"
    )
    return refused(plain[0], name, plain[1], reason)
