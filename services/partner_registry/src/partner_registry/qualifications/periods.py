"""From when on a qualification has been in which state, and since when that is known."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from contracts.qualifications import QualificationState as State
from gxp.clocks import ONE_DAY, first_instant

IN_FORCE: Final = frozenset({State.approved, State.conditional})
OPEN: Final = frozenset({State.planned, State.in_assessment})
LIVING: Final = IN_FORCE | OPEN | {State.suspended}
"""What counts, may count again, or is to."""
PROLONGED: Final = timedelta(90)
WARNED_DAYS: Final = (180, 90, 30)
Periods = Sequence[Mapping[str, Any]]
"""As they are stored, in the order in which they were told."""


def end_of(day: date, zone: str) -> datetime:
    """When a local day of the site ends."""
    return first_instant(day + ONE_DAY, ZoneInfo(zone))


def begun(state: State, on: date, at: datetime, reason: str, lost: str | None = None) -> Mapping[str, Any]:
    """A period that begins on a local day of the site, as it is stored; and what was lost with which it began."""
    told = {"state": state, "on": on.isoformat(), "at": at.isoformat(), "reason": reason}
    return told | {"lost": lost} if lost else told


def state_on(periods: Periods, day: date, as_of: datetime) -> State | None:
    """The state on a local day of the site, as it was known at an instant; None before it began."""
    told = [each for each in periods if datetime.fromisoformat(each["at"]) <= as_of]
    there = [each for each in told if date.fromisoformat(each["on"]) <= day]
    # What was told last counts from its day on: a suspension that was told late also takes back what began later.
    return State(there[-1]["state"]) if there else None


def approved_at(periods: Periods) -> datetime | None:
    """When it was last approved; None where it is not in force."""
    at = None
    for each in reversed(periods):
        if each["state"] not in IN_FORCE:
            break
        at = datetime.fromisoformat(each["at"])
    return at
