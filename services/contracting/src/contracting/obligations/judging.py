"""A verdict: a pure function of the clause in force, of what is known of a subject, and of the instant that is asked.

Nothing of the order in which facts came goes in, so that any order gives the same. What cannot be judged is unknown,
with the reason, and never met.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from contracting.obligations.moments import Known, Span, span
from contracting.obligations.terms import Terms
from contracts.contracting import ClauseKind, Owes
from contracts.contracting_obligations import Duty
from gxp import calendars
from gxp.calendars import Calendar
from gxp.clocks import Unit, due_at, first_instant, months_later

GRAVITY: Final = ("recommendation", "minor", "moderate", "major", "critical")
"""Classes of all records, the least first."""
TOLD_BEFORE_IT_STARTED: Final = "it was done before it started: the clocks of two sides differ"
START_BY_DAY: Final = "its start is known to the day or month only: it is judged where every instant of that agrees"
END_BY_DAY: Final = "when it was done is known to the day or month only, which begins then"
REOPENED: Final = "it was reopened since: by when it was done first it is judged"
_ONE_DAY: Final = timedelta(days=1)
_Due: TypeAlias = Callable[[datetime, str | None], datetime | None]
"""When something that began at an instant is due for a class; None where the clause asks nothing of it."""


@dataclass(frozen=True, slots=True)
class Reclassified:
    """A subject got a class, or another one."""

    at: datetime
    to: str
    by: UUID | None = None
    """The event."""


@dataclass(frozen=True, slots=True)
class Places:
    """By whose local days the clocks of both sides run."""

    site: ZoneInfo
    sponsor: ZoneInfo

    def zone(self, owes: Owes) -> ZoneInfo:
        """The zone of who owes something."""
        return self.site if owes is Owes.partner else self.sponsor


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of a subject as far as one clause asks for it."""

    start: Known | None
    end: Known | None
    first_start: Known | None = None
    """As it was told first, where that was corrected since."""
    planned_end: Known | None = None
    """Of an act that is announced: when it is planned, while it has not happened."""
    first_class: str | None = None
    """That with which it was told, or else the first that it got."""
    reclassified: Sequence[Reclassified] = ()
    """In the order of their time."""
    reopened: bool = False
    """What was done was taken up again since: whether that was done in time stays as it is."""
    void: str = ""
    """Why nothing is owed of it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a clause says of a subject at an instant."""

    standing: Duty
    why: str | None = None
    start_at: datetime | None = None
    first_due_at: datetime | None = None
    """As it was due by what was told first: it stays when the start is corrected or a class is raised."""
    due_at: datetime | None = None
    done_at: datetime | None = None
    judged_as: str | None = None
    """The class that counted."""
    late_by: timedelta | None = None
    """Of what was done late, or is not done yet at the instant that is asked."""
    remarks: tuple[str, ...] = ()
    proof: tuple[UUID, ...] = ()
    """The events that tell start, end and class."""

    @property
    def open(self) -> bool:
        """Whether it is not done."""
        return self.done_at is None


def judge(terms: Terms, case: Case, places: Places, as_of: datetime) -> Verdict:
    """The verdict of a clause. Kinds that have several rounds, or are acts, are judged in ``rounds`` and ``acts``."""
    if case.void:
        return _proven(case, Verdict(standing=Duty.void, why=case.void))
    try:
        if terms.kind is ClauseKind.ahead:
            return _proven(case, _ahead(terms, case, places, as_of))
        return _proven(case, _deadline(terms, case, places, as_of))
    except (ValueError, OverflowError) as error:  # the calendar is not named, or does not reach to that year
        return _proven(case, Verdict(standing=Duty.unknown, why=f"when it is due cannot be counted: {error}"))


def _deadline(terms: Terms, case: Case, places: Places, as_of: datetime) -> Verdict:
    zone, calendar = places.zone(terms.owes), _calendar(terms)
    if case.start is None:
        return Verdict(standing=Duty.unknown, why="the start moment is not known")
    start, end = span(case.start.moment, zone), _span(case.end, zone)
    if terms.asks_by_class and case.first_class is None:
        why = "its class is not known, and the clause asks by class"
        return Verdict(standing=Duty.unknown, why=why, start_at=start.earliest)

    def due(at: datetime, class_: str | None) -> datetime | None:
        amount = terms.amount(class_)
        return None if amount is None else due_at(at, amount, terms.unit, zone=zone, calendar=calendar)

    first = span((case.first_start or case.start).moment, zone)
    told = end.earliest if end else None
    soonest, judged_as = _by_class(due(start.earliest, case.first_class), case, told, due)
    latest, _ = _by_class(due(_last(start), case.first_class), case, told, due)
    if soonest is None or latest is None:
        return Verdict(standing=Duty.void, why=f"the clause asks nothing of the class {judged_as}")
    remarks = [START_BY_DAY] if soonest != latest else []
    if end and end.earliest != end.latest:
        remarks.append(END_BY_DAY)
    if end and end.latest < start.earliest:
        remarks.append(TOLD_BEFORE_IT_STARTED)
    if end and case.reopened:
        remarks.append(REOPENED)
    held = _held(soonest, latest, end, as_of)
    return replace(
        held,
        start_at=start.earliest,
        first_due_at=due(_last(first), case.first_class) or latest,
        judged_as=judged_as if terms.asks_by_class else None,
        remarks=tuple(remarks),
    )


