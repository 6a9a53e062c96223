"""Whether a laboratory is qualified, and by which days it works: pure rules."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.qualifications import Purpose, QualificationState, SiteQualificationChanged
from gxp import calendars
from gxp.clocks import Unit, due_at
from sample_tracking.results.applying import first_day

TESTING: Final = "testing"
IN_FORCE: Final = frozenset({QualificationState.approved, QualificationState.conditional})
UNTIL_KNOWN: Final = "UTC"


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a site's qualification, and its place among what was told of it."""

    sequence: int
    fact: SiteQualificationChanged


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The local days of a laboratory on which it works.

    Where its country has no public holidays that are known, these are Monday to Friday: due never later than else.
    """

    zone: str | None
    country: str | None

    def after(self, start: datetime, days: int) -> datetime:
        """The end of the working day so many later."""
        zone = ZoneInfo(self.zone or UNTIL_KNOWN)
        return due_at(start, days, Unit.working_days, zone=zone, calendar=calendars.of_country(self.country))

    def today(self, now: datetime) -> date:
        """The laboratory's day of an instant."""
        return now.astimezone(ZoneInfo(self.zone or UNTIL_KNOWN)).date()


def why_not_qualified(told: Iterable[Told], product_id: UUID, day: date, zone: str | None) -> str | None:
    """What is lacking for a site to test a product on a day; None where it is qualified.

    The order in which it was told is no matter, and a site of which nothing was told is not qualified.
    """
    courses: defaultdict[UUID, list[Told]] = defaultdict(list)
    for each in sorted(told, key=lambda each: each.sequence):
        courses[each.fact.qualification_id].append(each)
    if not courses:
        return "nothing is known of its qualification"
    fitting = [course for course in courses.values() if _fits(course[-1].fact, product_id)]
    if any(_in_force(course, day, zone) for course in fitting):
        return None
    return f"it is not qualified for testing on {day}"


def _fits(fact: SiteQualificationChanged, product_id: UUID) -> bool:
    of_it = not fact.product_ids or product_id in fact.product_ids
    return of_it and fact.purpose == Purpose.commercial and fact.activity == TESTING


def _in_force(course: Sequence[Told], day: date, zone: str | None) -> bool:
    fact = next((each.fact for each in reversed(course) if _begins(each.fact, zone) <= day), None)
    return fact is not None and fact.after in IN_FORCE and (fact.valid_to is None or day <= fact.valid_to)


def _begins(fact: SiteQualificationChanged, zone: str | None) -> date:
    """From which local day on it holds."""
    if fact.after in IN_FORCE and fact.valid_from:
        return fact.valid_from
    if isinstance(fact.occurred_at, datetime):
        return fact.occurred_at.astimezone(ZoneInfo(zone or UNTIL_KNOWN)).date()
    return first_day(fact.occurred_at)
