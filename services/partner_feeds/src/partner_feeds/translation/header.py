"""The header compared with the mapping: which cell of a row is which column, or what is wrong with the file."""

from collections import Counter
from typing import NamedTuple

from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.delimited import Row
from partner_feeds.records.answers import Notice, Refused, RowError
from partner_feeds.values.texts import nearest, some_of

_DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a bar"}

LEAST_SHARE = 0.25
"""Of the wanted columns. A header with fewer is of another kind of file, and a line for each would not help."""


class Header(NamedTuple):
    """The place of each column of the mapping in the file."""

    names: list[str]
    positions: dict[str, int]
    notices: tuple[Notice, ...]

    def name_at(self, position: int | None) -> str:
        """The name of the column at a position; empty for a position that is unknown, or behind the last column."""
        return self.names[position] if position is not None and position < len(self.names) else ""


def read_header(row: Row, mapping: Mapping) -> Header | Refused:
    """The header, or everything that keeps the file from being read."""
    names = [name.strip() for name in row.cells]
    errors = (
        _wrong_delimiter(row, names, mapping)
        or _another_kind(row, names, mapping)
        or [*_repeated(row.number, names), *_unknown(row.number, names, mapping), *_absent(row.number, names, mapping)]
    )
    if errors:
        return Refused(row.number, tuple(errors))
    positions = {name: position for position, name in enumerate(names) if name in mapping.of_the_file}
    return Header(names, positions | _behind(names, mapping), tuple(_passed_over(row.number, names, mapping)))


def _behind(names: list[str], mapping: Mapping) -> dict[str, int]:
    """The places of the columns that are put together of others: behind those of the file."""
    composed = [name for name, column in mapping.columns.items() if column.of and set(column.parts) <= set(names)]
    return {name: len(names) + index for index, name in enumerate(composed)}


def empty_file(mapping: Mapping) -> Refused:
    """The answer to a file in which there is not even a header."""
    header = mapping.delimiter.join(some_of(mapping.of_the_file, 5).split(", "))
    return Refused(1, (RowError.of(1, "", "", f"the file is empty: its first line must be the header, {header} ..."),))


def _known(name: str, mapping: Mapping) -> bool:
    return name in mapping.of_the_file or name in mapping.ignored


def _wrong_delimiter(row: Row, names: list[str], mapping: Mapping) -> list[RowError]:
    """A header that makes sense only when it is cut at another sign."""
    if any(_known(name, mapping) for name in names):
        return []
    text = mapping.delimiter.join(row.cells)
    for delimiter, called in _DELIMITERS.items():
        others = [name.strip().strip('"') for name in text.split(delimiter)]
        if delimiter != mapping.delimiter and len(others) > 1 and any(_known(name, mapping) for name in others):
            wanted = _DELIMITERS[mapping.delimiter]
            reason = f"the columns are separated by {called}, and the mapping says {wanted} ({mapping.delimiter!r})"
            return [RowError.of(row.number, "", text, reason)]
    return []


def _another_kind(row: Row, names: list[str], mapping: Mapping) -> list[RowError]:
    """A header that has hardly any of the wanted columns, whatever the size of its letters."""
    wanted = [name for name, optional in mapping.of_the_file.items() if not optional]
    given = {name.lower() for name in names}
    found = sum(name.lower() in given for name in wanted)
    if found >= LEAST_SHARE * len(wanted):
        return []
    reason = (
        f"the file does not seem to be one for the mapping {mapping.code}: its header has {found} "
        f"of the {len(wanted)} columns that are wanted ({some_of(wanted, 5)})"
    )
    return [RowError.of(row.number, "", mapping.delimiter.join(row.cells), reason)]


def _repeated(number: int, names: list[str]) -> list[RowError]:
    return [
        RowError.of(number, name, name, f"the column is {count} times in the header: which one is meant?")
        for name, count in Counter(names).items()
        if count > 1 and name
    ]


def _unknown(number: int, names: list[str], mapping: Mapping) -> list[RowError]:
    if mapping.unknown_columns == "ignore":
        return []
    return [
        _why_unknown(number, position, name, names, mapping)
        for position, name in enumerate(names)
        if not _known(name, mapping)
    ]


def _why_unknown(number: int, position: int, name: str, names: list[str], mapping: Mapping) -> RowError:
    if not name:
        return RowError.of(number, "", "", f"column {position + 1} of the header has no name")
    # A column that is already there cannot be what was meant.
    wanted = [known for known in [*mapping.of_the_file, *mapping.ignored] if known not in names]
    hint = nearest(name, wanted)
    reason = f"the mapping {mapping.code} does not know the column{hint}"
    return RowError.of(number, name, name, reason + ("" if hint else "; correct the name, or extend the mapping"))


def _absent(number: int, names: list[str], mapping: Mapping) -> list[RowError]:
    unknown = [name for name in names if name and not _known(name, mapping)]
    return [
        RowError.of(number, name, "", f"the column is missing from the header{nearest(name, unknown)}")
        for name, optional in mapping.of_the_file.items()
        if not optional and name not in names
    ]


def _passed_over(number: int, names: list[str], mapping: Mapping) -> list[Notice]:
    return [
        Notice(number, f"the column {name[:80]!r} is not in the mapping, and was passed over")
        for name in names
        if not _known(name, mapping)
    ]
