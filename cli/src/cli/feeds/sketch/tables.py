"""Where in a file the table of results stands: rows of one width below a header that names what is in them."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from cli.feeds.sketch.cells import Look, look_of
from cli.feeds.sketch.roles import names_samples, role_of
from cli.feeds.sketch.table_rows import ROWS, are_units, cell_of, kinds_of, rows_and_units
from partner_feeds.readers.rows import Row
from partner_feeds.translation.header import names_in
from partner_feeds.translation.table import joined

LIKELY: Final = 0.4
"""Of the best table's score: another that has so much may be the one that is meant."""

_BESIDE = re.compile(
    r"calib|curve|layout|plate ?map|plate info|background|formula|standard|exception|settings|comment|parameter",
    re.IGNORECASE,
).search
"""In titles of tables that are no results."""
_BESIDE_NAMES = re.compile(r"calib|expir", re.IGNORECASE).search
_RESULTS = re.compile(r"result|ergebnis|sample|details", re.IGNORECASE).search
_WEIGHTS: Final = {Look.number: 1.0, Look.date: 1.0, Look.nothing: 0.5, Look.text: 0.25}
"""Of a column whose name is a text, by what stands below it: texts over texts hardly tell a header from a row."""
_MOST_LINES: Final = 1_000
"""A mapping can say no line beyond."""
_FOR_TITLE, _FOR_UNNAMED = 1.5, 0.7
"""By which a score is multiplied where a title speaks of results, and where a filled column has no name."""
_LETTER, _COUNT = re.compile("[A-P]").fullmatch, re.compile("0?[0-9]{1,2}").fullmatch
_LONGEST_NAME: Final = 200
_NEAR: Final = 6
"""Lines above a header among which its title stands."""
_DISTINCT: Final = 0.6
"""Of a header's names: a plate's map names a standard three times."""


@dataclass(frozen=True, slots=True)
class Table:
    """A header, and the rows that are of it."""

    header: Row
    lines: int
    """Of which the header is."""
    names: list[str]
    """By their places; blank for a column without a name."""
    rows: list[Row]
    behind: Row | None
    """The first row below that is not of the table."""
    title: str
    units: Row | None
    """The row beneath the header that states the columns' units."""
    score: float
    """How much data stands in it, and how well its columns are named."""
    is_likely: bool
    """False for what its title or names say is something beside the results, and for the grid of a plate."""

    @property
    def unnamed(self) -> list[int]:
        """Places of columns without a name in which something stands."""
        return [
            at for at, name in enumerate(self.names) if not name and any(cell_of(row, at).strip() for row in self.rows)
        ]

    @property
    def numbers(self) -> set[int]:
        """Of its lines."""
        return {row.number for row in (self.header, self.units, *self.rows) if row}


def tables_in(rows: Sequence[Row]) -> list[Table]:
    """The tables of a file, the likeliest to hold its results first. No row is of two."""
    found: list[Table] = []
    each_header = (_table_at(rows, at, 2) or _table_at(rows, at, 1) for at in range(min(len(rows), _MOST_LINES)))
    for table in sorted(filter(None, each_header), key=lambda each: -each.score):
        if all(table.numbers.isdisjoint(other.numbers) for other in found):
            found.append(table)
    return sorted(found, key=lambda each: (not each.is_likely, -each.score))


def _table_at(rows: Sequence[Row], at: int, lines: int) -> Table | None:
    """The table whose header begins in this row; None where it is no header."""
    header, ends = [rows[at]], at + 1
    while len(header) < lines and ends < len(rows):
        header += [rows[ends]] if rows[ends].cells else []
        ends += 1
    if len(header) < lines or not (_may_be_header(header[0].cells) if lines == 1 else _are_one_header(header)):
        return None
    names = [" ".join(name.split()) for name in joined(header).cells]
    while names and not names[-1]:
        names.pop()
    units, below, behind = rows_and_units(rows[ends : ends + 2 * ROWS], names, one_line=lines == 1)
    evidence = _evidence(names, below)
    if evidence < 1:
        return None
    title = _title(rows[max(0, at - _NEAR) : at])
    is_beside = bool(_BESIDE(title)) or sum(bool(_BESIDE_NAMES(name)) for name in names) > 1
    score = evidence * math.log2(1 + len(below)) * (_FOR_TITLE if _RESULTS(title) else 1)
    likely = not is_beside and not _is_grid(names, below)
    table = Table(rows[at], lines, names, below, behind, title, units, score, likely)
    return replace(table, score=score * _FOR_UNNAMED) if table.unnamed else table


