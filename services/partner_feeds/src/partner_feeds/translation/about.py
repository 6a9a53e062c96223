"""What is said of a whole file: in the block above its table, by its name, and by the day on which it came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from partner_feeds.language.columns import Column, DateColumn
from partner_feeds.language.mapping import Mapping
from partner_feeds.readers.rows import Row
from partner_feeds.records.answers import Refused, RowError
from partner_feeds.translation.cells import Shared
from partner_feeds.translation.converters import converter
from partner_feeds.translation.second_table import parted
from partner_feeds.values.moments import DayOfReceipt
from partner_feeds.values.patterns import within
from partner_feeds.values.texts import CannotRead, as_compared


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of a file besides its bytes."""

    file_name: str | None = None
    received: date | None = None
    """In the feed's time zone."""


Blocks = Sequence[Sequence[Row]]


class _NotThere(CannotRead):
    """What an optional column may lack: the label, or its part of the file's name. What is there must be readable."""


def shared_values(mapping: Mapping, above: Blocks, origin: Origin, zone: tzinfo | None) -> Shared | Refused:
    """What each row of the file has, or why it cannot be read without it. ``above`` has the nearest block first."""
    shared = Shared()
    errors: list[RowError] = []
    roles = mapping.roles
    for name, column in mapping.columns.items():
        if column.in_the_file or column.constant is not None or column.of is not None:
            continue
        shared.texts[name] = text = ""
        try:
            if isinstance(column, DateColumn) and column.received:
                shared.values[name] = _day_of_receipt(origin)
                continue
            shared.texts[name] = text = _text(column, above, origin)
            shared.values[name] = converter(name, mapping, roles, zone)(text)
        except CannotRead as error:
            if not (column.optional and isinstance(error, _NotThere)):
                errors.append(RowError.of(1, name, text, str(error)))
    return Refused(1, tuple(errors)) if errors else shared


def _text(column: Column, above: Blocks, origin: Origin) -> str:
    if column.above is not None:
        return _beside(column.above, above)
    if column.file_name is not None:
        if not origin.file_name:
            raise _NotThere("is part of the file's name, and no name came with it: send Content-Disposition")
        found = within(column.file_name)(origin.file_name)
        if found is None or not found[1]:
            raise _NotThere(f"is not in the file's name {origin.file_name!r}: wanted is {column.file_name}")
        return str(found[1])
    raise AssertionError("every other column is read in the file's rows")


def _day_of_receipt(origin: Origin) -> DayOfReceipt:
    if origin.received is None:
        raise _NotThere("is the day on which the file is received: this one was not sent")
    return DayOfReceipt.fromisoformat(origin.received.isoformat())


def _beside(label: str, above: Blocks) -> str:
    """The text beside a label of the nearest block that has it, in the next filled cell or behind its sign."""
    named = as_compared(label).rstrip(":= ")
    found = next((found for block in above if (found := list(dict.fromkeys(_all_beside(named, block))))), [])
    if not found:
        raise _NotThere(f"stands beside {label!r} above the table, and nothing there is called so")
    if len(found) > 1:
        raise CannotRead(f"stands beside {label!r} above the table, where it is {' and also '.join(found)}")
    return found[0]


def _all_beside(label: str, above: Sequence[Row]) -> Iterator[str]:
    for row in above:
        for at, cell in enumerate(row.cells):
            name, behind = parted(as_compared(cell))
            if name != label:
                continue
            if behind:
                yield behind
            else:
                # As it is: stripped, a cell would lose what it is stored as.
                yield next((each for each in row.cells[at + 1 :] if each.strip()), "")
