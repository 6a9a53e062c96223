"""The clocks of quality events: every amount in one place, with where it comes from.

No regulation gives these numbers: EU GMP chapter 7 and FDA's guidance on quality agreements (2016) leave them to the
agreement. They are the defaults until the effective agreement says otherwise.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from contracts import Classification
from gxp import calendars
from gxp.calendars import Calendar
from gxp.clocks import ONE_DAY, Roll, Unit, first_instant
from gxp.clocks import due_at as due
from gxp.clocks import last_day as ends_in

DEVIATION_DUE_DAYS: Final = 30
"""Calendar days from the partner's awareness to closure (the usual term of quality agreements; ICH Q10 3.2.2)."""

NOTIFICATION_HOURS: Final = {Classification.critical: 24, Classification.major: 72}
"""Hours from the partner's awareness to the sponsor's, by the class that the partner proposes. A minor has no limit."""

OOS_NOTIFICATION_HOURS: Final = 24
"""Hours from the detection of an out-of-specification result until the sponsor is told of it."""

OOS_DUE_DAYS: Final = 30
"""Calendar days from detection to conclusion. FDA's OOS guidance (2022) asks for a timely end and names none."""

OOT_DUE_DAYS: Final = OOS_DUE_DAYS
"""Calendar days from the day on which a result was told to be out of trend to the conclusion (agreement)."""

OOS_PHASE_1_WORKING_DAYS: Final = 20
"""How long a laboratory looks for an error of its own before the process is looked at (FDA OOS 2022: "timely")."""
RECURRENCE_MONTHS: Final = 12
"""How far back the same root cause at the same site counts as a recurrence."""

RECURRENCES_BEFORE_ESCALATION: Final = 2
"""How many of a kind came before the one that is for the sponsor's management; a first recurrence proposes a CAPA."""

EFFECTIVENESS_CHECK_DAYS: Final = 90
"""Calendar days from a CAPA's implementation to its effectiveness check (the usual term; ICH Q10 3.2.2)."""

GENERATIONS_BEFORE_ESCALATION: Final = 3
"""How often a CAPA may be without effect until others than those who tried have to know."""

AUDIT_REPORT_DAYS: Final = 30
"""Calendar days from the last day of an audit to its report (agreement)."""

AUDIT_TOLD_WITHIN_DAYS: Final = 366
"""How far back a day of an audit or of its report may lie when it is told here (usual: a plan has one each year)."""

FINDING_DAYS: Final = 30
"""Calendar days from the report of an audit to the answers to its findings (agreement). They roll."""

NEXT_ANSWER_DAYS: Final = 10
"""Calendar days from the rejection of an answer to the next one (agreement). They roll."""

REJECTIONS_BEFORE_ESCALATION: Final = 2
"""How often an answer may be rejected until others than those who tried have to know."""

CHANGE_NOTICE_DAYS: Final = 60
"""Calendar days that a change is told ahead (agreement; EU GMP 7.12)."""

EMERGENCY_APPROVAL_DAYS: Final = 3
"""Working days of the site within which a change is approved that was made in an emergency (agreement)."""
COMPLAINT_DAYS: Final = 15
"""Calendar days from the sponsor's receipt of a complaint to its answer (EU GMP 8 gives no number)."""

SAFETY_WORKING_DAYS: Final = 1
"""Working days until a suspected adverse event is with drug safety, whose own clocks run (21 CFR 314.80, GVP VI)."""

MOCK_RECALL_HOURS: Final = 4
"""Hours, exact, from the start of a mock recall until it is known where all of it went (usual; EU GMP 8.30 asks for the
exercise and names none)."""
IMPACT_WORKING_DAYS: Final = 1
"""Working days of the sponsor until it has said what something means for a batch that is released."""

PRODUCT_REVIEW_DAYS: Final = 90
"""Calendar days of the sponsor from the end of a period to its signed product quality review (usual; EU GMP 1.10 and
21 CFR 211.180(e) ask for it each year, and name none)."""

UNTIL_KNOWN: Final = ZoneInfo("UTC")
"""By which a site's days are counted until its time zone is known. Deviations and OOS investigations are counted anew
then; the dates of a CAPA that were set before stay."""


