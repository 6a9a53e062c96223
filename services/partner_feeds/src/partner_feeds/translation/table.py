"""Where the table of a file begins and ends: the header among the first lines, the block above it, the rows below."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from typing import NamedTuple

from gxp.unit_names import is_stated_as
from partner_feeds.language.columns import NumberColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.form import HeaderForm
from partner_feeds.readers.rows import BrokenRow, Row, Rows
from partner_feeds.records.answers import Refused, RowError, refused
from partner_feeds.translation.header import LEAST_SHARE, Header, names_in, read_header, wanted, wrong_delimiter
from partner_feeds.translation.selection import beginning_with
from partner_feeds.values.texts import as_compared, some_of

MOST_LINES = 50
"""In so many lines a header is looked for."""
MOST_BEFORE = 10_000
"""Lines before the one behind which it is looked for."""

Lines = list[Row | BrokenRow]


class Table(NamedTuple):
    """A file's table: its header, what stands above, and the rows below as they are read."""

    header: Header
    blocks: tuple[tuple[Row, ...], ...]
    """The rows above, in blocks of which the nearest is first."""
    left_out: tuple[int, ...]
    """The lines above, for a row among them would be lost."""
    rows: Iterator[Row | BrokenRow]
    told: list[str]


def find_table(rows: Rows, mapping: Mapping) -> Table | Refused:
    """The table, or what is wrong with the file: nothing of it is taken then."""
    reading = iter(rows)
    if mapping.header is None:
        return _without_header(reading, rows.told, mapping)
    before = _before(reading, mapping.header.after)
    if before is None:
        return refused(1, "", "", f"no line begins with {mapping.header.after!r}, behind which the header is wanted")
    seen, at = _look(reading, mapping, mapping.header)
    lines = [row for row in seen[at : at + mapping.header.lines] if isinstance(row, Row)]
    if len(lines) < mapping.header.lines:
        return _no_header(seen, mapping)
    rows.width = max(len(row.cells) for row in lines)
    if at == 0 and (refusal := wrong_delimiter(lines[0], mapping)):
        return refusal
    header = read_header(joined(lines), mapping)
    below = chain(seen[at + len(lines) :], reading)
    if (
        isinstance(header, Header)
        and mapping.units_row
        and (refusal := _wrong_units(next(below, None), header, mapping))
    ):
        return refusal
    if isinstance(header, Refused):
        return _looked_at_all(header) if len(seen) > MOST_LINES else header
    # The line behind which the header stands is of its block.
    blocks = _filled([*before[-1:], *seen[:at]]), _filled(before[:-1])
    return Table(header, blocks, _numbers([*before, *seen[:at]]), below, rows.told)


def _looked_at_all(header: Refused) -> Refused:
    """The refusal of a file of which no line among the first is the header."""
    further = f"; of a header below line {MOST_LINES} say header: {{row: ...}}, or header: {{after: ...}}"
    return Refused(header.row, tuple(replace(error, reason=error.reason + further) for error in header.errors))


def _filled(lines: Lines) -> tuple[Row, ...]:
    return tuple(row for row in lines if isinstance(row, Row) and row.cells)


def _numbers(lines: Lines) -> tuple[int, ...]:
    return tuple(row.number for row in lines if not isinstance(row, Row) or row.cells)


def _before(reading: Iterator[Row | BrokenRow], after: str | None) -> Lines | None:
    """The lines up to the one behind which the header is looked for; None where there is no such line."""
    if after is None:
        return []
    begins, before = beginning_with([after]), Lines()
    for row in islice(reading, MOST_BEFORE):
        before.append(row)
        if isinstance(row, Row) and begins(row):
            return before
    return None


