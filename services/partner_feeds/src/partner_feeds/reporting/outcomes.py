"""What became of a message's rows."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from enum import StrEnum
from operator import add

from partner_feeds.records.answers import RowError
from partner_feeds.reporting.revisions import TAKEN, Novelty

MOST_ERRORS_OF_A_ROW = 100
"""A header of ten thousand unknown columns is answered by the first hundred."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class Outcome(StrEnum):
    """What became of a row of a file, or an event of a batch."""

    accepted = "accepted"
    """At least one of its records is new, or a revision of one that is known in a later one."""
    duplicate = "duplicate"
    """All its records are known."""
    amended = "amended"
    """At least one of its records is a higher revision of a known one."""
    conflict = "conflict"
    """One of its records is known under the same revision with other content, which stays. The others were taken."""
    unjudged = "unjudged"
    """Taken, and of one of its results nobody can say whether it meets the product's specification."""
    left_out = "left_out"
    """A rule of the mapping leaves it out."""
    without_record = "without_record"
    """Nothing came from it, and no rule said so."""
    refused = "refused"
    """Nothing of it was taken."""


def outcome_of(novelties: Collection[Novelty]) -> Outcome:
    """What becomes of a row whose records contradict nothing, by what each of them is to those that are known."""
    if Novelty.amended in novelties:
        return Outcome.amended
    return Outcome.duplicate if TAKEN.isdisjoint(novelties) else Outcome.accepted


OPEN = frozenset({Outcome.conflict, Outcome.unjudged, Outcome.refused})
"""What somebody must look at. A message is clean when no row of it is open."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by their outcome."""

    accepted: int = 0
    duplicate: int = 0
    amended: int = 0
    conflict: int = 0
    unjudged: int = 0
    left_out: int = 0
    without_record: int = 0
    refused: int = 0

    @property
    def open(self) -> int:
        """Those that somebody must look at."""
        return self.conflict + self.unjudged + self.refused

    @property
    def rows(self) -> int:
        """All of them."""
        return sum(astuple(self))

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Counts":
        """Counted."""
        return cls(**Counter(str(outcome) for outcome in outcomes))

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """One row and what became of it, with what somebody must look at."""

    row: int
    outcome: Outcome
    errors: tuple[RowError, ...] = ()

    @classmethod
    def of(cls, row: int, outcome: Outcome, errors: Sequence[RowError]) -> "RowOutcome":
        """An open row. Its errors are made fit to be stored and shown."""
        shown = [_fit(error) for error in errors[:MOST_ERRORS_OF_A_ROW]]
        if more := len(errors) - len(shown):
            shown.append(RowError(row, "", "", f"and {more} more"))
        return cls(row, outcome, tuple(shown))


_OTHERWISE = (
    "was taken as it was read first, and by today's mapping it would be read otherwise: what was taken stays; let the "
    "sponsor's quality read it, or dismiss the message"
)


def looked_at_again(row: RowOutcome, before: Outcome) -> RowOutcome:
    """What is open of a row that was taken and was not taken again: nothing, if all of it is known and judged now."""
    if row.outcome in (Outcome.duplicate, Outcome.unjudged) or row.outcome == before == Outcome.conflict:
        return row
    return RowOutcome.of(row.row, before, [RowError.of(row.row, "", "", _OTHERWISE)])


def _fit(error: RowError) -> RowError:
    """A refused value may hold what neither a database nor UTF-8 can: it is shown as an escape."""
    return replace(error, field=_escaped(error.field), value=_escaped(error.value), reason=_escaped(error.reason))


def _escaped(text: str) -> str:
    text = text.encode("utf-8", "backslashreplace").decode()
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