def _may_be_header(cells: Sequence[str]) -> bool:
    """At least two names. Numbers are names only in a row of them, such as of wavelengths or cycles."""
    filled = [cell for cell in cells if cell.strip()]
    looks = Counter(map(look_of, filled))
    if len(filled) < 2 or looks[Look.date] or looks[Look.time] or any(len(cell) > _LONGEST_NAME for cell in filled):
        return False
    if len(set(filled)) < _DISTINCT * len(filled):
        return False
    return not looks[Look.number] or _is_series(filled)


def _is_series(cells: Sequence[str]) -> bool:
    """Whether the numbers among the cells are three or more that ascend."""
    numbers = [_value(cell) for cell in cells if look_of(cell) is Look.number]
    return len(numbers) > 2 and all(one < next_ for one, next_ in pairwise(numbers))


def _value(cell: str) -> float:
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return math.nan


def _are_one_header(lines: Sequence[Row]) -> bool:
    """Whether two lines are one header: one of them has a name twice, and together there is none."""
    looks = {look_of(cell) for row in lines for cell in row.cells} - {Look.text, Look.blank}
    wide = min(sum(bool(cell.strip()) for cell in row.cells) for row in lines) > 1
    if not _repeats(lines[0]) and are_units(lines[1]):
        return False
    return not looks and wide and any(map(_repeats, lines)) and not _repeats(joined(list(lines)))


def _repeats(row: Row) -> bool:
    filled = [name for name in names_in(row) if name]
    return len(set(filled)) < len(filled)


def _evidence(names: Sequence[str], rows: Sequence[Row]) -> float:
    """How much a header names what stands below it."""
    kinds = kinds_of(rows, len(names))
    if not rows or (sum(map(bool, names)) == 2 and Look.text in kinds and not any(map(_tells_rows, names))):
        return 0.0  # labels, each with what it says
    named = [kind for name, kind in zip(names, kinds, strict=True) if look_of(name) is Look.text]
    roles = len({role for name in names if (role := role_of(name))})
    is_data = all(_is_series(row.cells) for row in rows)
    series = 0.0 if is_data else 0.25 * sum(look_of(name) is Look.number for name in names)
    tells = {Look.number, Look.date} & set(named) or series or roles > 1
    return sum(_WEIGHTS.get(kind, 0.0) for kind in named) + series + roles if tells else 0.0


def _tells_rows(name: str) -> bool:
    """Whether a name is that of a column, and no label beside what it says."""
    return names_samples(name) or role_of(name) not in ("", "unit")


def _is_grid(names: Sequence[str], rows: Sequence[Row]) -> bool:
    """Whether it is a plate: 1 to 12 across and A to H down, or the other way around."""
    across = [name for name in names if name][-3:]
    down = [next(cell.strip() for cell in row.cells if cell.strip()) for row in rows]
    plate = all(map(_COUNT, across)) and any(map(_LETTER, down))
    return plate or (all(map(_LETTER, across)) and any(map(_COUNT, down)))


def _title(above: Sequence[Row]) -> str:
    """What stands directly above a header, in lines of one or two cells."""
    filled = [[cell.strip() for cell in row.cells if cell.strip()] for row in above if row.cells][-2:]
    titles = []
    for cells in reversed(filled):
        if len(cells) > 2:
            break
        titles.append(" ".join(cells))
    return " ".join(titles)
