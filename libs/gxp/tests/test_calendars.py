"""Named calendars agree with what is published, and say what they do not know."""

from datetime import date, timedelta

import pytest

from gxp.calendars import UnknownCalendar, named

# 5 U.S.C. 6103 for 2026 and 2027: a holiday on a Saturday is observed on Friday, one on a Sunday on Monday.
FEDERAL = """
2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11 2026-11-26
2026-12-25 2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05 2027-09-06 2027-10-11 2027-11-11
2027-11-25 2027-12-24
""".split()  # noqa: SIM905
NEW_YEAR_2028_OBSERVED = "2027-12-31"
# From Christmas 2026 to the first days of May 2027.
SLOVENIAN = """
2026-12-25 2026-12-26 2027-01-01 2027-01-02 2027-02-08 2027-03-29 2027-04-27 2027-05-01 2027-05-02
""".split()  # noqa: SIM905


def weekdays_off(name: str, first: str, last: str) -> list[str]:
    """Mondays to Fridays on which nobody works."""
    begin, end, works = date.fromisoformat(first), date.fromisoformat(last), named(name)
    days = (begin + timedelta(days=number) for number in range((end - begin).days + 1))
    return [day.isoformat() for day in days if day.weekday() < 5 and not works(day)]


def test_the_federal_calendar_of_the_united_states() -> None:
    assert weekdays_off("US", "2026-01-01", "2027-12-31") == [*FEDERAL, NEW_YEAR_2028_OBSERVED]


def test_the_calendar_of_slovenia() -> None:
    on_weekdays = [day for day in SLOVENIAN if date.fromisoformat(day).weekday() < 5]
    assert weekdays_off("SI", "2026-12-24", "2027-05-03") == on_weekdays
    assert not any(named("SI")(date.fromisoformat(day)) for day in SLOVENIAN)


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    epiphany = date(2026, 1, 6)
    assert not named("DE-BW")(epiphany)
    assert named("DE")(epiphany)


def test_weekends_are_those_of_the_country() -> None:
    friday, sunday = date(2026, 11, 27), date(2026, 11, 29)
    assert [named("IL")(day) for day in (friday, sunday)] == [False, True]
    assert [named("SI")(day) for day in (friday, sunday)] == [True, False]


@pytest.mark.parametrize(
    ("name", "known"),
    [("XX", ", SI,"), ("", ", SI,"), ("us", ", US,"), ("si-", ", SI,"), ("DE-XX", ", DE-BW,"),
     ("US-", "US, US-AK"), ("DE-BW-1", ", DE-BW,")],
)  # fmt: skip
def test_an_unknown_name_says_which_are_known(name: str, known: str) -> None:
    with pytest.raises(UnknownCalendar, match=f"there is no calendar '{name}'") as refusal:
        named(name)
    assert known in str(refusal.value)


@pytest.mark.parametrize("year", [1900, 2101])
def test_a_year_that_the_calendar_does_not_know_is_no_year_without_holidays(year: int) -> None:
    with pytest.raises(UnknownCalendar, match=f"SI is known from 1992 to 2100, and {year} was asked for"):
        named("SI")(date(year, 1, 2))
