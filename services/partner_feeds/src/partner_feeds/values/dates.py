"""Date formats of mappings: ``MMM.YY`` with a list of months reads ``maj.19`` as 2019-05."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from contracts import Moment
from gxp.local_times import NotOneInstant, instant_of
from partner_feeds.values.moments import not_too_early
from partner_feeds.values.texts import NEAR_FOR_SHORT, CannotRead, nearest

CENTURY = 2000
"""A two-digit year is of this century: no electronic record is older."""

_TOKEN = re.compile(r"YYYY|YY|MMM|MM|M|DD|D|hh|mm|ss|Z")
_DIGITS = {
    "YYYY": ("year", "[0-9]{4}"),
    "YY": ("short_year", "[0-9]{2}"),
    "MM": ("month", "[0-9]{2}"),
    "M": ("month", "[0-9]{1,2}"),
    "DD": ("day", "[0-9]{2}"),
    "D": ("day", "[0-9]{1,2}"),
    "hh": ("hour", "[0-9]{2}"),
    "mm": ("minute", "[0-9]{2}"),
    "ss": ("second", "[0-9]{2}"),
    "MMM": ("month_name", r"[^\W\d_]+\.?"),
    "Z": ("offset", r"Z|[+-][0-9]{2}:?[0-9]{2}"),
}
_SAMPLE = {"YYYY": "2019", "YY": "19", "MM": "05", "M": "5", "DD": "17", "D": "17", "hh": "10", "mm": "30",
           "ss": "00", "Z": "+02:00"}  # fmt: skip


class Unclear(CannotRead):
    """A local time that exists twice, once with each of the readings: the order of the rows may show which is meant."""

    def __init__(self, reason: str, readings: tuple[datetime, datetime]) -> None:
        super().__init__(reason)
        self.readings = readings


class DateFormat:
    """One compiled format. ``precision`` is ``month``, ``day`` or ``instant``."""

    def __init__(self, format_: str, months: Sequence[str] | None = None) -> None:
        self._format = format_
        self._months = {name.lower(): number for number, name in enumerate(months or (), start=1)}
        tokens = _TOKEN.findall(format_)
        parts = {_DIGITS[token][0] for token in tokens}
        if len(parts) != len(tokens) or not parts & {"year", "short_year"} or not parts & {"month", "month_name"}:
            raise CannotRead(f"the date format {format_!r} needs a year (YYYY or YY) and a month (MM, M or MMM), once")
        if {"year", "short_year"} <= parts or {"month", "month_name"} <= parts:
            raise CannotRead(f"the date format {format_!r} names the year or the month twice")
        if ("month_name" in parts) != (len(self._months) == 12):
            raise CannotRead("MMM goes with a list of twelve different months, January first")
        if "hour" in parts and "day" not in parts:
            raise CannotRead(f"the date format {format_!r} has an hour and no day")
        self.precision = "instant" if "hour" in parts else "day" if "day" in parts else "month"
        self._match = re.compile(_pattern(format_)).fullmatch
        self.example = _TOKEN.sub(lambda token: self._sample(token[0]), format_)

    def read(self, text: str, zone: tzinfo | None = None) -> Moment:
        """The moment; a time without offset is read in ``zone``. Raises CannotRead with what would be right.

        A local time that exists twice is Unclear, which is a CannotRead with both readings.
        """
        match = self._match(text)
        if match is None:
            raise CannotRead(f"not a date of the form {self._format}: write it such as {self.example}")
        parts = match.groupdict()
        year = int(parts["year"]) if parts.get("year") else CENTURY + int(parts["short_year"])
        month = self._month(parts["month_name"]) if parts.get("month_name") else int(parts["month"])
        if not 1 <= month <= 12:
            raise CannotRead(f"there is no month {month}: write the date such as {self.example}")
        if self.precision == "month":
            return not_too_early(f"{year:04d}-{month:02d}")
        try:
            return not_too_early(self._day_or_instant(year, month, parts, zone))
        except CannotRead:
            raise
        except ValueError as error:
            raise CannotRead(f"there is no such date ({error}): write it such as {self.example}") from error

    def _month(self, name: str) -> int:
        number = self._months.get(name.lower()) or self._months.get(name.lower().removesuffix("."))
        if number is None:
            known = ", ".join(self._months)
            hint = nearest(name, self._months, NEAR_FOR_SHORT)
            raise CannotRead(f"{name!r} is no month of this list: {known}{hint}")
        return number

    def _day_or_instant(self, year: int, month: int, parts: dict[str, str], zone: tzinfo | None) -> Moment:
        if self.precision == "day":
            return date(year, month, int(parts["day"]))
        time = (int(parts["hour"]), int(parts.get("minute") or 0), int(parts.get("second") or 0))
        local = datetime(year, month, int(parts["day"]), *time)
        if parts.get("offset"):
            return local.replace(tzinfo=_offset(parts["offset"]))
        if zone is None:
            raise CannotRead("the time has no offset from UTC, and no time zone is known for this feed")
        return _in_zone(local, zone)

    def _sample(self, part: str) -> str:
        if part == "MMM":
            return next(name for name, number in self._months.items() if number == 5)
        return _SAMPLE[part]


def _pattern(format_: str) -> str:
    """The format as a regular expression: tokens become groups, everything else is taken as it is."""
    pattern, end = "", 0
    for token in _TOKEN.finditer(format_):
        name, digits = _DIGITS[token[0]]
        pattern += re.escape(format_[end : token.start()]) + f"(?P<{name}>{digits})"
        end = token.end()
    return pattern + re.escape(format_[end:])


def _in_zone(local: datetime, zone: tzinfo) -> datetime:
    try:
        return instant_of(local, zone)
    except NotOneInstant as error:
        reason = f"{error}; write the time with its offset, in a column whose format ends in Z"
        raise (Unclear(reason, error.readings) if error.repeated else CannotRead(reason)) from error


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
