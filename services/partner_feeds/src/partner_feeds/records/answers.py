"""The answer about each row of a file, or each event of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from partner_feeds.records.model import Record

LONGEST_VALUE = 80
"""A refused value is shown only so far: an answer must not carry a megabyte back."""

REST = 0
"""In place of a row's number, what of a message was not read: all of it, or what is behind a row."""

MOST_NOTICES = 100
"""Notices that are kept with a message. Where every row gives cause for one, the first hundred show what it is."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing that was wrong, and in ``reason`` what would be right.

    ``row`` is the line at which the row begins (the header is line 1), or the event's place in its batch (from 1).
    ``field`` is the column's name or the JSON path; empty when the whole row is meant.
    """

    row: int
    field: str
    value: str
    reason: str

    @classmethod
    def of(cls, row: int, field: str, value: str, reason: str) -> RowError:
        """An error whose value is cut to what may be shown, as plain text whatever it is stored as."""
        return cls(row, field, short(str(value)), reason)


def short(value: str) -> str:
    """A value, cut to what may be shown."""
    return value if len(value) <= LONGEST_VALUE else f"{value[: LONGEST_VALUE - 1]}…"


class Cell(NamedTuple):
    """Where a value stands in what was sent, how it is written there, and as what it is read."""

    source: str
    """The column, or the path."""
    written: str
    read: str | None
    """None where only the records say it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A row that was taken whole, and the records that it became (none when every cell was blank)."""

    row: int
    records: tuple[Record, ...]
    cells: tuple[Cell, ...] = ()
    """Each of its values beside where it stands, where somebody asked to see that."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row of which nothing was taken, with everything that was wrong in it."""

    row: int
    errors: tuple[RowError, ...]
    rest_unread: bool = False
    """Whether nothing behind it was read either; of a file that is refused as a whole, nothing at all."""

    @property
    def outcome_of(self) -> int:
        """The row of which nothing was taken. A file is refused by the cell that is in doubt, whose own row may have
        been taken by an earlier mapping, and stays so."""
        return REST if self.rest_unread else self.row


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that a rule of the mapping leaves out."""

    row: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the sender should know that is no error, such as a file without rows."""

    row: int
    text: str


Answer = Accepted | Refused | LeftOut | Notice


def refused(row: int, field: str, value: str, reason: str, *, rest_unread: bool = False) -> Refused:
    """A row refused for one reason."""
    return Refused(row, (RowError.of(row, field, value, reason),), rest_unread)
