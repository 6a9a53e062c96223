"""Where the work was done: whether each site was qualified and registered on the days of its work."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from contracts.qualifications import SiteQualificationChanged
from directory.qualified import ANY_FORM, IN_FORCE, NOTHING_TOLD, Course, courses_for, in_force, not_allowed
from directory.registered import content_on, courses, registration_for, registrations_on
from quality_events.batches.works import not_known
from quality_events.readiness.standings import not_given
from quality_events.readiness.terms import (
    EVERYBODY,
    Condition,
    ConditionName,
    Done,
    Dossier,
    Finding,
    Told,
    met,
    unknown,
    unmet,
)
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from quality_events.regimes import registered_as

TESTING: Final = frozenset({"testing"})
_ONE_DAY: Final = timedelta(1)


def site_qualified(dossier: Dossier, market: str, today: date) -> Condition:
    """Each site was qualified for its work on the days of it (EU GMP Annex 16, 1.7), and its partner was given work
    when that was begun. What came later does not count.
    """
    name = ConditionName.site_qualified
    if missing := _nothing_done(name, dossier):
        return missing
    found: dict[Verdict | None, list[Finding]] = {each: [] for each in (None, *Verdict)}
    for work in (*dossier.done, *dossier.made_of, *dossier.tested):
        verdict, finding = _qualified(dossier, work, today)
        found[verdict].append(finding)
        if barred := not_given(dossier.owners.get(work.site_id, ()), work):
            found[barred[0]].append(_finding(work, barred[1]))
    failed, unclear, under_conditions = (found[each] for each in (Verdict.not_met, Verdict.unknown, None))
    if failed or unclear:
        return _not_met(name, failed, unclear, dossier)
    if not under_conditions:
        return met(name, *found[Verdict.met])
    # Who releases names what is to be weighed, and nothing else.
    others = [replace(each, number=None) for each in found[Verdict.met]]
    return met(name, *under_conditions, *others, weighs=True)


def _qualified(dossier: Dossier, work: Done, today: date) -> tuple[Verdict | None, Finding]:
    """How it stands with one work; None where it is met under conditions that are open."""
    told, product_id = dossier.qualifications.get(work.site_id, ()), dossier.batch["product_id"]
    form, for_form = dossier.dosage_form, partial(courses_for, told, work.activities, product_id and UUID(product_id))
    own, of_any = for_form(form), for_form(ANY_FORM)
    if not work.activities:
        return Verdict.unknown, _unnamed(work)
    if not told:
        return Verdict.unknown, _finding(work, NOTHING_TOLD)
    if bad := _not_in_force(work, own):
        forms = ", ".join(sorted({each.last.dosage_form for each in of_any if each.last.dosage_form}))
        if form is None and not _not_in_force(work, of_any):
            return Verdict.unknown, _finding(work, f"it is qualified for {forms}, and the product's form is not known")
        other = f"; it is for {forms}, and the product is {form}" if forms and not own else ""
        why = f"it was not qualified for {_words(work)} on {bad}{_lost(own, bad)}{other}"
        return Verdict.not_met, _finding(work, why, _proof(own or of_any))
    if said := _under_conditions(work, own):
        why = f"it was qualified for {_words(work)}, under conditions that do not allow: {'; '.join(said.conditions)}"
        return None, _finding(work, why, _proof_of(said))
    later = "" if in_force(own, today) else "; it is not qualified any more, so a hold is proposed"
    return Verdict.met, _finding(work, f"it was qualified for {_words(work)}{later}", _proof(own))


def registered(dossier: Dossier, market: str, _: date) -> Condition:
    """The product's registration for the market named each site for its work on the days of it."""
    name = ConditionName.registered
    if missing := _nothing_done(name, dossier):
        return missing
    told, markets = dossier.registrations, registered_as(market)
    entries = [each for name in markets for course in courses(told, name) for each in course]
    if not entries:
        why = f"nothing is known of a registration of the product for {market}"
        return unknown(name, Finding(why, reader=None))
    failed, found, unclear = [], [], []
    naming = partial(_naming, told, markets)
    for work in (*dossier.done, *dossier.made_of, *dossier.tested):
        if not work.activities:
            unclear.append(_unnamed(work))
        elif bad := _first(work, _turns(entries), partial(naming, work)):
            last = registration_for(told, markets, bad)[-1].said
            failed.append(_finding(work, f"{last['number']} did not name it for {_words(work)} on {bad}", _file(last)))
        else:
            last = naming(work, work.last)[-1].said
            found.append(_finding(work, f"{last['number']} named it for {_words(work)}", _file(last)))
    if failed or unclear:
        return _not_met(name, failed, unclear, dossier)
    return met(name, *found)


