"""The header compared with the mapping: which cell of a row is which column, or what is wrong with the file."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from partner_feeds.language.mapping import Mapping
from partner_feeds.language.places import names_of
from partner_feeds.readers.form import DELIMITERS
from partner_feeds.readers.rows import Row
from partner_feeds.records.answers import Notice, Refused, RowError
from partner_feeds.values.texts import as_compared, nearest, some_of

_WIDE_GAP = re.compile(r"\s{2,}").split

LEAST_SHARE = 0.25
"""Of the wanted columns. A header with fewer is of another kind of file, and a line for each would not help."""


class Header(NamedTuple):
    """The place of each column of the mapping in the file."""

    names: list[str]
    """Of the file's columns, as they are compared; blank ones behind the last name are left away."""
    positions: dict[str, int]
    notices: tuple[Notice, ...]

    def name_at(self, position: int | None) -> str:
        """The name of the column at a position; empty for a position that is unknown, or behind the last column."""
        return self.names[position] if position is not None and position < len(self.names) else ""

    @property
    def unnamed(self) -> list[int]:
        """The positions of columns that nobody knows by name or position, and of which no cell may be filled."""
        known = set(self.positions.values())
        return [position for position, name in enumerate(self.names) if not name and position not in known]


def names_in(row: Row) -> list[str]:
    """The names of a header's columns."""
    names = [as_compared(cell) for cell in row.cells]
    while names and not names[-1]:
        names.pop()
    return names


def wanted(mapping: Mapping) -> dict[str, set[str]]:
    """What each column that the file must have may be called."""
    return {name: names_of(name, column) for name, column in mapping.of_the_file.items() if not column.optional}


def read_header(row: Row, mapping: Mapping) -> Header | Refused:
    """The header, or everything that keeps the file from being read."""
    names = names_in(row)
    positions = _positions(names, mapping)
    fits = _Fit(row.number, names, positions, mapping)
    errors = _another_kind(row, names, mapping) or [
        *fits.misplaced(),
        *fits.repeated(),
        *fits.unknown(),
        *fits.absent(),
    ]
    if errors:
        return Refused(row.number, tuple(errors))
    return Header(names, positions | _behind(names, positions, mapping), tuple(fits.passed_over()))


def _behind(names: list[str], positions: dict[str, int], mapping: Mapping) -> dict[str, int]:
    """The places of the columns that are put together of others: behind those of the file."""
    known = set(positions) | {name for name, column in mapping.columns.items() if column.above or column.file_name}
    composed = [name for name, column in mapping.columns.items() if column.of and set(column.parts) <= known]
    return {name: len(names) + index for index, name in enumerate(composed)}


def _positions(names: list[str], mapping: Mapping) -> dict[str, int]:
    """The place of each column that the file has."""
    found: dict[str, int] = {}
    for name, column in mapping.of_the_file.items():
        if column.position is not None and column.position <= len(names):
            place = column.position - 1
            # A column that the header does not name is known by its place alone.
            if mapping.header is None or not names[place] or names[place] in names_of(name, column):
                found[name] = place
    taken = set(found.values())
    for name, column in mapping.of_the_file.items():
        if column.position is None:
            known = names_of(name, column)
            place = next((at for at, given in enumerate(names) if given in known and at not in taken), -1)
            if place >= 0:
                found[name] = place
    return found


