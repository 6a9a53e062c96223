"""The lines of a mapping that find a table among what else stands in a file."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from cli.feeds.sketch.cells import Look, look_of, shown
from cli.feeds.sketch.sources import Source
from cli.feeds.sketch.table_rows import belongs, kinds_of
from cli.feeds.sketch.tables import LIKELY, Table
from cli.feeds.sketch.yaml_text import in_list, quoted
from partner_feeds.readers.rows import Row
from partner_feeds.translation.header import names_in
from partner_feeds.translation.second_table import parted
from partner_feeds.translation.selection import beginning_with, first_filled
from partner_feeds.translation.table import MOST_LINES

_MOST_OTHERS: Final = 6
_LABELLED: Final = 3
"""Cells of a line that begins with a label; what has more is a row of a table."""


def form_of(table: Table, others: Sequence[Table], source: Source) -> list[str]:
    """What a mapping says of where the table is, and what must be asked."""
    return [
        *_other_tables(table, others),
        *_header(table, source.rows),
        *_units(table),
        *_transposed(table),
        *_short_rows(table, source),
        *_end(table, source),
        *_broken(source),
    ]


def labels_above(table: Table, rows: Sequence[Row]) -> dict[str, str]:
    """What stands above a table, each label with the cell to its right, or what stands behind its colon."""
    found: dict[str, str] = {}
    for row in rows:
        if row.number >= table.header.number:
            break
        filled = [cell.strip() for cell in row.cells if cell.strip()]
        name, behind = parted(filled[0]) if filled else ("", "")
        if (
            look_of(name) is Look.text
            and (behind or len(filled) <= _LABELLED)
            and (value := behind or next(iter(filled[1:]), ""))
        ):
            found.setdefault(name, value)
    return found


def _other_tables(table: Table, others: Sequence[Table]) -> Iterator[str]:
    """Those that may be meant as well, in the file's order."""
    likely = [each.header.number for each in others if each.is_likely and each.score >= LIKELY * table.score]
    if likely:
        lines = sorted(likely)[:_MOST_OTHERS]
        listed = f"another table, at line {lines[0]}" if len(lines) == 1 else f"other tables, at lines {_and(lines)}"
        yield f"# ASK: the file has {listed}: is that of line {table.header.number} the one?"


def _and(numbers: Sequence[int]) -> str:
    return f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def _header(table: Table, rows: Sequence[Row]) -> Iterator[str]:
    number = table.header.number
    lines = f"lines: {table.lines}" if table.lines > 1 else ""
    if table.unnamed:
        places = ", ".join(str(place + 1) for place in table.unnamed)
        yield f"header: none  # column {places} has no name: all columns are known by their places"
        yield f"first_row: {table.rows[0].number}  # ASK: does the table always begin in this line?"
        return
    above = [row for row in rows if row.number < number and row.cells]
    kinds = kinds_of(table.rows, len(table.names))
    width = len(table.header.cells)
    data_above = any(len(row.cells) == width and belongs(row, kinds) for row in above)
    if number > MOST_LINES or data_above or any(_resembles(row, table) for row in above):
        where, asked = _where(number, above)
        yield f"header: {{{', '.join(filter(None, (where, lines)))}}}  # ASK: {asked}"
    elif lines:
        yield f"header: {{{lines}}}  # the names of line {number} and those below it are one header"
    elif number > 1:
        yield f"# The header is line {number}: it is found by its columns."


def _units(table: Table) -> Iterator[str]:
    if table.units and not table.unnamed:
        yield f"units_row: true  # line {table.units.number} states the units"


def _resembles(row: Row, table: Table) -> bool:
    """Whether a line above has so many of the names that it could be taken for the header."""
    names = set(names_in(table.header)) - {""}
    return len(names & set(names_in(row))) * 2 >= len(names)


def _where(number: int, above: Sequence[Row]) -> tuple[str, str]:
    """The title above a header where no line before begins so, or else the header's line; and what is to be asked."""
    title = [cell.strip() for cell in above[-1].cells if cell.strip()] if above else []
    is_title = len(title) == 1 or (len(title) == 2 and title[0].endswith(":"))
    if is_title and look_of(title[0]) is Look.text and not any(map(beginning_with(title[:1]), above[:-1])):
        return f"after: {quoted(title[0])}", "does this line stand above the table in every file?"
    return f"row: {number}", "does the header always stand in this line?"


def _transposed(table: Table) -> Iterator[str]:
    if all(look_of(name) is Look.number for name in table.names[1:]):
        yield "# ASK: the columns' names are numbers: do its rows hold the tests? Such a table is transposed"


def _short_rows(table: Table, source: Source) -> Iterator[str]:
    if source.is_text and any(len(row.cells) < len(table.names) for row in table.rows):
        yield "short_rows: blank  # some rows have fewer cells than the header"


def _end(table: Table, source: Source) -> Iterator[str]:
    """What stands first in the row that is no longer of the table."""
    if (behind := table.behind) is None:
        return
    text = first_filled(behind)
    beginning = re.split("[0-9]", text)[0].rstrip(" -")
    found = text if beginning == text else f"{beginning}*" if len(beginning) > 2 else ""
    last = table.rows[-1].number
    blank = [row.number for row in source.rows if not row.cells and table.header.number < row.number < behind.number]
    if found and all(first_filled(row) != text for row in table.rows):
        yield f"ends_at: {in_list([found])}  # ASK: does line {behind.number} stand below the table in every file?"
    elif source.is_text and blank and blank[0] > last:
        yield f'ends_at: [""]  # ASK: does a blank line end the table in every file? Line {behind.number} is not of it'
    else:
        yield f"# ASK: line {behind.number} ({shown(text)}) is not of the table: how is its end known?"


def _broken(source: Source) -> Iterator[str]:
    if source.broken:
        yield f"# ASK: line {source.broken.number} cannot be read: {shown(source.broken.reason)}"