def holder(dossier: Dossier, market: str, day: date) -> str | None:
    """The legal entity that holds the product's authorisation for a market on a day; None where none is known."""
    entries = registration_for(dossier.registrations, registered_as(market), day)
    return entries[-1].said["holder"] if entries else None


def _naming(told: Sequence[Told], markets: Iterable[str], work: Done, day: date) -> Sequence[Told]:
    """The course of the first registration that names its site for its work on a day; empty where none does."""
    running = registrations_on(told, markets, day)
    return next((each for each in running if _names(each, work, day)), [])


def _names(entries: Sequence[Told], work: Done, day: date) -> bool:
    content, on = content_on(entries, day), day.isoformat()
    return any(
        site["site_id"] == str(work.site_id)
        and site["activity"] in work.activities
        and site["valid_from"] <= on <= (site["valid_to"] or on)
        for site in (content or {"sites": ()})["sites"]
    )


def _turns(entries: Iterable[Told]) -> set[date]:
    """The days on which what is registered begins, or has ended the day before."""
    ends = {site["valid_to"] for each in entries for site in each.said["sites"] if site["valid_to"]}
    begun = {date.fromisoformat(each.said["effective_on"]) for each in entries}
    return begun | {date.fromisoformat(end) + _ONE_DAY for end in ends}


def _lost(courses: Sequence[Course], day: date) -> str:
    """Which qualification had ended by then, and for what reason, as its own site was told."""
    said = next((found for course in reversed(courses) if (found := course.on(day))), None)
    if said is None:
        return ""
    if said.after in IN_FORCE:
        return f": {said.number} ended on {said.valid_to}"
    return f": {said.number} was {said.after}, {said.reason}"


def _not_in_force(work: Done, courses: Sequence[Course]) -> date | None:
    """The first day of the work on which it could not be given by any of them."""
    return _first(work, _days_of(courses), partial(in_force, courses))


def _under_conditions(work: Done, courses: Sequence[Course]) -> SiteQualificationChanged | None:
    """The qualification that alone held on a day of the work, while conditions of it were open."""
    days = {work.first, work.last, *(day for day in _days_of(courses) if work.first < day < work.last)}
    return next((said for day in sorted(days) if (said := not_allowed(courses, day))), None)


def _days_of(courses: Iterable[Course]) -> set[date]:
    return {day for each in courses for day in each.turns}


def _first(work: Done, turns: Iterable[date], holds: Callable[[date], object]) -> date | None:
    """The first day of the work on which it does not hold; looked at wherever something begins or has ended."""
    days = {work.first, work.last, *(day for day in turns if work.first < day < work.last)}
    return next((day for day in sorted(days) if not holds(day)), None)


def _nothing_done(name: ConditionName, dossier: Dossier) -> Condition | None:
    if dossier.done:
        return None
    return unknown(name, Finding("nobody stated when and where it was made", reader=EVERYBODY))


def _words(work: Done) -> str:
    return " or ".join(sorted(each.replace("_", " ") for each in work.activities))


def _not_met(name: ConditionName, failed: Sequence[Finding], unclear: Sequence[Finding], dossier: Dossier) -> Condition:
    """What is unknown by its words alone, of a stage that stands from before they were asked for, quality may state."""
    if failed:
        return unmet(name, *failed, *unclear)
    words = {not_known(each.step) for each in (*dossier.done, *dossier.made_of) if not each.activities}
    return replace(unknown(name, *unclear), untold=all(each.text in words for each in unclear))


def _unnamed(work: Done) -> Finding:
    return Finding(not_known(work.step), "site", work.site_id, reader=work.partner_id)


def _finding(work: Done, why: str, proof: Any = None) -> Finding:
    when = f"{work.first}" if work.first == work.last else f"{work.first} to {work.last}"
    return Finding(
        f"{work.step} ({when}): {why}", **(proof or {"kind": "site", "id": work.site_id}), reader=work.partner_id
    )


def _file(said: Mapping[str, Any]) -> Any:
    return {"kind": "registration", "id": UUID(said["registration_id"]), "number": said["number"]}


def _proof(courses: Sequence[Course]) -> Any:
    if not courses:
        return None
    return _proof_of(courses[-1].last)


def _proof_of(said: SiteQualificationChanged) -> Any:
    return {"kind": "qualification", "id": said.qualification_id, "number": said.number}
