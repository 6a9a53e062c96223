"""Days of a site, or of a company, as people write them down."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from runtime.problems import RuleViolated

FIRST_ZONE: Final = timedelta(hours=14)
"""By which the easternmost time zone is ahead of UTC: a day that has begun there has begun."""


LAST_ZONE: Final = timedelta(hours=12)
"""By which the westernmost time zone is behind UTC: a day that has begun there has begun everywhere."""


class Spell(NamedTuple):
    """Days on which something does not count: from the first one until, and without, the day on which it does again."""

    since: date
    until: date | None
    """None where it still does not."""

    def has(self, day: date) -> bool:
        """Whether the day is one of them."""
        return self.since <= day and (self.until is None or day < self.until)


def local_day(instant: datetime, zone: str) -> date:
    """The day that it is at the site."""
    return instant.astimezone(ZoneInfo(zone)).date()


def not_ahead(day: date, zone: str, now: datetime, field: str) -> None:
    """Raises RuleViolated for a day that has not come at the site."""
    if day > local_day(now, zone):
        raise RuleViolated(f"{field} {day} has not come at the site: record it on that day")


def not_before_it_comes(day: date | None, now: datetime, field: str) -> None:
    """Raises RuleViolated for a day of a company, which is in no time zone, that has begun nowhere."""
    if day and day > (now + FIRST_ZONE).date():
        raise RuleViolated(f"{field} {day} has not come: record it on that day")


def begun_everywhere(day: date) -> datetime:
    """When a day of a company, which is in no time zone, has begun in each of them."""
    return datetime.combine(day, time(), UTC) + LAST_ZONE
