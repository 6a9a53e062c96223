"""Whether a file's days and months are in the order that the mapping says: seen in all of it, before a row is taken.

03/04/2026 is a date in either order. Where another cell of the column, such as 03/25/2026, is one in the other alone,
each such date of the file may be wrong, and nobody would see it.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from partner_feeds.language.columns import DateColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import Row
from partner_feeds.records.answers import Refused, refused
from partner_feeds.translation.cells import texts_of
from partner_feeds.translation.header import Header
from partner_feeds.values.dates import DayAndMonth


class _Column:
    """What the cells of one column show of their order."""

    def __init__(self, name: str, column: DateColumn, header: Header, shared: dict[str, str]) -> None:
        self.name, self.text_of = name, texts_of(name, column, header, shared)
        self.impossible: tuple[int, str] | None = None
        self.ambiguous: tuple[int, str] | None = None
        self._shows: Callable[[str], DayAndMonth | None] = lru_cache(maxsize=1024)(column.compiled.order_of)

    def look(self, row: Row) -> None:
        """Keep the first cell of each kind."""
        text = self.text_of(row.cells).strip()
        shows = self._shows(text)
        if shows is DayAndMonth.exchanged:
            self.impossible = self.impossible or (row.number, text)
        elif shows is DayAndMonth.either:
            self.ambiguous = self.ambiguous or (row.number, text)


def order_in_doubt(
    mapping: Mapping, header: Header, shared: dict[str, str], read_again: Callable[[], Iterable[Row]]
) -> Refused | None:
    """The refusal of a whole file; None where no date is in doubt. Reads all of it, if it has dates that could be."""
    columns = [
        _Column(name, column, header, shared)
        for name, column in mapping.columns.items()
        if name in header.positions and isinstance(column, DateColumn) and column.compiled.has_order
    ]
    if not columns:
        return None
    for row in read_again():
        for column in columns:
            column.look(row)
            if column.impossible and column.ambiguous:
                return _refused(column.name, mapping, column.impossible, column.ambiguous)
    return None


def _refused(name: str, mapping: Mapping, impossible: tuple[int, str], ambiguous: tuple[int, str]) -> Refused:
    column = mapping.columns[name]
    formats = " or ".join(column.format) if isinstance(column, DateColumn) else ""
    reason = (
        f"day and month can only be the other way round than in {formats}, and so row {ambiguous[0]} with "
        f"{ambiguous[1]} may be either: no row of the file was taken; correct the format in the mapping, or this cell"
    )
    return refused(impossible[0], name, impossible[1], reason)
