"""A subject as all facts together tell it, in whatever order they came, and what of it one clause asks for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from contracting.obligations.judging import Case, Reclassified
from contracting.obligations.moments import Known, span
from contracting.obligations.terms import Terms
from contracting.obligations.told import FIRST_COUNTS, PLANNED, SubjectType
from contracts.moments import AnyMoment

_UTC: Final = ZoneInfo("UTC")


class Kept(Protocol):
    """A fact as it was kept; of one subject the higher sequence was told later, and of two with one the later id."""

    @property
    def id(self) -> UUID:
        """The event's."""

    @property
    def sequence(self) -> int:
        """Its place among what was told of the subject."""

    @property
    def said(self) -> Mapping[str, Any]:
        """What it says, as in ``told``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What clauses speak of, such as a deviation: whose it is, its moments, and the classes that it had."""

    type: SubjectType
    id: UUID
    number: str | None
    partner_id: UUID
    """Whose it was when it was told first: what happened at a site stays with who has sold it since."""
    site_id: UUID
    product_id: UUID | None
    historic: bool
    """From a feed that was loading its past: no clock runs that nobody could have kept."""
    moments: Mapping[str, Known]
    first_told: Mapping[str, Known]
    """Of each moment what was told of it first."""
    first_class: str | None = None
    reclassified: Sequence[Reclassified] = ()
    void: Mapping[str, str] = field(default_factory=dict)
    reopened: Collection[str] = ()
    """Moments that were not the last word, such as a conclusion."""

    def case(self, terms: Terms) -> Case:
        """What a clause asks of it."""
        return Case(
            start=self.moments.get(terms.start),
            first_start=self.first_told.get(terms.start),
            end=self.moments.get(terms.end),
            planned_end=self.moments.get(PLANNED.get(terms.end, "")),
            first_class=self.first_class,
            reclassified=self.reclassified,
            void=self.void.get("") or self.void.get(terms.start, ""),
            reopened=terms.end in self.reopened,
        )


def subject_of(type: SubjectType, id: UUID, facts: Iterable[Kept]) -> Subject | None:
    """The subject of which these facts tell; None where there are none. Of a fact that came twice one counts."""
    once = {each.id: each for each in facts}
    told = sorted(once.values(), key=lambda each: (each.sequence, each.id))
    if not told:
        return None
    of = told[-1].said["of"]
    moments, first = _moments(told)
    first_class, reclassified = _classes(told)
    void: dict[str, str] = {}
    for each in told:
        if each.said.get("unless") not in moments:
            void |= each.said.get("void", {})
    return Subject(
        type=type,
        id=id,
        number=of["number"],
        partner_id=UUID(told[0].said["of"]["partner_id"]),
        site_id=UUID(of["site_id"]),
        product_id=UUID(of["product_id"]) if of["product_id"] else None,
        historic=any(each.said["of"]["historic"] for each in told),
        moments=moments,
        first_told=first,
        first_class=first_class,
        reclassified=reclassified,
        void=void,
        reopened={name for each in told for name in each.said.get("reopened", ())},
    )


def moment(text: str) -> AnyMoment:
    """A moment as facts write it: a month, a day or an instant."""
    if len(text) == len("2026-11"):
        return text
    return date.fromisoformat(text) if len(text) == len("2026-11-05") else datetime.fromisoformat(text)


def _moments(told: Sequence[Kept]) -> tuple[dict[str, Known], dict[str, Known]]:
    """The moments as they hold, and as each was told first. Of one that is told again the same way, the first proves
    it.
    """
    now: dict[str, Known] = {}
    first: dict[str, Known] = {}
    for each in told:
        for name, text in each.said["at"].items():
            known = Known(moment(text), (each.id,))
            first.setdefault(name, known)
            before = now.get(name)
            if before is None or (name not in FIRST_COUNTS and before.moment != known.moment):
                now[name] = known
    return now, first


def _classes(told: Sequence[Kept]) -> tuple[str | None, Sequence[Reclassified]]:
    """The class with which it was told, and those that it got since. Without one the first that it got counts as that:
    nobody had proposed another.
    """
    proposed: str | None = None
    given: list[Reclassified] = []
    for each in told:
        class_, at = each.said.get("class"), each.said.get("class_at")
        if class_ and at:
            given.append(Reclassified(_instant(at), class_, each.id))
        elif class_ and proposed is None and not given:
            proposed = class_
    given.sort(key=lambda each: each.at)
    if proposed is None and given:
        return given[0].to, given[1:]
    return proposed, given


def _instant(text: str) -> datetime:
    return span(moment(text), _UTC).earliest.astimezone(UTC)
