"""Which rows are a header's, and what its columns hold."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import dropwhile, takewhile
from typing import Final

from cli.feeds.sketch.cells import Look, look_of
from gxp.unit_names import meant_by, why_no_unit
from partner_feeds.readers.rows import Row
from partner_feeds.translation.header import names_in
from partner_feeds.values.qualified import meaning_of
from partner_feeds.values.statistics import is_statistic

ROWS: Final = 200
"""So many rows below a header are looked at."""
MOST: Final = 0.6
"""Of a column's filled cells."""

TYPED: Final = (Look.number, Look.nothing, Look.date)
"""What tells a row of a table from a line of words."""

_SUMMARY = re.compile(
    r"(?:sum|total|count)\W*(?:\(?%\)?)?|(?:end|ende)\b.*|(?:printed|signed|approved|reviewed|gedruckt|geprüft)\b.*",
    re.IGNORECASE,
).fullmatch
"""What stands first in a row below a table."""


def cell_of(row: Row, place: int) -> str:
    """A cell; blank where the row ends before."""
    return row.cells[place] if place < len(row.cells) else ""


def kinds_of(rows: Sequence[Row], width: int) -> list[Look]:
    """What most filled cells of each column look like: numbers or dates; a text else, and blank where none is."""
    return [_kind(Counter(look_of(cell_of(row, place)) for row in rows)) for place in range(width)]


def _kind(looks: Counter[Look]) -> Look:
    filled = looks.total() - looks[Look.blank]
    numbers = looks[Look.number] + looks[Look.nothing]
    if not filled:
        return Look.blank
    if looks[Look.nothing] == filled:
        return Look.nothing
    if looks[Look.number] and numbers >= MOST * filled:
        return Look.number
    return Look.date if looks[Look.date] >= MOST * filled else Look.text


def rows_below(rows: Sequence[Row], names: Sequence[str]) -> tuple[list[Row], Row | None]:
    """The rows of a header, and the first behind them that is none; None for a table that goes to the file's end."""
    block = list(_as_wide(rows, names))
    kinds = kinds_of(_up_to_a_blank_line(block), len(names))
    below, between, was_blank = list[Row](), list[Row](), False
    for row in block:
        if not row.cells:
            was_blank = bool(below)
        elif belongs(row, kinds) and not (was_blank and not _is_typed(row, kinds)):
            below += [*between, row]
            between, was_blank = [], False
        else:
            between.append(row)
            if was_blank or _is_another_header(row, kinds):
                break
    after = (row for row in rows[len(block) :] if row.cells)
    return below, next(iter(between), None) or (next(after, None) if len(below) < ROWS else None)


def rows_and_units(
    rows: Sequence[Row], names: Sequence[str], *, one_line: bool
) -> tuple[Row | None, list[Row], Row | None]:
    """The row of units beneath a header of one line, if there is one, and what ``rows_below`` gives behind it."""
    first = next((at for at, row in enumerate(rows) if row.cells), None)
    if one_line and first is not None and are_units(rows[first]):
        below, behind = rows_below(rows[first + 1 :], names)
        if _are_of(rows[first], below):
            return rows[first], below, behind
    return None, *rows_below(rows, names)


def _as_wide(rows: Sequence[Row], names: Sequence[str]) -> Iterator[Row]:
    """Up to a row that is wider, or the header once more."""
    header, filled = names_in(Row(0, list(names))), 0
    for row in rows:
        last = max((at for at, cell in enumerate(row.cells) if cell.strip()), default=-1)
        if last >= len(names) or filled == ROWS or (last >= 0 and names_in(row) == header):
            return
        filled += last >= 0
        yield row if last >= 0 else Row(row.number, [])


def _up_to_a_blank_line(block: Sequence[Row]) -> list[Row]:
    filled = dropwhile(lambda row: not row.cells, block)
    return list(takewhile(lambda row: bool(row.cells), filled))


def belongs(row: Row, kinds: Sequence[Look]) -> bool:
    """Whether a row holds what most rows of its columns hold. What is summed up below a table does not."""
    filled = [at for at, cell in enumerate(row.cells) if cell.strip()]
    if not filled or is_summary(row.cells[filled[0]]):
        return False
    typed = [at for at in filled if at < len(kinds) and kinds[at] in TYPED]
    if typed:
        return sum(_fits(row.cells[at], kinds[at]) for at in typed) * 2 >= len(typed)
    return len(filled) > 1 and len(filled) * 2 > kinds.count(Look.text)


def are_units(row: Row) -> bool:
    """Whether each filled cell of a row is a unit, or a dash where a column has none."""
    stated = [cell.strip("[]() ") for cell in row.cells if cell.strip() and look_of(cell) is not Look.nothing]
    return bool(stated) and all(look_of(unit) is Look.text and _is_unit(unit) for unit in stated)


def _is_unit(text: str) -> bool:
    return why_no_unit(text) is None or meant_by(text) is not None


def _are_of(units: Row, rows: Sequence[Row]) -> bool:
    """Whether units stand above numbers, and above nothing else."""
    kinds = kinds_of(rows, len(units.cells))
    stated = [kinds[at] for at, cell in enumerate(units.cells) if look_of(cell) is Look.text]
    return Look.number in stated and set(stated) <= {Look.number, Look.nothing, Look.blank}


def is_summary(cell: str) -> bool:
    """Whether a cell says that its row is a mean, or the end of a report."""
    return is_statistic(cell) or _SUMMARY(cell.strip()) is not None


def _fits(cell: str, kind: Look) -> bool:
    look = look_of(cell)
    return look in (kind, Look.nothing, Look.number) or (kind is Look.number and meaning_of(cell) is not None)


def _is_typed(row: Row, kinds: Sequence[Look]) -> bool:
    return any(cell.strip() and kind in TYPED for cell, kind in zip(row.cells, kinds, strict=False))


def _is_another_header(row: Row, kinds: Sequence[Look]) -> bool:
    """Different texts, and nothing else, where the table has numbers or dates."""
    typed = [cell for cell, kind in zip(row.cells, kinds, strict=False) if cell.strip() and kind in TYPED]
    are_names = all(look_of(cell) is Look.text and meaning_of(cell) is None for cell in typed)
    return len(typed) > 1 and are_names and len(set(typed)) == len(typed)
