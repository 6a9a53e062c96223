"""Whether a laboratory is qualified, and by which days it works: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.partner_registry import PartnerStatus
from directory.qualified import NOTHING_TOLD, Change, courses_for, in_force
from gxp import calendars
from gxp.clocks import Unit, due_at

TESTING: Final = frozenset({"testing"})
UNTIL_KNOWN: Final = "UTC"
NO_WORK: Final = frozenset({PartnerStatus.suspended, PartnerStatus.exited})
"""What a partner is while no work is given to it."""


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The local days of a laboratory on which it works.

    Where its country has no public holidays that are known, these are Monday to Friday: due never later than else.
    """

    zone: str | None
    country: str | None

    def after(self, start: datetime, days: int) -> datetime:
        """The end of the working day so many later."""
        zone = ZoneInfo(self.zone or UNTIL_KNOWN)
        return due_at(start, days, Unit.working_days, zone=zone, calendar=calendars.of_country(self.country))

    def today(self, now: datetime) -> date:
        """The laboratory's day of an instant."""
        return now.astimezone(ZoneInfo(self.zone or UNTIL_KNOWN)).date()


def why_not_qualified(told: Sequence[Change], product_id: UUID, day: date) -> str | None:
    """What is lacking for a site to test a product on a day; None where it is qualified."""
    if not told:
        return NOTHING_TOLD
    if in_force(courses_for(told, TESTING, product_id), day):
        return None
    return f"it is not qualified for testing on {day}"
