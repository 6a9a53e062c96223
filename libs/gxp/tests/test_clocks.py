"""Clocks, case by case. A case says where its clock starts, how long it runs, and when it is due."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from gxp.calendars import Calendar
from gxp.clocks import Roll, Unit, due_at

LJUBLJANA, NEW_YORK = ZoneInfo("Europe/Ljubljana"), ZoneInfo("America/New_York")


def off_on(*holidays: str) -> Calendar:
    """A calendar of Mondays to Fridays without these days."""
    free = {date.fromisoformat(day) for day in holidays}
    return lambda day: day.weekday() < 5 and day not in free


FEDERAL = off_on(
    "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-09-07", "2026-10-12",
    "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18", "2027-02-15", "2027-05-31", "2027-06-18",
    "2027-07-05", "2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25", "2027-12-24",
)  # fmt: skip
SLOVENIAN = off_on(
    "2026-12-25", "2026-12-26", "2027-01-01", "2027-01-02", "2027-02-08", "2027-03-29", "2027-04-27", "2027-05-01",
    "2027-05-02",
)  # fmt: skip
CASES = [
    pytest.param("2026-11-02T10:15:00+01:00", 24, Unit.hours, LJUBLJANA, None, Roll.none, "2026-11-03T09:15:00Z",
                 id="critical deviation, 24 hours without a change of the clock"),
    pytest.param("2026-10-24T09:00:00+02:00", 72, Unit.hours, LJUBLJANA, None, Roll.none, "2026-10-27T07:00:00Z",
                 id="major deviation, 72 hours over the end of summer time are 72 hours"),
    pytest.param("2026-10-05T22:30:00Z", 30, Unit.calendar_days, LJUBLJANA, None, Roll.none, "2026-11-05T23:00:00Z",
                 id="deviation, 30 days over the end of summer time"),
    pytest.param("2026-10-06T02:30:00Z", 30, Unit.calendar_days, NEW_YORK, None, Roll.none, "2026-11-05T05:00:00Z",
                 id="at a site in New York it is another local day"),
    pytest.param("2026-11-25T16:00:00-05:00", 3, Unit.working_days, NEW_YORK, FEDERAL, Roll.none,
                 "2026-12-02T05:00:00Z", id="field alert, 3 working days over Thanksgiving"),
    pytest.param("2026-11-28T11:00:00-05:00", 3, Unit.working_days, NEW_YORK, FEDERAL, Roll.none,
                 "2026-12-03T05:00:00Z", id="field alert that became known on a Saturday"),
    pytest.param("2026-12-23T08:00:00+01:00", 5, Unit.working_days, LJUBLJANA, SLOVENIAN, Roll.none,
                 "2026-12-31T23:00:00Z", id="5 working days over Christmas in Slovenia"),
    pytest.param("2026-11-20T12:00:00+01:00", 30, Unit.calendar_days, LJUBLJANA, SLOVENIAN, Roll.next_working_day,
                 "2026-12-21T23:00:00Z", id="answer to findings, 30 days that end on a Sunday roll"),
    pytest.param("2027-01-31T09:00:00+01:00", 1, Unit.months, LJUBLJANA, None, Roll.none, "2027-02-28T23:00:00Z",
                 id="stability pull, a month from 31 January"),
    pytest.param("2028-02-29T09:00:00+01:00", 12, Unit.months, LJUBLJANA, None, Roll.none, "2029-02-28T23:00:00Z",
                 id="a year from 29 February"),
    pytest.param("2026-11-30T09:00:00+01:00", 25, Unit.months, LJUBLJANA, None, Roll.none, "2028-12-30T23:00:00Z",
                 id="months over two ends of a year, into a December"),
    pytest.param("2026-12-24T12:00:00+01:00", 1, Unit.calendar_days, LJUBLJANA, SLOVENIAN, Roll.next_working_day,
                 "2026-12-28T23:00:00Z", id="a period that ends on a holiday before a weekend rolls over all of it"),
    pytest.param("2026-12-23T12:00:00+01:00", 1, Unit.calendar_days, LJUBLJANA, SLOVENIAN, Roll.next_working_day,
                 "2026-12-24T23:00:00Z", id="a period that ends on a working day does not roll"),
    pytest.param("2026-11-02T10:15:00+01:00", 0, Unit.calendar_days, LJUBLJANA, None, Roll.none,
                 "2026-11-02T23:00:00Z", id="no days at all end with the day of the start"),
]  # fmt: skip


@pytest.mark.parametrize(("start", "amount", "unit", "zone", "calendar", "roll", "due"), CASES)
def test_when_it_is_due(
    start: str, amount: int, unit: Unit, zone: ZoneInfo, calendar: Calendar | None, roll: Roll, due: str
) -> None:
    found = due_at(datetime.fromisoformat(start), amount, unit, zone=zone, calendar=calendar, roll=roll)
    assert found == datetime.fromisoformat(due)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("zone", "start", "due"),
    [
        ("America/Sao_Paulo", "2018-11-02T12:00:00-03:00", "2018-11-04T03:00:00Z"),
        ("Africa/Cairo", "2024-04-24T12:00:00+02:00", "2024-04-25T22:00:00Z"),
        ("Asia/Beirut", "2024-03-29T12:00:00+02:00", "2024-03-30T22:00:00Z"),
        # Its clock is put back at one: midnight comes twice, and the next day begins with the first.
        ("America/Havana", "2024-11-01T12:00:00-04:00", "2024-11-03T04:00:00Z"),
        # It left out 30 December 2011.
        ("Pacific/Apia", "2011-12-28T12:00:00-10:00", "2011-12-30T10:00:00Z"),
        ("Pacific/Kiritimati", "2026-06-01T00:30:00+14:00", "2026-06-02T10:00:00Z"),
        ("Etc/GMT+12", "2026-06-01T00:30:00-12:00", "2026-06-03T12:00:00Z"),
    ],
)
def test_a_day_ends_where_the_next_one_begins(zone: str, start: str, due: str) -> None:
    found = due_at(datetime.fromisoformat(start), 1, Unit.calendar_days, zone=ZoneInfo(zone))
    assert found == datetime.fromisoformat(due)


START = datetime(2026, 11, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "roll", "reason"),
    [
        (datetime(2026, 11, 2), 1, Unit.hours, Roll.none, "does not say its offset"),
        (START, -1, Unit.calendar_days, Roll.none, "never negative"),
        (START, 1, Unit.working_days, Roll.none, "by a calendar, and none was given"),
        (START, 1, Unit.months, Roll.next_working_day, "by a calendar, and none was given"),
        (START, 1, Unit.hours, Roll.next_working_day, "hours does not roll"),
    ],
)
def test_what_cannot_be_counted_is_refused(start: datetime, amount: int, unit: Unit, roll: Roll, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        due_at(start, amount, unit, zone=LJUBLJANA, roll=roll)
