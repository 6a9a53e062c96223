"""Local times of every zone around its changes of the clock, against what the zone's clocks really showed."""

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gxp.local_times import NotOneInstant, instant_of

FIRST, LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@cache
def changes(name: str) -> list[datetime]:
    """The instants, to the minute, at which a zone's clocks were put forward or back."""
    zone, found, day = ZoneInfo(name), [], FIRST
    while day < LAST:
        before, after = day, day + DAY
        offset = before.astimezone(zone).utcoffset()
        if after.astimezone(zone).utcoffset() != offset:
            while after - before > timedelta(minutes=1):
                middle = before + (after - before) / 2
                if middle.astimezone(zone).utcoffset() == offset:
                    before = middle
                else:
                    after = middle
            found.append(after.replace(second=0, microsecond=0))
        day += DAY
    return found


def shown_at(local: datetime, zone: ZoneInfo) -> list[datetime]:
    """The instants at which the zone's clocks showed this time, found by looking at the clocks."""
    near = [local.replace(tzinfo=UTC) + hours * timedelta(hours=1) for hours in range(-48, 49)]
    offsets = {instant.astimezone(zone).utcoffset() or timedelta(0) for instant in near}
    candidates = sorted(local.replace(tzinfo=UTC) - offset for offset in offsets)
    return [instant for instant in candidates if instant.astimezone(zone).replace(tzinfo=None) == local]


@given(st.sampled_from(sorted(available_timezones())), st.data())
def test_every_zone_around_its_changes(name: str, data: st.DataObject) -> None:
    zone = ZoneInfo(name)
    near = data.draw(st.sampled_from(changes(name) or [FIRST]))
    minutes = data.draw(st.integers(-180, 180), label="minutes from the change")
    local = (near + timedelta(minutes=minutes)).astimezone(zone).replace(tzinfo=None, fold=0)
    local += data.draw(st.sampled_from([timedelta(0), timedelta(minutes=30), timedelta(hours=1)]), label="moved")
    found, unclear = read(local, zone)
    assert [instant.astimezone(UTC) for instant in found] == shown_at(local, zone)
    if unclear:
        assert unclear.readings[0] < unclear.readings[1]
        assert all(reading.isoformat() in str(unclear) for reading in unclear.readings)
        # Also where neither is what was written, each is a time that the zone's clocks did show.
        assert all(reading.astimezone(zone).isoformat() == reading.isoformat() for reading in unclear.readings)


def read(local: datetime, zone: ZoneInfo) -> tuple[list[datetime], NotOneInstant | None]:
    """The instants at which the time is said to exist, and what was said against it."""
    try:
        return [instant_of(local, zone)], None
    except NotOneInstant as unclear:
        return [*unclear.readings] if unclear.repeated else [], unclear


def test_the_sample_holds_times_of_all_three_kinds() -> None:
    kinds = {len(shown_at(local, ZoneInfo("Europe/Ljubljana"))) for local in (
        datetime(2026, 3, 29, 2, 30), datetime(2026, 6, 1, 2, 30), datetime(2026, 10, 25, 2, 30))}  # fmt: skip
    assert kinds == {0, 1, 2}
    assert len(changes("Europe/Ljubljana")) == 2 * 16
    assert not changes("Asia/Tokyo")


@pytest.mark.parametrize(
    ("zone", "local", "what", "readings"),
    [
        ("Europe/Ljubljana", "2026-10-25T02:30", "exists twice", "2026-10-25T02:30:00+02:00 2026-10-25T02:30:00+01:00"),
        ("Europe/Ljubljana", "2026-03-29T02:30", "does not exist",
         "2026-03-29T01:30:00+01:00 2026-03-29T03:30:00+02:00"),
        ("America/Sao_Paulo", "2018-11-04T00:00", "does not exist",
         "2018-11-03T23:00:00-03:00 2018-11-04T01:00:00-02:00"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "exists twice",
         "2026-04-05T01:45:00+11:00 2026-04-05T01:45:00+10:30"),
    ],
)  # fmt: skip
def test_both_readings_are_named_with_their_offsets(zone: str, local: str, what: str, readings: str) -> None:
    with pytest.raises(NotOneInstant, match=what) as unclear:
        instant_of(datetime.fromisoformat(local), ZoneInfo(zone))
    first, second = readings.split()
    assert [reading.isoformat() for reading in unclear.value.readings] == [first, second]
    assert f"it can be read as {first} or as {second}" in str(unclear.value)
    assert zone in str(unclear.value)


def test_an_instant_is_no_local_time() -> None:
    with pytest.raises(ValueError, match="states its offset"):
        instant_of(datetime(2026, 10, 25, 2, 30, tzinfo=UTC), ZoneInfo("Europe/Ljubljana"))
