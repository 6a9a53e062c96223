"""What is said of a whole file: in the block above its table, by its name, and by the day on which it came."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from partner_feeds.language.columns import Column, DateColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import Row
from partner_feeds.records.answers import Refused, RowError
from partner_feeds.translation.cells import Values
from partner_feeds.translation.converters import converter
from partner_feeds.values.texts import CannotRead, as_compared


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a file besides its bytes."""

    file_name: str | None = None
    received: date | None = None
    """In the feed's time zone."""


def shared_values(mapping: Mapping, above: Sequence[Row], origin: Origin, zone: tzinfo | None) -> Values | Refused:
    """The values that each row of the file has, by column; or why the file cannot be read without them."""
    values: Values = {}
    errors: list[RowError] = []
    roles = mapping.roles
    for name, column in mapping.columns.items():
        if column.in_the_file or column.constant is not None or column.of is not None:
            continue
        text = ""
        try:
            text = _text(column, above, origin)
            values[name] = converter(name, mapping, roles, zone)(text)
        except CannotRead as error:
            if not column.optional:
                errors.append(RowError.of(1, name, text, str(error)))
    return Refused(1, tuple(errors)) if errors else values


def _text(column: Column, above: Sequence[Row], origin: Origin) -> str:
    if column.above is not None:
        return _beside(column.above, above)
    if column.file_name is not None:
        if not origin.file_name:
            raise CannotRead("is part of the file's name, and no name came with it: send Content-Disposition")
        found = re.search(column.file_name, origin.file_name)
        if found is None or not found[1]:
            raise CannotRead(f"is not in the file's name {origin.file_name!r}: wanted is {column.file_name}")
        return str(found[1])
    if isinstance(column, DateColumn) and origin.received is not None:
        return origin.received.isoformat()
    raise CannotRead("is the day on which the file is received: this one was not sent")


def _beside(label: str, above: Sequence[Row]) -> str:
    """The text beside a label, in the next filled cell or behind its colon."""
    found = list(dict.fromkeys(_all_beside(as_compared(label).rstrip(":"), above)))
    if not found:
        raise CannotRead(f"stands beside {label!r} above the table, and nothing there is called so")
    if len(found) > 1:
        raise CannotRead(f"stands beside {label!r} above the table, where it is {' and also '.join(found)}")
    return found[0]


def _all_beside(label: str, above: Sequence[Row]) -> Iterator[str]:
    for row in above:
        for at, cell in enumerate(row.cells):
            name, colon, behind = as_compared(cell).partition(":")
            if name != label:
                continue
            if colon and behind.strip():
                yield behind.strip()
            else:
                # As it is: stripped, a cell would lose what it is stored as.
                yield next((each for each in row.cells[at + 1 :] if each.strip()), "")
