"""Whether work was begun with a partner while none was given to it: it was suspended, or had left (EU GMP 7.5).

A partner is on a day what it was at the end of it, at the site. What was open when it was suspended may be finished
where that was decided, and the last word of the suspension counts.
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


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a site was from a day until another, and when no work was given to that partner."""

    since: date | None
    until: date | None
    spells: Sequence[Spell]

    def held(self, day: date) -> bool:
        """Whether the site was its on a day."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)

    @classmethod
    def of(cls, told: Sequence[Mapping[str, Any]], zone: str) -> Self:
        """What was told of one owner, in whatever order."""
        since, until = (told[0]["said"][name] for name in ("since", "until"))
        return cls(_day(since), _day(until), spells(told, zone))

    @property
    def turns(self) -> set[date]:
        """The days on which something begins or has ended."""
        days = {self.since, self.until, *(each.ends for each in self.spells)}
        return {day for day in days if day} | {since for each in self.spells for since, _ in each.changes}


def owners_of(told: Iterable[Mapping[str, Any]], zone: str) -> list[Owner]:
    """What was told of the partners whose a site was, one after the other."""
    by_owner: defaultdict[Any, list[Mapping[str, Any]]] = defaultdict(list)
    for each in told:
        by_owner[each["said"]["since"], each["said"]["until"]].append(each)
    return [Owner.of(facts, zone) for facts in by_owner.values()]


def spells(told: Iterable[Mapping[str, Any]], zone: str) -> list[Spell]:
    """When no work was given to a partner, by what was told of it in whatever order."""
    found: list[Spell] = []
    for each in sorted(told, key=lambda each: int(each["sequence"])):
        said = each["said"]
        open_ = found[-1] if found and found[-1].ends is None else None
        if after := said.get("after"):
            day = datetime.fromisoformat(said["at"]).astimezone(ZoneInfo(zone)).date()
            if after in CLOSED:
                if open_ is None:
                    found.append(open_ := Spell([]))
                open_.changes.append((day, after))
            elif open_ is not None:
                open_.ends, open_ = day, None
        if open_ is not None:
            open_.decided |= said["decided"]
    return found


def last_word(told: Iterable[Mapping[str, Any]], work: str) -> str | None:
    """What becomes of a work while its partner is suspended now; None where nothing is said, or it is not."""
    found = spells(told, "UTC")
    return found[-1].decided.get(work) if found and found[-1].ends is None else None


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
            what = f"decided to {' or '.join(words)} it" if words else "not decided that it is finished"
            why = f"the partner was {was} when it was begun on {day}, and it was {what}"
            if WorkDecision.finish not in decided:
                return Verdict.not_met, why
            return Verdict.unknown, f"{why}{_SEVERAL if None in decided else ''}: which of several works it is, is open"
    return None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
