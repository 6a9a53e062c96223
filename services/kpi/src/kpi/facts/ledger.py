"""The rules of counting: what a fact states about its subject becomes entries that only ever add up.

An entry is never changed or removed. What no longer holds is reversed by an entry with the value negated and the
count -1 in the same month, so that the sum over the entries is the number, at any time and for anybody who checks.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, localcontext
from typing import Any, NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from contracts import Fact, Recorded, contract_of
from kpi.arithmetic import EXACT
from kpi.measures import DISTRIBUTIONS

NO_LEVEL = Decimal(0)
"""The level of what is only summed."""


class Source(NamedTuple):
    """The event that proves an entry."""

    event_id: UUID
    type: str
    topic: str
    key: str
    recorded_at: datetime

    @classmethod
    def of(cls, recorded: Recorded[Fact]) -> "Source":
        """The source that a recorded fact is."""
        topic = contract_of(type(recorded.fact)).topic
        return cls(recorded.id, recorded.type, topic, recorded.key, recorded.time)


class Dimensions(NamedTuple):
    """By what a number can be broken down."""

    partner_id: UUID
    site_id: UUID
    product_id: UUID | None


class Measured(NamedTuple):
    """One measured thing: how much, when and whose."""

    measure: str
    value: Decimal
    occurred_at: str
    month: date
    dimensions: Dimensions
    source: Source


class Statement(NamedTuple):
    """All that a fact says about a subject's ``measures``: what it does not say of them holds no longer."""

    subject_id: UUID
    measures: tuple[str, ...]
    measured: tuple[Measured, ...]
    source: Source
    ended_by: UUID | None = None
    """The event that ended it. Where that took something back already, nothing more is said of it."""


@dataclass(slots=True)
class Entry:
    """A row of the ledger. It counts for as long as ``reversed_by`` is None and it reverses nothing itself."""

    id: UUID
    subject_id: UUID
    measured: Measured
    count: int = 1
    reverses: UUID | None = None
    reversed_by: UUID | None = None

    @property
    def bucket(self) -> "BucketKey":
        """Where the entry is summed."""
        measure, value, _, month, dimensions, _ = self.measured
        return BucketKey(
            measure, month, *dimensions, level=value * self.count if measure in DISTRIBUTIONS else NO_LEVEL
        )


class BucketKey(NamedTuple):
    """One sum: a measure in a month by its dimensions and, for a distribution, per level."""

    measure: str
    month: date
    partner_id: UUID
    site_id: UUID
    product_id: UUID | None
    level: Decimal


Thing = tuple[str, UUID]
"""A measure of a subject: at most one entry of it counts at any time."""
Proof = tuple[UUID, str, UUID]
"""An event, a measure and a subject: they meet once, however often the event is delivered."""


def enter(
    statements: Iterable[Statement], counting: Mapping[Thing, Entry], proven: Iterable[Proof] = ()
) -> tuple[list[Entry], list[Entry]]:
    """The new entries that statements lead to, and the entries in ``counting`` that they reverse, which are marked so.

    ``counting`` is what counts now of the statements' subjects; ``proven`` is what was entered before: a statement
    that comes again says nothing new.
    """
    current, known = dict(counting), set(proven)
    new: list[Entry] = []
    reversed_entries: list[Entry] = []
    for statement in statements:
        by_measure = {measured.measure: measured for measured in statement.measured}
        for measure in statement.measures:
            proof = (statement.source.event_id, measure, statement.subject_id)
            if proof in known or (statement.ended_by, measure, statement.subject_id) in known:
                continue
            thing = (measure, statement.subject_id)
            if before := current.pop(thing, None):
                known.add(proof)
                new.append(_reversal(before, statement.source))
                if thing in counting and counting[thing] is before:
                    reversed_entries.append(before)
            if measured := by_measure.get(measure):
                entry = Entry(uuid7(), statement.subject_id, measured)
                current[thing] = entry
                known.add(proof)
                new.append(entry)
    return new, reversed_entries


def _reversal(entry: Entry, source: Source) -> Entry:
    undone = entry.measured._replace(value=EXACT.minus(entry.measured.value), source=source)
    reversal = Entry(uuid7(), entry.subject_id, undone, count=-1, reverses=entry.id)
    entry.reversed_by = reversal.id
    return reversal


def sums(entries: Iterable[Entry]) -> dict[BucketKey, tuple[int, Decimal]]:
    """Count and total of the entries by bucket."""
    found: dict[BucketKey, list[Any]] = {}
    with localcontext(EXACT):
        for entry in entries:
            # One look-up an entry: hashing three ids is what this loop costs.
            summed = found.setdefault(entry.bucket, [0, NO_LEVEL])
            summed[0] += entry.count
            summed[1] += entry.measured.value
    return {key: (count, total) for key, (count, total) in found.items()}
