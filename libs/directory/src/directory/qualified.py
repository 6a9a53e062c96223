"""Whether a site is qualified for a work on a day, by all that was told of it in whatever order: pure rules.

A site of which nothing was told is not qualified (EU GMP chapter 7; ICH Q10 2.7).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.moments import first_day
from contracts.qualifications import Purpose, QualificationFact, QualificationState, SiteQualificationChanged

NOTHING_TOLD: Final = "nothing is known of its qualification"
IN_FORCE: Final = frozenset({QualificationState.approved, QualificationState.conditional})
ANY_FORM: Final = "*"
"""Whatever the form."""
COMMERCIAL: Final = frozenset({Purpose.commercial})
OF_A_FORM: Final = frozenset({"drug_product", "sterile_fill", "packaging"})
"""Works that a qualification may bind to a dosage form. Of a substance or a test what it names is a technology."""
_UNTIL_KNOWN: Final = "UTC"
_ONE_DAY: Final = timedelta(1)


@dataclass(frozen=True, slots=True)
class Change:
    """What was told of a qualification, its place among that, and from which of the site's days on it holds."""

    fact: SiteQualificationChanged
    sequence: int
    begins: date

    @classmethod
    def of(cls, said: Mapping[str, Any], sequence: int, zone: str | None) -> Self:
        """A fact as it was kept, of a site in a zone."""
        fact = SiteQualificationChanged.model_validate(said)
        stated = fact.effective_on or (fact.valid_from if fact.after in IN_FORCE else None)
        return cls(fact, sequence, stated or first_day(fact.occurred_at, ZoneInfo(zone or _UNTIL_KNOWN)))


@dataclass(frozen=True, slots=True)
class Course:
    """All that was told of one qualification, in its order."""

    changes: Sequence[Change]

    @property
    def last(self) -> SiteQualificationChanged:
        """What was told last of it."""
        return self.changes[-1].fact

    def on(self, day: date) -> SiteQualificationChanged | None:
        """How it stood on a day; None before its first."""
        return next((each.fact for each in reversed(self.changes) if each.begins <= day), None)

    def in_force(self, day: date) -> bool:
        """Whether work could be given by it on a day."""
        return self.granting(day) is not None

    def granting(self, day: date) -> SiteQualificationChanged | None:
        """How it stood on a day on which work could be given by it; None where none could."""
        fact = self.on(day)
        holds = fact is not None and fact.after in IN_FORCE and (fact.valid_to is None or day <= fact.valid_to)
        return fact if holds else None

    @property
    def turns(self) -> set[date]:
        """The days on which something begins, or has ended the day before."""
        ends = {each.fact.valid_to + _ONE_DAY for each in self.changes if each.fact.valid_to}
        return ends | {each.begins for each in self.changes}


def courses_for(
    told: Iterable[Change],
    activities: Collection[str],
    product_id: UUID | None,
    dosage_form: str | None = ANY_FORM,
    purposes: Collection[Purpose] = COMMERCIAL,
) -> list[Course]:
    """The qualifications of a site for work on a product of a form by any of these activities; commercial work, where
    no other purposes are named.
    """
    by_id: defaultdict[UUID, list[Change]] = defaultdict(list)
    for each in sorted(told, key=lambda each: (each.fact.qualification_id, each.sequence)):
        by_id[each.fact.qualification_id].append(each)
    return [
        course
        for course in map(Course, by_id.values())
        if covers(course.last, activities, product_id, dosage_form, purposes)
    ]


def covers(
    fact: QualificationFact,
    activities: Collection[str],
    product_id: UUID | None,
    dosage_form: str | None = ANY_FORM,
    purposes: Collection[Purpose] = COMMERCIAL,
) -> bool:
    """Whether a qualification is for such work, whether it holds or not.

    One for another form is none. Of a form that is not known (None) it is one that holds for every form.
    """
    of_it = not fact.product_ids or product_id in fact.product_ids
    for_it = fact.purpose in purposes and fact.activity in activities
    return of_it and for_it and _of_form(fact, dosage_form)


def in_force(courses: Iterable[Course], day: date) -> bool:
    """Whether work could be given by any of them on a day."""
    return any(course.in_force(day) for course in courses)


def not_allowed(courses: Iterable[Course], day: date) -> SiteQualificationChanged | None:
    """The qualification by which alone work could be given on a day while conditions of it were open: they say what was
    not allowed. None where one without conditions held."""
    granting = [fact for each in courses if (fact := each.granting(day))]
    open_ = [fact for fact in granting if fact.after == QualificationState.conditional and fact.conditions]
    return open_[-1] if open_ and len(open_) == len(granting) else None


def _of_form(fact: QualificationFact, dosage_form: str | None) -> bool:
    if fact.dosage_form is None or dosage_form == ANY_FORM or fact.activity not in OF_A_FORM:
        return True
    return dosage_form is not None and dosage_form.casefold() == fact.dosage_form.casefold()
