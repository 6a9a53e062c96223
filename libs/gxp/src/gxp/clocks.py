"""When something is due: one function for every clock that a norm or an agreement starts.

Days, working days and months are counted as Regulation (EEC, Euratom) No 1182/71 counts them (article 3): the day of
the start is not counted, and the period ends with the end of its last local day. Which clock runs, and whether its
first due date is kept when it is extended, is the caller's to say. A clock is met when what was asked is done at the
due instant or before it.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gxp.calendars import Calendar

ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """In what a period is counted."""

    hours = "hours"
    """Exact, across a change of the clock too."""
    calendar_days = "calendar_days"
    working_days = "working_days"
    months = "months"


class Roll(StrEnum):
    """What happens to a period that ends on a day on which nobody works."""

    none = "none"
    next_working_day = "next_working_day"
    """It ends with the end of the following working day (article 3(4)). Not for hours: the Regulation excepts them."""


def due_at(
    start: datetime,
    amount: int,
    unit: Unit,
    *,
    zone: ZoneInfo,
    calendar: Calendar | None = None,
    roll: Roll = Roll.none,
) -> datetime:
    """The instant, in UTC, at which a period that began at ``start`` is due.

    Hours are exact. All else ends as the last local day in ``zone`` ends, which is the first instant of the next.
    ``calendar`` says what a working day is. Raises ValueError for a start without its offset, a negative amount, a
    calendar that is missing, or hours that shall roll; OverflowError beyond the year 9999.
    """
    if start.utcoffset() is None:
        raise ValueError(f"the start {start.isoformat()} does not say its offset from UTC")
    if amount < 0:
        raise ValueError(f"a period is never negative: {amount} {unit}")
    if unit is Unit.hours:
        if roll is not Roll.none:
            raise ValueError("a period in hours does not roll (Regulation 1182/71, article 3(4))")
        return start.astimezone(UTC) + timedelta(hours=amount)
    last = _last_day(start.astimezone(zone).date(), amount, unit, calendar)
    while roll is Roll.next_working_day and not _works(calendar, last):
        last += ONE_DAY
    return first_instant(last + ONE_DAY, zone)


def last_day(due: datetime, *zones: ZoneInfo) -> date | None:
    """The last local day that is in time for a clock which is due at ``due``: by the first of the zones where one ends.

    None where a day ends in none of them then: the clock counts hours, or the days of another place.
    """
    for zone in zones:
        day = due.astimezone(zone).date()
        if first_instant(day, zone) == due:
            return day - ONE_DAY
    return None


def first_instant(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a local day begins; also where the clock is put forward at midnight."""
    # Read with the offset from before the change, a midnight that does not exist is the instant of the change.
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _last_day(day: date, amount: int, unit: Unit, calendar: Calendar | None) -> date:
    if unit is Unit.months:
        return months_later(day, amount)
    if unit is Unit.calendar_days:
        return day + timedelta(days=amount)
    for _ in range(amount):
        day += ONE_DAY
        while not _works(calendar, day):
            day += ONE_DAY
    return day


def months_later(day: date, amount: int) -> date:
    """The same date so many months later, or where there is none the month's last day (article 3(2)(c))."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def _works(calendar: Calendar | None, day: date) -> bool:
    if calendar is None:
        raise ValueError("working days are counted by a calendar, and none was given")
    return calendar(day)
