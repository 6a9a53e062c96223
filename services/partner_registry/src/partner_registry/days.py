"""Days of a site, as people write them down."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from runtime.problems import RuleViolated


def not_ahead(day: date, zone: str, now: datetime, field: str) -> None:
    """Raises RuleViolated for a day that has not come at the site."""
    if day > now.astimezone(ZoneInfo(zone)).date():
        raise RuleViolated(f"{field} {day} has not come at the site: record it on that day")
