"""Whether a clause means something that facts can tell: its moments, their order, its classes and its calendar.

Pure rules, of what is written: what was agreed on is read whatever they say of it later. What no fact tells yet may be
agreed on all the same, and is said to be judged by nobody; a slip of the pen may not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, Protocol

from contracting.clauses.catalogue import defaults, is_executed
from contracting.clauses.terms import TIMED
from contracting.obligations.told import MOMENTS, TELLS, TOLD
from contracts.audits import FindingClass
from contracts.changes import ChangeClass
from contracts.contracting import ClauseKind
from contracts.vocabulary import Classification
from gxp import calendars

CLASSES: Final[Mapping[str, frozenset[str]]] = {
    "Deviation": frozenset(Classification),
    "Change": frozenset(ChangeClass),
    "Finding": frozenset(FindingClass),
}
"""By what clauses speak of the classes that it may have; of all else there are none."""
_EVERY: Final = ""
_FACTS: Final = {fact.__name__: str(subject) for fact, (subject, _, _) in TOLD.items()}
"""By the name of a fact what it tells of: it is taken for that where a moment begins with it."""
_ANY_ORDER: Final = frozenset({"Change.classified_at", "Change.implemented_at"})
"""In an emergency a change is made first, and classified after that."""


class Said(Protocol):
    """A clause, as far as it is looked at here."""

    @property
    def code(self) -> str: ...
    @property
    def kind(self) -> ClauseKind: ...
    @property
    def start(self) -> str | None: ...
    @property
    def end(self) -> str | None: ...
    @property
    def calendar(self) -> str | None: ...
    @property
    def amounts(self) -> Mapping[str, int]: ...
    @property
    def classes(self) -> Sequence[str]: ...


def faults(clause: Said) -> Iterator[tuple[str, str]]:
    """What cannot be meant: the field, and what would be right."""
    yield from _of_moments(clause)
    yield from _of_classes(clause)
    yield from _of_calendar(clause)


def unjudged(clauses: Iterable[Said]) -> list[str]:
    """Which clauses no fact judges, and which classes a clause says nothing of: both sides read it before they sign."""
    found = []
    for each in clauses:
        if missing := waits_for(each):
            found.append(f"{each.code}: nothing judges it yet, it waits for {missing}")
        elif left_out := left_out_classes(each):
            found.append(f"{each.code}: it asks nothing of the class {', '.join(left_out)}")
    return found


def waits_for(clause: Said) -> str | None:
    """What is not there yet for a clause to be judged; None where it is judged."""
    if is_executed(clause.kind, clause.start, clause.end):
        return None
    if untold := [each for each in (clause.start, clause.end) if each and each not in MOMENTS]:
        return f"a fact that tells {' and '.join(untold)}"
    return f"a rule by which clauses of the kind {clause.kind} are judged"


def left_out_classes(clause: Said) -> list[str]:
    """The classes of what it is about of which a clause asks nothing."""
    known = CLASSES.get((clause.start or "").partition(".")[0], frozenset())
    asked = {*clause.amounts} if _EVERY not in clause.amounts else known
    return sorted(known - (asked & {*clause.classes} if clause.classes else asked))


def _of_moments(clause: Said) -> Iterator[tuple[str, str]]:
    named = {"start": clause.start, "end": clause.end}
    for field, moment in named.items():
        if moment and (why := _misspelt(moment)):
            yield field, why
    if not (clause.start and clause.end) or clause.kind not in TIMED:
        return
    start, end = (each.partition(".")[0] for each in (clause.start, clause.end))
    if clause.start == clause.end:
        yield "end", f"it is {clause.start}, from which the time is counted: name what has to have happened"
    elif start != end and {clause.start, clause.end} <= MOMENTS:
        yield "end", f"{clause.end} is not of the {start.lower()} of which {clause.start} is: name a moment of that"
    elif start == end and {clause.start, clause.end} <= MOMENTS and not _follows(clause.start, clause.end):
        yield "end", f"{clause.end} does not come after {clause.start}: name a later moment"


def _misspelt(moment: str) -> str | None:
    """What would be right, where it can only be a slip of the pen."""
    known = MOMENTS | {each for clause in defaults() for each in (clause.start, clause.end) if each}
    subjects = {each.partition(".")[0] for each in known}
    subject = moment.partition(".")[0]
    of_fact = [_FACTS[subject]] if subject in _FACTS else _near(subject, subjects)
    near = [subject] if subject in subjects else of_fact
    if moment in known or not near:
        return None
    right = sorted(each for each in known if each.partition(".")[0] == near[0])
    return f"no fact tells {moment}: write {' or '.join(right)}"


def _near(word: str, known: Iterable[str]) -> list[str]:
    """What it may have been meant to be, the likeliest first."""
    by_letters = {each.lower(): each for each in known}
    return [by_letters[each] for each in get_close_matches(word.lower(), by_letters, cutoff=0.8)]


def _of_classes(clause: Said) -> Iterator[tuple[str, str]]:
    subject = (clause.start or "").partition(".")[0]
    if subject not in TELLS:
        return
    known = CLASSES.get(subject, frozenset())
    words = f"of {', '.join(sorted(known))}" if known else "for all alike, as it has no classes"
    for field, named in (("classes", clause.classes), ("amounts", clause.amounts)):
        if unknown := sorted({*named} - known - ({_EVERY} if field == "amounts" else set())):
            yield field, f"{', '.join(map(repr, unknown))} is no class of a {subject.lower()}: write it {words}"
    if clause.classes and (free := sorted({*clause.classes} - {*clause.amounts})) and _EVERY not in clause.amounts:
        yield "amounts", f"it is for {', '.join(free)} and says no amount for that"


def _follows(start: str, end: str) -> bool:
    """Whether the one may come after the other, both of one subject."""
    subject = start.partition(".")[0]
    order = [f"{subject}.{each}" for each in TELLS[subject]]
    return {start, end} == _ANY_ORDER or order.index(end) > order.index(start)


def _of_calendar(clause: Said) -> Iterator[tuple[str, str]]:
    if clause.calendar is None:
        return
    try:
        calendars.named(clause.calendar)
    except calendars.UnknownCalendar as unknown:
        yield "calendar", str(unknown)
