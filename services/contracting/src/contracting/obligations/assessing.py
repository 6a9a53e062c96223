"""What all agreements with a partner say of one subject: for each clause by which version it is judged, and how."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from contracting.clauses.catalogue import CatalogueClause, defaults, is_executed
from contracting.obligations.judging import Places, Verdict, judge
from contracting.obligations.moments import span
from contracting.obligations.subjects import Subject
from contracting.obligations.terms import Coverage, Terms, first_of
from contracts.contracting import ClauseKind, Owes
from contracts.contracting_obligations import Duty

NO_ZONE: Final = "the time zone of the site is not known yet"
_FIRST, _LAST = 0, 1
"""Of the days on which something may have started."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was ever in force with a partner."""

    terms: Sequence[Terms] = ()
    coverages: Sequence[Coverage] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one clause says of the subject. Without terms no agreement does."""

    code: str
    kind: ClauseKind
    owes: Owes
    gmp: bool
    terms: Terms | None
    verdict: Verdict


def assess(subject: Subject, agreed: Agreed, places: Places | None, as_of: datetime) -> list[Outcome]:
    """An outcome for each clause that speaks of the subject, and for each of the catalogue that no agreement covers.

    None of a clause that the agreement in force left out: nobody agreed to that. Of a subject from a feed that was
    loading its past there is none at all.
    """
    if subject.historic:
        return []
    of_it = [each for each in agreed.terms if is_executed(each.kind, each.start, each.end) and _speaks(each, subject)]
    by_code: dict[str, list[Terms]] = {each.code: [] for each in defaults() if each.executed and _speaks(each, subject)}
    for each in of_it:
        by_code.setdefault(each.code, []).append(each)
    catalogue = {each.code: each for each in defaults()}
    outcomes = (
        _outcome(code, catalogue.get(code), terms, subject, agreed, places, as_of)
        for code, terms in sorted(by_code.items())
    )
    return [each for each in outcomes if each]


def _speaks(clause: Terms | CatalogueClause, subject: Subject) -> bool:
    return (clause.start or "").partition(".")[0] == subject.type


def _outcome(
    code: str,
    default: CatalogueClause | None,
    named: Sequence[Terms],
    subject: Subject,
    agreed: Agreed,
    places: Places | None,
    as_of: datetime,
) -> Outcome | None:
    known: Terms | CatalogueClause | None = first_of(named)[0] if named else default
    if known is None:
        raise LookupError(f"{code} is in no agreement and not in the catalogue")
    terms, verdict = _judged(known, named, subject, agreed, places, as_of)
    if verdict is None:
        return None
    says = terms or known
    return Outcome(code=code, kind=says.kind, owes=says.owes, gmp=says.gmp, terms=terms, verdict=verdict)


def _judged(
    known: Terms | CatalogueClause,
    named: Sequence[Terms],
    subject: Subject,
    agreed: Agreed,
    places: Places | None,
    as_of: datetime,
) -> tuple[Terms | None, Verdict | None]:
    days = _days(subject, known.start or "", places)
    if why := subject.void.get(""):
        first = _holding(named, subject, places, _FIRST) if days else ()
        return first[0] if first else None, Verdict(standing=Duty.void, why=why)
    if not agreed.coverages:
        return None, Verdict(standing=Duty.not_covered, why="no agreement names this partner")
    if places is None:
        return None, Verdict(standing=Duty.unknown, why=NO_ZONE)
    if not days:
        return None, Verdict(standing=Duty.unknown, why="the start moment is not known")
    first, last = (_holding(named, subject, places, end) for end in (_FIRST, _LAST))
    if first != last:
        why = "its start is known to the month only, and two versions were in force in it"
        return None, Verdict(standing=Duty.unknown, why=why)
    if len(first) > 1:
        equals = " and ".join(f"{each.agreement} version {each.version}" for each in first)
        why = f"{equals} say different things of it, and none of them goes before the other"
        return None, Verdict(standing=Duty.unknown, why=why)
    if not first:
        return None, _not_covered(known, named, subject, agreed.coverages, days[0])
    return first[0], judge(first[0], subject.case(first[0]), places, as_of)


def _days(subject: Subject, start: str, places: Places | None) -> tuple[date, date] | None:
    """The local days of the site between which something started."""
    known = subject.moments.get(start)
    if known is None or places is None:
        return None
    when = span(known.moment, places.site)
    return when.first_day, when.last_day


def _holding(named: Iterable[Terms], subject: Subject, places: Places | None, end: int) -> Sequence[Terms]:
    """The clauses that go first of those in force on the first or the last day on which it may have started."""
    holding = []
    for each in named:
        days = _days(subject, each.start, places)
        if days and each.in_force(days[end]) and each.covers(subject.site_id, subject.product_id):
            holding.append(each)
    return first_of(holding) if holding else ()


def _not_covered(
    known: Terms | CatalogueClause, named: Sequence[Terms], subject: Subject, coverages: Iterable[Coverage], day: date
) -> Verdict | None:
    """Why no clause holds; None where an agreement that covers the subject leaves it out for every site."""
    elsewhere = [each for each in named if each.in_force(day)]
    covering = [each for each in coverages if each.holds(day, subject.site_id, subject.product_id, gmp=known.gmp)]
    if {each.agreement_id for each in covering} - {each.agreement_id for each in elsewhere}:
        return None
    if elsewhere:
        having = ", ".join(sorted({f"{each.agreement} version {each.version}" for each in elsewhere}))
        why = f"{having} has {known.code}, and not for this site and product"
        return Verdict(standing=Duty.not_covered, why=why)
    kind = "quality agreement" if known.gmp else "agreement"
    why = f"no {kind} was in force for this site and product on {day.isoformat()}"
    return Verdict(standing=Duty.not_covered, why=why)
