"""When something happened, as precise as it was told, and between which instants that lies at a place."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.moments import AnyMoment
from gxp.clocks import first_instant, months_later

_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Known:
    """A moment, and the facts that tell it."""

    moment: AnyMoment
    """An instant, a day or a month."""
    by: tuple[UUID, ...] = ()
    """The ids of the events."""


@dataclass(frozen=True, slots=True)
class Span:
    """The instants between which something happened; both the same where the instant is known."""

    earliest: datetime
    latest: datetime
    first_day: date
    """Its local day, or the first on which it may be."""
    last_day: date


def span(moment: AnyMoment, zone: ZoneInfo) -> Span:
    """Where a moment lies at a place. What is known to the day has happened when the day ends."""
    if isinstance(moment, datetime):
        day = moment.astimezone(zone).date()
        return Span(moment.astimezone(UTC), moment.astimezone(UTC), day, day)
    first = moment if isinstance(moment, date) else date.fromisoformat(f"{moment}-01")
    last = first if isinstance(moment, date) else months_later(first, 1) - _ONE_DAY
    return Span(first_instant(first, zone), first_instant(last + _ONE_DAY, zone), first, last)
