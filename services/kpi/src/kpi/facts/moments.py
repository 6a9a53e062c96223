"""When something happened and how long it took, never more precisely than it was told.

Months are those of UTC: one calendar for every site, so that a sum over sites is a sum over the same time.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from contracts import Moment

HUNDREDTH = Decimal("0.01")
"""Durations are kept to a hundredth of a day or of an hour: the levels of their distributions."""
_MICROSECOND = timedelta(microseconds=1)


def as_text(moment: Moment) -> str:
    """The moment as it was given: an instant (in UTC), a day or a month."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return moment.isoformat() if isinstance(moment, date) else moment


def month_of(moment: Moment) -> date:
    """The first day of the month in which the moment lies."""
    if isinstance(moment, datetime):
        return moment.astimezone(UTC).date().replace(day=1)
    return moment.replace(day=1) if isinstance(moment, date) else date.fromisoformat(f"{moment}-01")


def _elapsed(start: datetime, end: datetime, unit: timedelta) -> Decimal:
    # What ended before it began took no time: the sponsor may have known first.
    elapsed = max(end - start, timedelta()) // _MICROSECOND
    return (Decimal(elapsed) / (unit // _MICROSECOND)).quantize(HUNDREDTH, ROUND_HALF_UP)


def hours_between(start: datetime, end: datetime) -> Decimal:
    """Hours from one instant to another, to 0.01 h, never less than 0."""
    return _elapsed(start, end, timedelta(hours=1))


def days_between(start: datetime, end: Moment) -> Decimal | None:
    """Days from an instant to a moment, to 0.01 d, never less than 0.

    To a day known only as such they are whole days of the calendar; to a month there is no answer (None).
    """
    if isinstance(end, datetime):
        return _elapsed(start, end, timedelta(days=1))
    if isinstance(end, date):
        return Decimal(max((end - start.astimezone(UTC).date()).days, 0)).quantize(HUNDREDTH)
    return None