def _by_class(due: datetime | None, case: Case, told: datetime | None, of: _Due) -> tuple[datetime | None, str | None]:
    """When it is due by all classes that it had until it was told, and by which of them it is judged.

    One that was raised before is due by the earlier of both clocks; a class that was lowered moves nothing, and one
    that was raised afterwards was not known to who told of it.
    """
    judged_as = case.first_class
    for each in case.reclassified:
        if told is not None and told <= each.at:
            break
        if _gravity(each.to) > _gravity(judged_as):
            judged_as, raised = each.to, of(each.at, each.to)
            due = min(filter(None, (due, raised)), default=None)
    return due, judged_as


def _gravity(class_: str | None) -> int:
    return GRAVITY.index(class_) if class_ in GRAVITY else -1


def _ahead(terms: Terms, case: Case, places: Places, as_of: datetime) -> Verdict:
    """Told so long before an act: by the day on which it happened, and until then by the planned one."""
    zone, calendar = places.zone(terms.owes), _calendar(terms)
    act = case.end or case.planned_end
    if act is None:
        return Verdict(standing=Duty.unknown, why="the day of the act is not known")
    class_ = case.reclassified[-1].to if case.reclassified else case.first_class
    if terms.asks_by_class and class_ is None:
        return Verdict(standing=Duty.unknown, why="its class is not known, and the clause asks by class")
    amount = terms.amount(class_)
    if amount is None:
        return Verdict(standing=Duty.void, why=f"the clause asks nothing of the class {class_}")
    when, planned = span(act.moment, zone), _span(case.planned_end, zone)
    due = ahead_of(when, amount, terms.unit, zone, calendar)
    held = _held(due, due, _span(case.start, zone), as_of)
    first = ahead_of(planned, amount, terms.unit, zone, calendar) if planned else due
    return replace(held, start_at=when.earliest, first_due_at=first, judged_as=class_ if terms.asks_by_class else None)


def ahead_of(act: Span, amount: int, unit: Unit, zone: ZoneInfo, calendar: Calendar | None) -> datetime:
    """The last instant for telling of an act: the end of the local day so many days before that of the act.

    Of an act that is known to the month its first day counts, as that is the earliest on which it may have happened.
    """
    if unit is Unit.hours:
        return act.earliest - timedelta(hours=amount)
    day = act.first_day
    if unit is Unit.months:
        day = months_later(day, -amount)
    elif unit is Unit.calendar_days:
        day -= timedelta(days=amount)
    elif calendar is None:
        raise ValueError("working days are counted by a calendar, and none was given")
    else:
        for _ in range(amount):
            day -= _ONE_DAY
            while not calendar(day):
                day -= _ONE_DAY
    return first_instant(day + _ONE_DAY, zone)


def _held(soonest: datetime, latest: datetime, end: Span | None, as_of: datetime) -> Verdict:
    """Whether it was done in time, whichever instants between the earliest and the latest are meant."""
    if end is None:
        late = as_of - latest
        if late <= timedelta(0):
            return Verdict(standing=Duty.pending, due_at=latest)
        return Verdict(standing=Duty.breached, due_at=latest, late_by=late)
    if end.latest <= soonest:
        return Verdict(standing=Duty.met, due_at=latest, done_at=end.earliest)
    if end.earliest > latest or end.latest > end.earliest >= latest:
        return Verdict(standing=Duty.breached, due_at=latest, done_at=end.earliest, late_by=end.earliest - latest)
    why = "start or end is known to the day or month only, and whether it was in time hangs on the hour"
    return Verdict(standing=Duty.unknown, why=why, due_at=latest, done_at=end.earliest)


def _calendar(terms: Terms) -> Calendar | None:
    return calendars.named(terms.calendar) if terms.calendar else None


def _span(known: Known | None, zone: ZoneInfo) -> Span | None:
    return span(known.moment, zone) if known else None


def _last(start: Span) -> datetime:
    """The last instant at which it may have started."""
    return start.latest if start.earliest == start.latest else start.latest - timedelta(microseconds=1)


def _proven(case: Case, verdict: Verdict) -> Verdict:
    told = [each for each in (case.start, case.end or case.planned_end) if each]
    events = [event for each in told for event in each.by]
    classes = [each.by for each in case.reclassified if each.by and each.to == verdict.judged_as]
    return replace(verdict, proof=tuple(dict.fromkeys([*events, *classes])))
