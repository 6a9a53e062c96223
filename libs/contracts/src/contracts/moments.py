"""Moments: when something happened, as precise as it was given, and when something is due.

All are bounded. A year 1 or 9999 is a slip of the pen; in a database it becomes infinity, and then one row makes every
list, clock and sum that meets it fail.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Annotated, Final, TypeAlias, TypeVar

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, StringConstraints

from contracts import clock

FIRST_DAY: Final = date(1900, 1, 1)
"""No record is older: an earlier year is a slip of the pen (0019 for 2019)."""
FARTHEST_AHEAD: Final = timedelta(days=36_525)
"""A century: nothing that is agreed today is due later."""
_ONE_DAY = timedelta(days=1)

Month = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""A date known to the month, for example ``2018-11``."""
AnyMoment: TypeAlias = datetime | date | str
"""An instant with its offset, a day or a month, before it is known to lie within the bounds."""
M = TypeVar("M", datetime, date, AnyMoment)

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT = rf"{_DAY}[Tt ].*([Zz]|[+-][0-9]{{2}}:?[0-9]{{2}})"


def _written(pattern: str, advice: str) -> Callable[[object], object]:
    """Refuse what pydantic would take for seconds since 1970 ("201811"), and a time that states no offset."""
    match = re.compile(pattern).fullmatch

    def check(given: object) -> object:
        if isinstance(given, int | float) or (isinstance(given, str) and not match(given)):
            raise ValueError(advice)
        return given

    return check


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


_FIRST_INSTANT, _FIRST_MONTH = _begins(FIRST_DAY), f"{FIRST_DAY:%Y-%m}"


def first_day(moment: AnyMoment, zone: tzinfo = UTC) -> date:
    """The day of a moment, or the first on which it may be: of an instant its local day in ``zone``."""
    if isinstance(moment, datetime):
        return moment.astimezone(zone).date()
    return date.fromisoformat(f"{moment}-01") if isinstance(moment, str) else moment


def why_too_early(moment: AnyMoment) -> str | None:
    """Why nothing can be dated so early, with what would be right; None for a moment from 1900 on."""
    if isinstance(moment, datetime):
        early = moment < _FIRST_INSTANT
    else:
        early = moment < FIRST_DAY if isinstance(moment, date) else moment < _FIRST_MONTH
    return f"{moment} lies before {FIRST_DAY}: write the year that is meant, from 1900 on" if early else None


def _is_beyond(moment: AnyMoment, ahead: timedelta) -> bool:
    """Whether the moment comes after tomorrow and so many days."""
    now = clock.now()
    if isinstance(moment, datetime) and moment <= now:
        return False  # as nearly all are: each moment of each fact comes through here
    last = now.astimezone(UTC).date() + _ONE_DAY + ahead
    if isinstance(moment, datetime):
        return moment >= _begins(last + _ONE_DAY)
    return moment > last if isinstance(moment, date) else moment > f"{last:%Y-%m}"


def _bounded(moment: M, ahead: timedelta, beyond: str) -> M:
    if reason := why_too_early(moment):
        raise ValueError(reason)
    if _is_beyond(moment, ahead):
        raise ValueError(f"{moment} is {beyond} (today is {clock.now():%Y-%m-%d})")
    return moment


def happened(moment: M) -> M:
    """The moment. Raises ValueError for one before 1900 or after tomorrow: it is tomorrow already in the east."""
    return _bounded(moment, timedelta(0), "in the future: write when it happened")


def foreseen(moment: M) -> M:
    """The moment. Raises ValueError for one before 1900 or more than a century ahead."""
    return _bounded(moment, FARTHEST_AHEAD, "more than a century ahead: write the year that is meant")


_AN_INSTANT = _written(_INSTANT, "write an instant with its offset from UTC, such as 2018-11-05T10:00:00Z")
_A_MOMENT = _written(
    rf"{_INSTANT}|{_DAY}|[0-9]{{4}}-[0-9]{{2}}",
    "write an instant with its zone (2018-11-05T10:00Z), a day (2018-11-05) or a month (2018-11)",
)

Moment = Annotated[AwareDatetime | date | Month, BeforeValidator(_A_MOMENT), AfterValidator(happened)]
"""When something happened, an instant, a day or a month: as precise as it was given, never more. 1900 to tomorrow."""
HappenedAt = Annotated[AwareDatetime, BeforeValidator(_AN_INSTANT), AfterValidator(happened)]
"""The instant at which something happened, from 1900 to tomorrow."""
DueAt = Annotated[AwareDatetime, BeforeValidator(_AN_INSTANT), AfterValidator(foreseen)]
"""The instant at which something is due, from 1900 to a century ahead."""
Day = Annotated[date, BeforeValidator(_written(_DAY, "write a day such as 2018-11-05")), AfterValidator(foreseen)]
"""A day that may lie ahead: due, planned or asked for. From 1900 to a century ahead."""
DayOrMonth = Annotated[
    date | Month,
    BeforeValidator(_written(rf"{_DAY}|[0-9]{{4}}-[0-9]{{2}}", "write a day (2028-04-30) or a month (2028-04)")),
    AfterValidator(foreseen),
]
"""A day or a month that may lie ahead, such as when something expires. From 1900 to a century ahead."""
