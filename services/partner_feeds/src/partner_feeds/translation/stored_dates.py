"""Whether a workbook's stored dates may be exchanged: looked for before a row is taken.

Opened by a program that puts the day first, 03/04/2026 becomes a stored date, the wrong one, and 03/25/2026, which that
program cannot read, stays a text.
"""

import re

from partner_feeds.language.any_column import PLACEHOLDER
from partner_feeds.language.columns import DateColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import Row
from partner_feeds.readers.stored import Stored
from partner_feeds.records.answers import Refused, refused
from partner_feeds.translation.header import Header

_STORED = re.compile(r"[0-9]{4}-([0-9]{2})-([0-9]{2})").match
_WRITTEN = re.compile(r"([0-9]{1,2})[-./ ]{1,2}([0-9]{1,2})[-./ ]{1,2}([0-9]{4}|[0-9]{2})(?![0-9])").match


class _Column:
    """What one column of a workbook shows of dates that a program made of texts."""

    def __init__(self, name: str, column: DateColumn, header: Header) -> None:
        self.name, self._place = name, header.positions[name]
        self._short_years = column.compiled.has_order
        self.proven = False
        """Whether a stored date has a day above 12, which no program makes of a month."""
        self.stored: tuple[int, str] | None = None
        self.text: tuple[int, str] | None = None

    def look(self, row: Row) -> None:
        """Keep the first stored date that may be exchanged, and the first text that shows its day."""
        cell = row.cells[self._place]
        if not isinstance(cell, Stored):
            if self.text is None and self._shows_its_day(cell.strip()):
                self.text = row.number, cell.strip()
        elif cell.kind in ("day", "instant") and (found := _STORED(cell)):
            self.proven = self.proven or int(found[2]) > 12
            if self.stored is None and found[1] != found[2]:
                self.stored = row.number, found[0]

    def _shows_its_day(self, text: str) -> bool:
        found = _WRITTEN(text)
        if found is None or not (len(found[3]) == 4 or self._short_years):
            return False
        smaller, larger = sorted((int(found[1]), int(found[2])))
        return 1 <= smaller <= 12 < larger <= 31


class StoredDates:
    """Looks at a workbook's dates, until each column has a proof."""

    def __init__(self, mapping: Mapping, header: Header) -> None:
        self._columns = [
            _Column(each, column, header)
            for name, column in mapping.columns.items()
            if mapping.format == "xlsx" and isinstance(column, DateColumn)
            for each in (PLACEHOLDER.findall(column.of) if column.of else [name])
            if each in header.positions
        ]

    @property
    def is_settled(self) -> bool:
        """Whether nothing is in doubt, whatever comes."""
        return all(column.proven for column in self._columns)

    def look(self, row: Row) -> None:
        """See a row."""
        for column in self._columns:
            column.look(row)

    def verdict(self) -> Refused | None:
        """The refusal of the workbook, when all its rows were seen."""
        return next((doubt for column in self._columns if (doubt := _mixed(column))), None)


def _mixed(column: _Column) -> Refused | None:
    if column.proven or column.stored is None or column.text is None:
        return None
    (number, stored), (row, text) = column.stored, column.text
    reason = (
        f"this is text, and row {number} is stored as the date {stored}: a program that takes the day for the month "
        "makes wrong dates of those that it can read, and leaves the others as text; as no stored date has a day above "
        "12, nothing shows that they are right, and no row of the file was taken: write the column all as text, or all "
        "as dates"
    )
    return refused(row, column.name, text, reason)
