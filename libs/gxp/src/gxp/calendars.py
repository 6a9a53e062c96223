"""Named calendars: on which days people work, by weekend and public holidays."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache, partial
from typing import TypeAlias

from holidays import HolidayBase, country_holidays, list_supported_countries

Calendar: TypeAlias = Callable[[date], bool]
"""Whether a day is a working day."""


_SATURDAY = 5


class UnknownCalendar(ValueError):
    """No calendar has this name, or it does not reach to this year."""


def named(name: str) -> Calendar:
    """The calendar of a country (``SI``; ``US`` is the federal one) or of a part of it (``DE-BW``), by ISO 3166.

    A holiday that is observed on another day is off on both. Raises UnknownCalendar with the names that are known, and
    the calendar itself raises it for a year that it does not know: no day counts as a working day for want of
    knowledge.
    """
    country, _, part = name.partition("-")
    known = list_supported_countries(include_aliases=False)
    if country not in known:
        raise UnknownCalendar(f"there is no calendar {name!r}; known are {', '.join(sorted(known))}")
    if part not in ("", *known[country]) or name.endswith("-"):
        parts = [f"{country}-{each}" for each in sorted(known[country])]
        raise UnknownCalendar(f"there is no calendar {name!r}; known are {', '.join([country, *parts])}")
    return partial(_is_working_day, name)


def of_country(country: str | None) -> Calendar:
    """That of a country; Monday to Friday, and so due never later, where it or its public holidays are not known."""
    try:
        return named(country) if country else monday_to_friday
    except UnknownCalendar:
        return monday_to_friday


def monday_to_friday(day: date) -> bool:
    """Whether a day is a working day where no public holidays are known."""
    return day.weekday() < _SATURDAY


def _is_working_day(name: str, day: date) -> bool:
    return _year(name, day.year).is_working_day(day)


@lru_cache(maxsize=1000)
def _year(name: str, year: int) -> HolidayBase:
    """One year, complete before anybody reads it: a calendar that grows as it is asked could be read half grown."""
    country, _, part = name.partition("-")
    calendar = country_holidays(country, part or None, years=year, expand=False)
    if not calendar.start_year <= year <= calendar.end_year:
        first, last = calendar.start_year, calendar.end_year
        raise UnknownCalendar(f"the calendar {name} is known from {first} to {last}, and {year} was asked for")
    return calendar
