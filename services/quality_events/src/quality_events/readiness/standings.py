"""Whether work was begun with a partner while none was given to it: it was suspended, or had left (EU GMP 7.5).

A partner is on a day what it was at the end of it, at the site. What was open when it was suspended may be finished
where that was decided. The last word counts since the suspension in which the work was begun, also one that comes
after it; but that work is held says only what becomes of it while that suspension lasts in which it is said.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from contracts.partner_registry import PartnerStatus
from contracts.partner_work import WorkDecision
from quality_events.readiness.terms import Done
from quality_events.readiness.terms import ReadinessVerdict as Verdict

CLOSED: Final = frozenset({PartnerStatus.suspended, PartnerStatus.exited})
"""While it is one of these a partner is given no work."""
_SEVERAL: Final = ", or nothing was decided"


@dataclass(slots=True)
class Spell:
    """From a partner's suspension, or its exit, until it is active again."""

    changes: list[tuple[date, str]]
    """What it became, and from which day on."""
    ends: date | None = None
    """The day on which it was active again."""
    decided: dict[str, str] = field(default_factory=dict)
    """What becomes of works that were open, by their digests: what was said last."""

    def on(self, day: date) -> str | None:
        """What the partner was on a day of it; None where the day is none."""
        begun = [after for since, after in self.changes if since <= day]
        return begun[-1] if begun and (self.ends is None or day < self.ends) else None


@dataclass(slots=True)
class Course:
    """What was told of a partner, one after the other."""

    spells: list[Spell] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    """What becomes of works, as it was said since the partner's last spell began, or ended."""
    later: dict[str, str] = field(default_factory=dict)
    """The same of all times, but for what waits only as long as a spell."""

    @classmethod
    def of(cls, told: Iterable[Mapping[str, Any]], zone: str) -> Self:
        """What was told in whatever order."""
        course = cls()
        for each in sorted(told, key=lambda each: int(each["sequence"])):
            said = each["said"]
            if after := said.get("after"):
                course._became(after, datetime.fromisoformat(said["at"]).astimezone(ZoneInfo(zone)).date())
            course._decided(said["decided"])
        return course

    @property
    def _open(self) -> Spell | None:
        return self.spells[-1] if self.spells and self.spells[-1].ends is None else None

    def _became(self, after: str, day: date) -> None:
        spell = self._open
        if (after in CLOSED) is (spell is None):
            self.words = {}
        if after in CLOSED:
            if spell is None:
                self.spells.append(spell := Spell([]))
            spell.changes.append((day, after))
        elif spell is not None:
            spell.ends = day

    def _decided(self, decided: Mapping[str, str]) -> None:
        self.words |= decided
        now = self._open
        lasting = {work: word for work, word in decided.items() if now is None or word != WorkDecision.hold}
        for spell in self.spells:
            spell.decided |= decided if spell is now else lasting
        self.later |= lasting


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a site was from a day until another, and when no work was given to that partner."""

    since: date | None
    until: date | None
    spells: Sequence[Spell]
    later: Mapping[str, str] = field(default_factory=dict)
    """What it said last of works, by which those that were begun with the owner before are judged, too."""

    def held(self, day: date) -> bool:
        """Whether the site was its on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    @classmethod
    def of(cls, told: Sequence[Mapping[str, Any]], zone: str) -> Self:
        """What was told of one owner, in whatever order."""
        since, until = (told[0]["said"][name] for name in ("since", "until"))
        course = Course.of(told, zone)
        return cls(_day(since), _day(until), course.spells, course.later)

    @property
    def turns(self) -> set[date]:
        """The days on which something begins or has ended."""
        days = {self.since, self.until, *(each.ends for each in self.spells)}
        return {day for day in days if day} | {since for each in self.spells for since, _ in each.changes}


def owners_of(told: Iterable[Mapping[str, Any]], zone: str) -> list[Owner]:
    """What was told of the partners whose a site was, one after the other; the later one has the last word."""
    by_owner: defaultdict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for each in told:
        by_owner[each["said"]["since"], each["said"]["until"]].append(each)
    found = sorted((Owner.of(facts, zone) for facts in by_owner.values()), key=lambda each: each.since or date.min)
    for at, later in enumerate(found):
        # Of who has it a second time the same was told twice, in which is nothing later.
        for earlier in (each for each in found[:at] if each.later != later.later):
            for spell in earlier.spells:
                spell.decided |= later.later
    return found


def last_word(told: Iterable[Mapping[str, Any]], work: str) -> str | None:
    """What becomes of a work, as it was said since its partner was suspended, or active again; None where nothing is.

    What waited for a suspension's end does so no longer.
    """
    return Course.of(told, "UTC").words.get(work)


def not_given(owners: Iterable[Owner], work: Done) -> tuple[Verdict, str] | None:
    """That work was begun while none was given to whose the site was; None where it was not.

    Of work of which only the month is known in which it began nobody can say it where that was so on some of its days.
    """
    every = list(owners)
    begun_by = work.begun_by or work.first
    days = {work.first, begun_by} | {day for each in every for day in each.turns if work.first < day < begun_by}
    found = [_why(every, work, day) for day in sorted(days)]
    said = [why for why in found if why]
    if not said:
        return None
    if not all(found):
        return Verdict.unknown, f"when it began is not known to the day: {said[0][1]}"
    return next((why for why in said if why[0] == Verdict.unknown), said[0])


def _why(owners: Iterable[Owner], work: Done, day: date) -> tuple[Verdict, str] | None:
    """Of several works one of which it is, as orders of one lot, it is finished for certain where each of them is."""
    for spell in (each for owner in owners if owner.held(day) for each in owner.spells):
        decided = {spell.decided.get(each) for each in work.works} or {None}
        if (was := spell.on(day)) and decided != {WorkDecision.finish}:
            words = sorted(each for each in decided if each)
            if work.apart and not words:  # what is open at a partner, and decided, are its batches and orders
                what = "of a stage elsewhere no fact tells whether it is finished"
                return Verdict.unknown, f"the partner was {was} when it was begun on {day}, and {what}"
            what = f"decided to {' or '.join(words)} it" if words else "not decided that it is finished"
            why = f"the partner was {was} when it was begun on {day}, and it was {what}"
            if WorkDecision.finish not in decided:
                return Verdict.not_met, why
            return Verdict.unknown, f"{why}{_SEVERAL if None in decided else ''}: which of several works it is, is open"
    return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
