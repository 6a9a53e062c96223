"""Clock rules: what is due when, and whether the sponsor was told in time."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Classification, Moment
from quality_events import clocks, moments

AWARE = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOURS = st.floats(min_value=0, max_value=2000, allow_nan=False)


@pytest.mark.parametrize(
    ("proposed", "limit"),
    [(Classification.critical, 24), (Classification.major, 72), (Classification.minor, None), (None, None)],
)
def test_the_partners_proposal_sets_the_limit(proposed: Classification | None, limit: int | None) -> None:
    assert clocks.notification_limit(proposed) == limit


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("Europe/Ljubljana", datetime(2026, 3, 31, 22, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 4, 1, 4, tzinfo=UTC)),
        (None, datetime(2026, 4, 1, tzinfo=UTC)),
    ],
)
def test_days_end_with_the_sites_local_day(zone: str | None, due: datetime) -> None:
    assert clocks.due_at(AWARE, 30, zone) == due


@pytest.mark.parametrize(
    ("told_after", "met"),
    [(timedelta(hours=24), True), (timedelta(hours=24, seconds=1), False), (timedelta(hours=-3), True)],
)
def test_the_limit_itself_is_in_time(told_after: timedelta, met: bool) -> None:
    assert clocks.notification(24, AWARE, AWARE + told_after, AWARE).met is met


def test_a_sponsor_that_knew_first_was_told_in_no_time() -> None:
    assert clocks.notification(24, AWARE, AWARE - timedelta(days=1), AWARE).taken_hours == Decimal("0.00")


@pytest.mark.parametrize(("seconds", "hours"), [(17, "72.00"), (18, "72.01"), (54, "72.02")])
def test_hours_are_rounded_half_up_as_in_the_kpi_of_them(seconds: int, hours: str) -> None:
    told_at = AWARE + timedelta(hours=72, seconds=seconds)
    assert clocks.notification(72, AWARE, told_at, AWARE).taken_hours == Decimal(hours)


@given(hours=HOURS)
def test_while_nobody_was_told_there_is_time_or_it_is_missed(hours: float) -> None:
    clock = clocks.notification(72, AWARE, None, AWARE + timedelta(hours=hours))
    assert clock.taken_hours is None
    assert clock.met is (None if hours <= 72 else False)


@given(hours=HOURS)
def test_without_a_limit_nothing_is_met_or_missed(hours: float) -> None:
    clock = clocks.notification(None, AWARE, AWARE + timedelta(hours=hours), AWARE)
    assert clock.met is None
    assert clock.taken_hours is not None


@pytest.mark.parametrize(
    ("moment", "text", "day"),
    [
        ("2018-11", "2018-11", date(2018, 11, 1)),
        (date(2018, 11, 5), "2018-11-05", date(2018, 11, 5)),
        (datetime.fromisoformat("2018-11-05T00:30:00+02:00"), "2018-11-05T00:30:00+02:00", date(2018, 11, 4)),
    ],
)
def test_a_moment_is_kept_as_it_was_given(moment: Moment, text: str, day: date) -> None:
    assert moments.written(moment) == text
    assert moments.read(text) == moment
    assert moments.sortable(moment) == day


@pytest.mark.parametrize(
    ("moment", "ahead"),
    [("2026-03", False), ("2026-04", True), (date(2026, 3, 2), True), (AWARE, False), (AWARE + timedelta(1), True)],
)
def test_what_has_not_come_is_ahead(moment: Moment, ahead: bool) -> None:
    assert moments.is_ahead(moment, AWARE) is ahead