class _Fit(NamedTuple):
    """A header beside the mapping."""

    number: int
    names: list[str]
    positions: dict[str, int]
    mapping: Mapping

    @property
    def _others(self) -> list[str]:
        """The names that are no column of the mapping, and not ignored."""
        taken = set(self.positions.values())
        ignored = {as_compared(name) for name in self.mapping.ignored}
        return [
            name for at, name in enumerate(self.names) if name and at not in taken and as_compared(name) not in ignored
        ]

    def misplaced(self) -> Iterator[RowError]:
        """Columns that stand elsewhere than the mapping says."""
        for name, column in self.mapping.of_the_file.items():
            if column.position is not None and name not in self.positions:
                place = column.position
                there = self.names[place - 1] if place <= len(self.names) else ""
                if there or not column.optional:
                    reason = f"column {place} must be {name}, and the header has {there or 'nothing'} there"
                    yield RowError.of(self.number, name, there, reason)

    def repeated(self) -> Iterator[RowError]:
        """Names that stand for several columns."""
        known = {self.names[at] for at in self.positions.values()}
        for name, count in Counter(self.names).items():
            if name in self._others and (name in known or (count > 1 and self.mapping.unknown_columns == "refuse")):
                reason = f"the column is {count} times in the header: which one is meant? say its position"
                yield RowError.of(self.number, name, name, reason)

    def unknown(self) -> Iterator[RowError]:
        """Names that the mapping does not know."""
        if self.mapping.unknown_columns == "refuse":
            # A column that is already there cannot be what was meant.
            missing = [name for name in self.mapping.of_the_file if name not in self.positions]
            for name in self._others:
                if self.names.count(name) == 1:
                    hint = nearest(name, missing)
                    remedy = "" if hint else "; correct the name, or extend the mapping"
                    reason = f"the mapping {self.mapping.code} does not know the column{hint}{remedy}"
                    yield RowError.of(self.number, name, name, reason)

    def absent(self) -> Iterator[RowError]:
        """Columns that the file lacks."""
        for name in wanted(self.mapping):
            if name not in self.positions and self.mapping.of_the_file[name].position is None:
                hint = nearest(name, self._others)
                yield RowError.of(self.number, name, "", f"the column is missing from the header{hint}")

    def passed_over(self) -> Iterator[Notice]:
        """What nobody reads: names that the mapping lets pass, and columns without a name."""
        for name in self._others:
            yield Notice(self.number, f"the column {name[:80]!r} is not in the mapping, and was passed over")
        taken = set(self.positions.values())
        if any(not name and place not in taken for place, name in enumerate(self.names)):
            yield Notice(self.number, "a column without a name was passed over: its cells are blank")


def _another_kind(row: Row, names: list[str], mapping: Mapping) -> list[RowError]:
    """A header that has hardly any of the wanted columns, whatever the size of its letters."""
    if mapping.header is None:
        return []
    given = {name.lower() for name in names}
    all_wanted = wanted(mapping)
    found = sum(any(name.lower() in given for name in known) for known in all_wanted.values())
    if found >= LEAST_SHARE * len(all_wanted):
        return []
    reason = (
        f"the file does not seem to be one for the mapping {mapping.code}: its header has {found} "
        f"of the {len(all_wanted)} columns that are wanted ({some_of(all_wanted, 5)})"
    )
    return [RowError.of(row.number, "", mapping.delimiter.join(row.cells), reason)]


def wrong_delimiter(row: Row, mapping: Mapping) -> Refused | None:
    """The refusal of a header that makes sense only when it is cut at another sign."""
    known = set().union(*wanted(mapping).values(), map(as_compared, mapping.ignored))
    if known & set(names_in(row)):
        return None
    text = mapping.delimiter.join(row.cells)
    for delimiter, called in DELIMITERS.items():
        others = [as_compared(name.strip().strip('"')) for name in text.split(delimiter)]
        if delimiter != mapping.delimiter and len(others) > 1 and known & set(others):
            needed = DELIMITERS.get(mapping.delimiter, "another sign")
            reason = f"the columns are separated by {called}, and the mapping says {needed} ({mapping.delimiter!r})"
            return Refused(row.number, (RowError.of(row.number, "", text, reason),))
    if len(row.cells) == 1 and len(known & set(map(as_compared, _WIDE_GAP(text.strip())))) > 1:
        reason = (
            "the columns stand at fixed widths, with blanks between them, and are not read so: export the table as "
            f"CSV, with {DELIMITERS.get(mapping.delimiter, repr(mapping.delimiter))} between its cells"
        )
        return Refused(row.number, (RowError.of(row.number, "", text, reason),))
    return None