def _look(reading: Iterator[Row | BrokenRow], mapping: Mapping, form: HeaderForm) -> tuple[list[Row | BrokenRow], int]:
    """The first rows, and where among them the header begins: the first with every column, or else the likest."""
    seen: Lines = []
    best, likest = 0, 0.0
    begin = 0
    for row in reading:
        if isinstance(row, Row) and not row.cells:
            continue
        begin = begin or row.number
        seen.append(row)
        at = len(seen) - form.lines
        if isinstance(row, BrokenRow) or row.number > (form.row or begin - 1 + MOST_LINES) + form.lines:
            break
        if at < 0:
            continue
        first = seen[at]
        if form.row is not None:
            if first.number == form.row:
                return seen, at
            continue
        likeness = _likeness([each for each in seen[at:] if isinstance(each, Row)], mapping)
        if likeness == 1:
            return seen, at
        if likeness > likest:
            best, likest = at, likeness
    if form.row is not None or (likest < LEAST_SHARE and seen and isinstance(seen[-1], BrokenRow)):
        return seen, len(seen)
    return seen, best


def _likeness(lines: list[Row], mapping: Mapping) -> float:
    """The share of the wanted columns that lines have as a header."""
    names, all_wanted = set(names_in(joined(lines))), wanted(mapping)
    if not all_wanted:
        return float(any(name in mapping.columns for name in names))
    return sum(bool(known & names) for known in all_wanted.values()) / len(all_wanted)


def joined(lines: list[Row]) -> Row:
    """A header of several lines as one. Above a name, a blank cell takes the one to its left, as a merged one does."""
    if len(lines) == 1:
        return lines[0]
    width = max(len(row.cells) for row in lines)
    padded = [[cell.strip() for cell in row.cells] + [""] * (width - len(row.cells)) for row in lines]
    carried = [padded[at] if at == len(lines) - 1 else _carried(padded[at]) for at in range(len(lines))]
    parts = zip(*carried, strict=True), zip(*padded, strict=True)
    names = [
        " ".join(filter(None, to_the_left if to_the_left[-1] else own)) for to_the_left, own in zip(*parts, strict=True)
    ]
    return Row(lines[0].number, names)


def _carried(cells: list[str]) -> list[str]:
    names: list[str] = []
    for cell in cells:
        names.append(cell or (names[-1] if names else ""))
    return names


def _without_header(reading: Iterator[Row | BrokenRow], told: list[str], mapping: Mapping) -> Table | Refused:
    """A table whose columns are called by their positions: it is as wide as its first row, or as its mapping says."""
    above: Lines = []
    while (first := next(reading, None)) and (first.number < (mapping.first_row or 1) or first[1] == []):
        above.append(first)
    if first is None:
        return refused(1, "", "", "the file has no rows where its table is to begin")
    width = len(names_in(first)) if isinstance(first, Row) else 0
    places = [column.position or 0 for column in mapping.of_the_file.values()] + list(map(int, mapping.ignored))
    names = [str(place) for place in range(1, max(width, *places) + 1)]
    header = read_header(Row(first.number, names), mapping)
    if isinstance(header, Refused):
        return header
    return Table(header, (_filled(above),), _numbers(above), chain((first,), reading), told)


def _no_header(seen: list[Row | BrokenRow], mapping: Mapping) -> Refused:
    """The answer to a file in which there is no header."""
    if seen and isinstance(last := seen[-1], BrokenRow):
        return refused(last.number, "", last.value, f"the header cannot be read: {last.reason}")
    row = mapping.header.row if mapping.header else None
    if seen and row is not None:
        return refused(row, "", "", f"the header must be in line {row}, and there is none")
    header = mapping.delimiter.join(some_of(mapping.of_the_file, 5).split(", "))
    return refused(1, "", "", f"the file is empty: its first line must be the header, {header} ...")


def _wrong_units(row: Row | BrokenRow | None, header: Header, mapping: Mapping) -> Refused | None:
    """The refusal of a file whose row of units is not what the mapping says."""
    if not isinstance(row, Row):
        return refused(row.number if row else 1, "", "", "the row of units beneath the header is missing")
    errors = []
    for name, place in header.positions.items():
        column, cell = mapping.columns.get(name), row.cells[place].strip() if place < len(row.cells) else ""
        whole = as_compared(cell)
        stated = whole.strip("[]() ")
        if isinstance(column, NumberColumn) and column.unit_column is None and stated:
            unit = column.unit or "1"
            if not is_stated_as(unit, stated) and not is_stated_as(unit, whole):
                reason = f"the row of units states this, and the mapping {unit}"
                errors.append(RowError.of(row.number, name, cell, reason))
    return Refused(row.number, tuple(errors)) if errors else None
