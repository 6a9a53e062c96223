"""Whether a file's days and months are in the order that the mapping says: seen in all of it, before a row is taken.

03/04/2026 is a date in either order. Where another cell, such as 03/25/2026, is one in the other alone, each such date
of the file may be wrong, and nobody would see it.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from partner_feeds.language.columns import DateColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import Row
from partner_feeds.records.answers import Refused, refused
from partner_feeds.translation.cells import read_texts_of
from partner_feeds.translation.header import Header
from partner_feeds.values.date_formats import AnyOf, Format, Ordered
from partner_feeds.values.dates import DayAndMonth
from partner_feeds.values.texts import as_read

Cell = tuple[str, int, str]
"""A column, a row, and the text that stands there."""


class _OfOneFormat:
    """What the cells of one format show of the order of day and month, in whichever column they stand."""

    def __init__(self, format_: Ordered) -> None:
        self.format = format_
        self.order_of = lru_cache(maxsize=1024)(format_.order_of)
        self.seen: dict[DayAndMonth, Cell] = {}
        """The first cell of each kind."""

    @property
    def in_doubt(self) -> tuple[Cell, Cell] | None:
        """A cell that is a date in the other order alone, and one that is a date in either."""
        found = self.seen.get(DayAndMonth.exchanged), self.seen.get(DayAndMonth.either)
        return (found[0], found[1]) if found[0] and found[1] else None

    @property
    def only_small_days(self) -> Cell | None:
        """A cell that is a date in either order, where none proves which."""
        return None if DayAndMonth.clear in self.seen else self.seen.get(DayAndMonth.either)


class DateOrder:
    """Looks at a file's dates for what shows their order."""

    def __init__(self, mapping: Mapping, header: Header, shared: dict[str, str]) -> None:
        kinds: dict[str, _OfOneFormat] = {}
        self._columns = []
        for name, column in mapping.columns.items():
            if name in header.positions and isinstance(column, DateColumn) and column.compiled.has_order:
                formats = zip(column.format, _each(column.compiled), strict=True)
                own = [kinds.setdefault(text, _OfOneFormat(one)) for text, one in formats if isinstance(one, Ordered)]
                self._columns.append((name, read_texts_of(name, column, header, shared), own))
        self.is_settled = not self._columns

    def look(self, row: Row) -> Refused | None:
        """The refusal of the file, where this row leaves no doubt that its dates are in doubt."""
        for name, text_of, own in self._columns:
            text = as_read(text_of(row.cells))
            for kind in own:
                if (shows := kind.order_of(text)) and shows not in kind.seen:
                    kind.seen[shows] = name, row.number, text
                    if doubt := kind.in_doubt:
                        return _exchanged(kind.format, *doubt)
        return None

    def verdict(self) -> Refused | None:
        """The refusal of the file, when all its rows were seen."""
        return next((doubt for _, _, own in self._columns for doubt in _mixed(own)), None)


def _each(compiled: Format) -> Iterable[Format]:
    return compiled.formats if isinstance(compiled, AnyOf) else [compiled]


def _exchanged(format_: Ordered, impossible: Cell, ambiguous: Cell) -> Refused:
    reason = (
        f"day and month can only be the other way round than in {format_.text}, and so row {ambiguous[1]} with "
        f"{ambiguous[2]} may be either: no row of the file was taken; correct the format in the mapping, or this cell"
    )
    return refused(impossible[1], impossible[0], impossible[2], reason)


def _mixed(formats: list[_OfOneFormat]) -> Iterator[Refused]:
    """A column whose days above twelve are all of one format, and of another in the other order none is.

    So it is where a spreadsheet of one country opened a file of another: what it could read as a date, it exchanged.
    A date that begins with its year each of them reads rightly.
    """
    for one in formats:
        for other in formats:
            small, clear = one.only_small_days, other.seen.get(DayAndMonth.clear)
            if other.format.year_first:
                continue
            if small and clear and one.format.day_first is not other.format.day_first:
                reason = (
                    f"a date in either order, of the form {one.format.text}, and row {clear[1]} has {clear[2]}, of the "
                    f"form {other.format.text}: a spreadsheet may have exchanged its day and month; no row of the file "
                    "was taken; export the dates in one form"
                )
                yield refused(small[1], small[0], small[2], reason)
