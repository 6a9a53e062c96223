"""Dates as precise as they were given: an instant, a day or a month. Never more, and never in the future."""

import re
from datetime import date, datetime, timedelta
from typing import TypeVar

from contracts import Moment
from partner_feeds.values.texts import CannotRead

M = TypeVar("M", datetime, date, Moment)

CENTURY = 2000
"""A two-digit year is of this century: no electronic record is older."""
CLOCK_SKEW = timedelta(minutes=5)
"""Two machines' clocks never agree; a partner's may be a little ahead of ours."""

_FARTHEST_EAST = timedelta(hours=14)
"""A day has begun somewhere on earth this long before it begins in UTC."""

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])").fullmatch
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}\S*").fullmatch
_WANTED = "write 2019-05-17T10:30:00+02:00, or 2019-05-17 where only the day is known, or 2019-05"


class DayOfReceipt(date):
    """The day on which a file came, of a record that has no date of its own: the same record has another day when its
    file comes again."""


def read_moment(text: str) -> Moment:
    """An ISO 8601 instant, day or month. Raises CannotRead with what would be right."""
    if _MONTH(text):
        return not_too_early(text)
    try:
        if _DAY(text):
            return not_too_early(date.fromisoformat(text))
        if _INSTANT(text):
            return read_instant(text)
    except CannotRead:
        raise
    except ValueError as error:
        raise CannotRead(f"no such date ({error}): {_WANTED}") from error
    raise CannotRead(f"not a date: {_WANTED}")


def read_instant(text: str) -> datetime:
    """An ISO 8601 date and time with its offset from UTC. Raises CannotRead."""
    try:
        instant = datetime.fromisoformat(text) if _INSTANT(text) else None
    except ValueError as error:
        raise CannotRead(f"no such time ({error}): write 2019-05-17T10:30:00+02:00") from error
    if instant is None:
        raise CannotRead("not a date with its time: write 2019-05-17T10:30:00+02:00")
    if instant.utcoffset() is None:
        raise CannotRead(f"the offset from UTC is missing: write {text}+02:00, or {text}Z for UTC")
    return not_too_early(instant)


def not_too_early(moment: M) -> M:
    """The same moment. Raises CannotRead for one before 2000: a slip of the pen, or what a program writes for no date,
    such as 1900-01-01, 1970-01-01 or 0001-01-01. What lies ahead is for the Horizon to see."""
    year = int(moment[:4]) if isinstance(moment, str) else moment.year
    if year < CENTURY:
        raise CannotRead(
            f"lies before {CENTURY}, and no electronic record is older: write the year that is meant; where it means "
            "no date leave it blank, or say so in the mapping, under missing"
        )
    return moment


class Horizon:
    """What is still not the future at ``now``: a fact that has not happened cannot be reported."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self._instant = now + CLOCK_SKEW
        self._day = (now + _FARTHEST_EAST).date()
        self._month = f"{self._day:%Y-%m}"

    def why_not(self, moment: Moment) -> str | None:
        """Why the moment cannot be: None when it has come."""
        if isinstance(moment, str):
            ahead = moment > self._month
        elif isinstance(moment, datetime):
            ahead = moment > self._instant
        else:
            ahead = moment > self._day
        if not ahead:
            return None
        return f"{moment} is in the future: write when it happened (today is {self.now:%Y-%m-%d})"
