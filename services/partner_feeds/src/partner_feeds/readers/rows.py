"""What every reader gives: the rows of a table, each with its cells' text."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol


class Row(NamedTuple):
    """The cells of a row, and the line at which it begins."""

    number: int
    cells: list[str]


class BrokenRow(NamedTuple):
    """A row that has no readable cells; ``column`` counts from 0, None when it is unknown."""

    number: int
    column: int | None
    value: str
    reason: str
    rest_unread: bool = False
    """Whether nothing behind it could be read either."""


class Rows(Protocol):
    """The rows of one file, as they are read; those above the header and the header are among them."""

    width: int | None
    """Cells of the header, set by whoever found it: a reader that must guess where a row ends takes it as a hint."""

    told: list[str]
    """What the sender should know of the file, when its last row was read."""

    def __iter__(self) -> Iterator[Row | BrokenRow]: ...
