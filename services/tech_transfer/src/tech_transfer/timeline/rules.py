"""To whom each day counts by which a gate is later than it was planned first: pure rules (docs/adr/0055)."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from contracts.tech_transfer import Gate
from contracts.transfer_closure import DayHolder
from gxp.calendars import Calendar, UnknownCalendar, monday_to_friday
from gxp.clocks import first_instant
from tech_transfer.gates.terms import Unit
from tech_transfer.timeline.model import GateBlocking

_DAY: Final = timedelta(days=1)
Calendars = Mapping[Unit, Calendar]
"""On which days each unit works; one that is not named works from Monday to Friday."""


@dataclass(frozen=True, slots=True)
class HeldDay:
    """A day, and to whom it counts."""

    day: date
    holder: DayHolder
    by: GateBlocking | None = None
    """What waited longest as the day began; of a day off, for what nobody worked."""


@dataclass(frozen=True, slots=True)
class Slip:
    """By how much a gate is later than it was planned first."""

    gate: Gate
    planned_on: date
    ended_on: date | None
    """The day on which it was passed, or the transfer was given up."""
    days: Sequence[HeldDay]

    @property
    def by_side(self) -> Mapping[DayHolder, int]:
        """How many of its days count to whom: together they are all of them."""
        counted = Counter(each.holder for each in self.days)
        return {holder: counted[holder] for holder in DayHolder if counted[holder]}


def slip(
    gate: Gate,
    planned_on: date,
    ended_on: date | None,
    today: date,
    noted: Sequence[GateBlocking],
    zone: ZoneInfo,
    calendars: Calendars,
) -> Slip:
    """The days after the one that was planned first until that of the decision, or today, each for one side."""
    last = ended_on or today
    count = max((last - planned_on).days, 0)
    days = [planned_on + _DAY * (after + 1) for after in range(count)]
    return Slip(gate, planned_on, ended_on, [held(day, noted, zone, calendars) for day in days])


def held(day: date, noted: Iterable[GateBlocking], zone: ZoneInfo, calendars: Calendars) -> HeldDay:
    """To whom a local day counts: who owed, as it began, what had waited longest then, where that side works on it."""
    begins = first_instant(day, zone)
    unit, longest = _longest([each for each in noted if each.blocked_at(begins)])
    if unit is None:
        return HeldDay(day, DayHolder.unknown)
    holder = DayHolder(unit.value) if works(calendars.get(unit, monday_to_friday), day) else DayHolder.day_off
    return HeldDay(day, holder, longest)


def works(calendar: Calendar, day: date) -> bool:
    """Whether a day is a working day; in a year whose holidays nobody knows, by its weekday."""
    try:
        return calendar(day)
    except UnknownCalendar:
        return monday_to_friday(day)


def _longest(blocking: Sequence[GateBlocking]) -> tuple[Unit | None, GateBlocking | None]:
    """Of several that waited equally long the sponsor's counts, and then an authority's.

    Where that leaves partners on different sides nobody can say whose the day was.
    """
    first = min((each.waiting_since for each in blocking), default=None)
    by_unit = {Unit(each.unit): each for each in reversed(blocking) if each.waiting_since == first}
    for unit in (Unit.sponsor, Unit.authority):
        if unit in by_unit:
            return unit, by_unit[unit]
    return next(iter(by_unit.items())) if len(by_unit) == 1 else (None, None)