@dataclass(frozen=True, slots=True)
class Notification:
    """How long it took until the sponsor was told, against the limit."""

    limit_hours: int | None
    """None: no limit applies."""
    taken_hours: Decimal | None
    """None: the sponsor was not told yet."""
    met: bool | None
    """None: no limit applies, or there is still time."""


NO_NOTIFICATION: Final = Notification(None, None, None)
"""Of what was reported as history: nobody was told of it by that."""


@dataclass(frozen=True, slots=True)
class Sponsor:
    """By whose local days and calendar the sponsor's own clocks count."""

    zone: ZoneInfo
    calendar: Calendar

    def days_after(self, start: datetime, days: int) -> datetime:
        """The end of the calendar day so many days later."""
        return due(start, days, Unit.calendar_days, zone=self.zone)

    def working_days_after(self, start: datetime, days: int) -> datetime:
        """The end of the working day so many of them later."""
        return due(start, days, Unit.working_days, zone=self.zone, calendar=self.calendar)


def due_at(aware_at: datetime, days: int, zone: str | None) -> datetime:
    """When something is due so many calendar days after somebody was aware, counted in the site's local days.

    ``zone`` is an IANA name, None where it is not known yet.
    """
    return due(aware_at, days, Unit.calendar_days, zone=ZoneInfo(zone) if zone else UNTIL_KNOWN)


def answer_due_at(asked_at: datetime, days: int, zone: str | None, country: str | None) -> datetime:
    """When an answer is due: as ``due_at``, and with the site's next working day where nobody works on the last one.

    Regulation 1182/71, article 3(4). It does not roll where the site's zone or its calendar is not known.
    """
    if zone and country:
        with suppress(calendars.UnknownCalendar):
            calendar, roll = calendars.named(country), Roll.next_working_day
            return due(asked_at, days, Unit.calendar_days, zone=ZoneInfo(zone), calendar=calendar, roll=roll)
    return due_at(asked_at, days, zone)


def working_days_after(start: datetime, days: int, zone: str | None, country: str | None) -> datetime | None:
    """The end of the site's working day so many of them later; None where its zone or its calendar is not known."""
    if zone is None or country is None:
        return None
    try:
        return due(start, days, Unit.working_days, zone=ZoneInfo(zone), calendar=calendars.named(country))
    except calendars.UnknownCalendar:
        return None


def end_of(day: date, zone: str | None) -> datetime:
    """The instant at which a local day of the site ends. ``zone`` as in ``due_at``."""
    return first_instant(day + ONE_DAY, ZoneInfo(zone) if zone else UNTIL_KNOWN)


def last_day(due: datetime, zone: str | None) -> date | None:
    """The last local day of the site that is in time, where a day ends then. ``zone`` as in ``due_at``."""
    return ends_in(due, *([ZoneInfo(zone)] if zone else []), UNTIL_KNOWN)


def day_of(instant: datetime, zone: str | None) -> date:
    """The local day of the site at an instant. ``zone`` as in ``due_at``."""
    return instant.astimezone(ZoneInfo(zone) if zone else UNTIL_KNOWN).date()


def notification_limit(proposed: Classification | None) -> int | None:
    """Hours that the partner has to tell the sponsor, or None where no limit applies."""
    return NOTIFICATION_HOURS.get(proposed) if proposed else None


def notification(
    limit_hours: int | None, aware_at: datetime, reported_at: datetime | None, now: datetime
) -> Notification:
    """The notification clock at ``now``. A sponsor that knew before the partner was told in no time."""
    taken = max(timedelta(0), (reported_at or now) - aware_at)
    met = None if limit_hours is None else taken <= timedelta(hours=limit_hours)
    if reported_at is None:
        return Notification(limit_hours, None, None if met else met)
    hours = Decimal(int(taken.total_seconds())) / 3600
    # As people round, and as the KPI of these hours does: one clock shows one number.
    return Notification(limit_hours, hours.quantize(Decimal("0.01"), ROUND_HALF_UP), met)
