"""Periods as windows of whole months. A month is a number here: the months since the year 0."""

from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from contracts import Month
from contracts.moments import foreseen

YearMonth = Annotated[Month, AfterValidator(foreseen)]
"""A month as callers write it, such as 2026-03. From 1900 to a century ahead."""


class Period(StrEnum):
    """Over what time a number is formed."""

    month = "month"
    quarter = "quarter"
    rolling_3 = "rolling_3"
    rolling_12 = "rolling_12"
    year_to_date = "year_to_date"
    all = "all"


class Window(NamedTuple):
    """The months from ``first`` to ``last``, both included."""

    first: int
    last: int


def number_of(month: date | str) -> int:
    """A month's number, from its first day or from text such as 2026-03."""
    year, month_of_year = (month.year, month.month) if isinstance(month, date) else map(int, month.split("-"))
    return year * 12 + month_of_year - 1


def text_of(number: int) -> str:
    """A month as callers read it."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


def first_day(number: int) -> date:
    """The first day of a month; of one outside the calendar the nearest."""
    return date(min(max(number // 12, 1), 9999), number % 12 + 1, 1)


def windows(period: Period, first: int, last: int) -> list[Window]:
    """The windows that end in the months from ``first`` to ``last``; quarters are those that contain one of them."""
    months = range(first, last + 1)
    match period:
        case Period.month:
            return [Window(month, month) for month in months]
        case Period.quarter:
            return [Window(start, start + 2) for start in range(first - first % 3, last + 1, 3)]
        case Period.rolling_3:
            return [Window(month - 2, month) for month in months]
        case Period.rolling_12:
            return [Window(month - 11, month) for month in months]
        case Period.year_to_date:
            return [Window(month - month % 12, month) for month in months]
        case Period.all:
            return [Window(first, last)]


def reach(period: Period, first: int | None, last: int | None) -> tuple[int | None, int | None]:
    """The months that the windows need, where the caller bounds them: nothing outside is read."""
    earliest = None if first is None else windows(period, first, first)[0].first
    latest = None if last is None else windows(period, last, last)[-1].last
    return earliest, latest
