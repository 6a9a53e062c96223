"""Dates as precise as they were given: kept as the text that was given, beside a date to sort by."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from contracts import DayOrMonth, Moment
from contracts.moments import first_day
from gxp.clocks import first_instant
from runtime.problems import RuleViolated

_MOMENT: TypeAdapter[Moment] = TypeAdapter(Moment)
_AHEAD: TypeAdapter[DayOrMonth] = TypeAdapter(DayOrMonth)
_ONE_DAY = timedelta(1)
_FARTHEST_EAST = timedelta(hours=14)
"""A day has begun somewhere on earth this long before it begins in UTC."""


def written(moment: Moment) -> str:
    """The moment as text, exactly as precise as it was given: ``2018-11`` stays a month."""
    return str(_MOMENT.dump_python(moment, mode="json"))


def read(text: str) -> Moment:
    """The moment that was written as this text. Raises ValueError for another text."""
    return _MOMENT.validate_python(text)


def read_ahead(text: str) -> DayOrMonth:
    """The day or month, which may lie ahead, that was written as this text. Raises ValueError for another text."""
    return _AHEAD.validate_python(text)


def sortable(moment: Moment) -> date:
    """A date to sort and filter by: an instant's day in UTC, a month's first day."""
    return first_day(moment)


def is_before(one: Moment, other: Moment) -> bool:
    """Whether one moment lies before another for certain, as precisely as both are given: a month holds its days."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one < other
    length = min(len(written(each)) for each in (one, other) if not isinstance(each, datetime))
    return sortable(one).isoformat()[:length] < sortable(other).isoformat()[:length]


def ends(moment: Moment) -> date:
    """The last day of a moment: what expires in a month does so with its last day."""
    first = sortable(moment)
    if isinstance(moment, str):
        return first.replace(day=monthrange(first.year, first.month)[1])
    return first


def span(text: str, zone: str) -> tuple[date, date]:
    """The local days of a moment as it was given: of a month the first and the last."""
    moment = read(text)
    if isinstance(moment, datetime):
        day = moment.astimezone(ZoneInfo(zone)).date()
        return day, day
    return sortable(moment), ends(moment)


def is_days_before(one: str, zone: str, other: str, others_zone: str) -> bool:
    """Whether the days of one moment have ended, at its place, before those of another begin at theirs."""
    ended = first_instant(span(one, zone)[1] + _ONE_DAY, ZoneInfo(zone))
    return ended <= first_instant(span(other, others_zone)[0], ZoneInfo(others_zone))


def lies_before(text: str, instant: datetime, zone: str | None) -> bool:
    """Whether what was written begins before an instant, where that begins a day in a zone (UTC until it is known)."""
    moment = read(text)
    if isinstance(moment, datetime):
        return moment < instant
    return sortable(moment) < instant.astimezone(ZoneInfo(zone or "UTC")).date()


def ends_before(text: str, instant: datetime, zone: str | None) -> bool:
    """Whether what was written has ended before an instant, where that begins a day in a zone."""
    moment = read(text)
    if isinstance(moment, datetime):
        return moment < instant
    return ends(moment) < instant.astimezone(ZoneInfo(zone or "UTC")).date()


def is_ahead(moment: Moment, now: datetime) -> bool:
    """Whether the moment has not come yet anywhere on earth."""
    if isinstance(moment, datetime):
        return moment > now
    return sortable(moment) > (now + _FARTHEST_EAST).date()


def must_have_come(moment: Moment, now: datetime) -> None:
    """Raise RuleViolated for a moment that lies ahead."""
    if is_ahead(moment, now):
        raise RuleViolated(f"{written(moment)} is in the future: record what has happened")
