"""What holds for every clock, wherever and whenever it starts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from gxp import calendars
from gxp.clocks import Roll, Unit, due_at, first_instant, last_day

ZONES = st.sampled_from(
    ["UTC", "Europe/Ljubljana", "America/New_York", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Asia/Kolkata",
     "America/Havana", "Australia/Lord_Howe", "Pacific/Kiritimati", "Etc/GMT+12", "Etc/GMT-14", "Africa/Casablanca"]
).map(ZoneInfo)  # fmt: skip
CALENDARS = st.sampled_from(["US", "SI", "DE-BW", "IL"]).map(calendars.named)
STARTS = st.datetimes(datetime(2012, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))
UNITS = st.sampled_from(Unit)
ROLLS = st.sampled_from(Roll)
AMOUNTS = st.integers(0, 90)


def due(start: datetime, amount: int, unit: Unit, zone: ZoneInfo, calendar: calendars.Calendar, roll: Roll) -> datetime:
    """The due instant; hours never roll."""
    allowed = Roll.none if unit is Unit.hours else roll
    return due_at(start, amount, unit, zone=zone, calendar=calendar, roll=allowed)


@given(STARTS, AMOUNTS, UNITS, ZONES, CALENDARS, ROLLS)
def test_nothing_is_due_before_it_started(
    start: datetime, amount: int, unit: Unit, zone: ZoneInfo, calendar: calendars.Calendar, roll: Roll
) -> None:
    assert due(start, amount, unit, zone, calendar, roll) >= start


@given(STARTS, AMOUNTS, AMOUNTS, UNITS, ZONES, CALENDARS, ROLLS)
def test_a_longer_period_is_never_due_earlier(
    start: datetime, amount: int, more: int, unit: Unit, zone: ZoneInfo, calendar: calendars.Calendar, roll: Roll
) -> None:
    longer = due(start, amount + more, unit, zone, calendar, roll)
    assert due(start, amount, unit, zone, calendar, roll) <= longer


@given(STARTS, st.timedeltas(timedelta(0), timedelta(days=40)), AMOUNTS, UNITS, ZONES, CALENDARS, ROLLS)
def test_what_started_later_is_never_due_earlier(
    start: datetime, later: timedelta, amount: int, unit: Unit, zone: ZoneInfo, calendar: calendars.Calendar, roll: Roll
) -> None:
    second = due(start + later, amount, unit, zone, calendar, roll)
    assert due(start, amount, unit, zone, calendar, roll) <= second


@given(STARTS, st.floats(0, 0.999), AMOUNTS, UNITS, ZONES, CALENDARS, ROLLS)
def test_days_do_not_ask_for_the_hour_of_the_start(
    start: datetime, share: float, amount: int, unit: Unit, zone: ZoneInfo, calendar: calendars.Calendar, roll: Roll
) -> None:
    day = start.astimezone(zone).date()
    begin, end = first_instant(day, zone), first_instant(day + timedelta(days=1), zone)
    other = begin + share * (end - begin)
    if unit is Unit.hours:
        assert due(other, amount, unit, zone, calendar, roll) - other == timedelta(hours=amount)
    else:
        assert due(other, amount, unit, zone, calendar, roll) == due(start, amount, unit, zone, calendar, roll)


@given(STARTS, AMOUNTS, ZONES, ZONES)
def test_the_last_day_in_time_is_the_one_that_ends_then(
    start: datetime, amount: int, zone: ZoneInfo, other: ZoneInfo
) -> None:
    due_then = due_at(start, amount, Unit.calendar_days, zone=zone)
    assert last_day(due_then, zone, other) == start.astimezone(zone).date() + timedelta(days=amount)
    assert last_day(due_then + timedelta(seconds=1), zone) is None


@given(STARTS, AMOUNTS, ZONES)
def test_hours_are_exact_wherever_the_clock_is_put(start: datetime, amount: int, zone: ZoneInfo) -> None:
    assert due_at(start.astimezone(zone), amount, Unit.hours, zone=zone) - start == timedelta(hours=amount)


@given(STARTS, st.integers(1, 90), ZONES, CALENDARS)
def test_the_last_of_so_many_working_days_is_one(
    start: datetime, amount: int, zone: ZoneInfo, calendar: calendars.Calendar
) -> None:
    end = due_at(start, amount, Unit.working_days, zone=zone, calendar=calendar)
    first, last = start.astimezone(zone).date(), (end - timedelta(microseconds=1)).astimezone(zone).date()
    days = [first + timedelta(days=number) for number in range(1, (last - first).days + 1)]
    assert sum(map(calendar, days)) == amount
    assert calendar(last)


@given(STARTS, AMOUNTS, ZONES)
def test_a_day_is_due_in_the_very_moment_in_which_the_next_begins(start: datetime, amount: int, zone: ZoneInfo) -> None:
    end = due_at(start, amount, Unit.calendar_days, zone=zone)
    last = start.astimezone(zone).date() + timedelta(days=amount)
    assert (end - timedelta(microseconds=1)).astimezone(zone).date() == last
    assert end.astimezone(zone).date() == last + timedelta(days=1)
