"""The same thing by several names: of all that is said of it one statement counts.

A test has a name for each of its revisions, and goods have one for each of their lot numbers. That two names are of
the same thing may become known before, between or after what is said under them: what counts follows from all that is
known, and not from the order in which it came.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import DateTime, Numeric
from sqlmodel import Field

from kpi.facts.ledger import Measured, Source, Statement, Thing
from kpi.metadata import Table


class OtherName(Table, table=True):
    """A name, and one that stands in its place: of a result its amendment, of a lot's alias the lot's own number."""

    __tablename__ = "other_name"

    name: UUID = Field(primary_key=True)
    stands: UUID = Field(primary_key=True, index=True)


class LastSaid(Table, table=True):
    """What was said last of a subject, whether it counts or another one stands for it."""

    __tablename__ = "last_said"

    subject_id: UUID = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    name: UUID = Field(index=True)
    value: Decimal = Field(sa_type=Numeric)
    occurred_at: str
    month: date
    partner_id: UUID
    site_id: UUID
    product_id: UUID | None = None
    event_id: UUID
    type: str
    topic: str
    key: str
    recorded_at: datetime = Field(sa_type=DateTime(timezone=True))


class Said(NamedTuple):
    """What a subject measures, and the name under which that was said."""

    subject_id: UUID
    name: UUID
    measured: tuple[Measured, ...]


Adjust = Callable[[Said, Set[UUID]], Iterable[Measured]]
"""What counts of the one that stands, with the subjects that are the same as it."""


@dataclass
class Once:
    """What is known of some things: their names, what was said under them, and what of it counts now."""

    measures: tuple[str, ...]
    forks: bool = False
    """Whether several may stand in the place of one: then the newest does. Else a name is nobody's."""
    names: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    """By a name those that stand in its place."""
    said: dict[UUID, Said] = field(default_factory=dict)
    counted: dict[Thing, Measured] = field(default_factory=dict)

    def near(self, names: Iterable[UUID]) -> set[UUID]:
        """The names, and all that are joined to them by whatever steps."""
        joined = defaultdict(set)
        for name, standing in self.names.items():
            for each in standing:
                joined[name].add(each)
                joined[each].add(name)
        found, left = set[UUID](), list(names)
        while left:
            if (name := left.pop()) not in found:
                found.add(name)
                left += joined.get(name, ())
        return found

    def say(self, said: Said) -> None:
        """Something is said of a subject, in the place of what was said before; nothing, if it measures nothing."""
        self.said.pop(said.subject_id, None)
        if said.measured:
            self.said[said.subject_id] = said

    def settle(
        self, names: Iterable[UUID], subjects: Collection[UUID], source: Source, adjust: Adjust | None = None
    ) -> list[Statement]:
        """What an event makes of the things with these names, after all that it said: each counts once."""
        near = self.near(names)
        said = [each for each in self.said.values() if each.name in near]
        counts: dict[Thing, Measured] = {}
        for stands, same in self._standing(said):
            for measured in adjust(stands, same) if adjust else stands.measured:
                counts[measured.measure, stands.subject_id] = measured._replace(source=source)
        found = []
        for subject in sorted({*subjects, *(each.subject_id for each in said)}):
            for measure in self.measures:
                before, now = self.counted.get((measure, subject)), counts.get((measure, subject))
                if _said_alike(before, now):
                    continue
                found.append(Statement(subject, (measure,), (now,) if now else (), source))
                self.counted.pop((measure, subject), None)
                if now:
                    self.counted[measure, subject] = now
        return found

    def _standing(self, said: Iterable[Said]) -> Iterator[tuple[Said, Set[UUID]]]:
        """Of each thing the one that counts: that is named by what stands, or by what comes next to it."""
        things = defaultdict(list)
        for each in said:
            stands, steps = self._way(each.name)
            things[stands].append((-steps, each.name, each.subject_id, each))
        for same in things.values():
            yield max(same)[-1], {subject for _, _, subject, _ in same}

    def _way(self, name: UUID) -> tuple[UUID, int]:
        """The name that stands in the end, and in how many steps: of names that go in a circle the least."""
        way = [name]
        while (stands := self._stands(way[-1])) is not None:
            if stands in way:
                circle = way[way.index(stands) :]
                return min(circle), way.index(min(circle))
            way.append(stands)
        return way[-1], len(way) - 1

    def _stands(self, name: UUID) -> UUID | None:
        """What stands in its place, if anything does."""
        standing = self.names.get(name)
        return max(standing) if standing and (self.forks or len(standing) == 1) else None


def _said_alike(one: Measured | None, other: Measured | None) -> bool:
    return one == other or (one is not None and other is not None and one._replace(source=other.source) == other)


def rows(said: Said) -> list[dict[str, Any]]:
    """What is kept of it."""
    return [
        {
            "subject_id": said.subject_id,
            "name": said.name,
            **{each: getattr(measured, each) for each in ("measure", "value", "occurred_at", "month")},
            **measured.dimensions._asdict(),
            **measured.source._asdict(),
        }
        for measured in said.measured
    ]
