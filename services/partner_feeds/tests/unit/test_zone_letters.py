"""Dates that say their zone by letters: read over, each of them would be of the feed's zone."""

from datetime import UTC, datetime

import pytest

from partner_feeds.language import MappingInvalid, load
from partner_feeds.records.answers import Accepted, Answer, Refused
from partner_feeds.translation.files import translate

NOW = datetime(2026, 11, 14, tzinfo=UTC)


def mapping(letters: str, zone: str | None) -> str:
    return (
        f'code: x\nversion: 1\ndelimiter: ";"\n{f"time_zone: {zone}" if zone else ""}\ncolumns:\n  L: {{holds: text}}\n'
        f"  D: {{holds: date, format: \"D.M.YYYY hh:mm '{letters}'\"}}\nlots:\n  b: {{material: P1, number: '{{L}}'}}\n"
        "records:\n  - {record: BatchStart, id: '{L}', occurred_at: D, lot: b}\n"
    )


def read(letters: str, zone: str, *dates: str) -> list[Answer]:
    rows = "".join(f"L{number};{date} {letters}\n" for number, date in enumerate(dates))
    return list(translate(load(mapping(letters, zone)), [f"L;D\n{rows}".encode()], now=NOW))


@pytest.mark.parametrize("letters", ["UTC", "Z", "CET", "MESZ", "EST", "PDT", "(JST)", "Uhr MEZ", "IST", "AEST", "HKT"])
@pytest.mark.parametrize("zone", [None, "America/Halifax"])
def test_letters_of_no_zone_that_the_mapping_names_do_not_load(letters: str, zone: str | None) -> None:
    with pytest.raises(MappingInvalid, match="say which zone it is, as time_zone"):
        load(mapping(letters, zone))


@pytest.mark.parametrize(("letters", "zone"), [("JST", "Etc/GMT-9"), ("PST", "Etc/GMT\\+8"), ("Z", "Etc/UTC")])
def test_a_zone_of_the_letters_is_named(letters: str, zone: str) -> None:
    with pytest.raises(MappingInvalid, match=f"time_zone: {zone}"):
        load(mapping(letters, None))


@pytest.mark.parametrize(
    ("letters", "zone"),
    [
        ("CET", "Europe/Berlin"),
        ("MEZ", "Etc/GMT-1"),
        ("(JST)", "Asia/Tokyo"),
        ("CST", "Asia/Shanghai"),
        ("Z", "Etc/UTC"),
    ],
)
def test_letters_of_the_mappings_zone_are_taken(letters: str, zone: str) -> None:
    assert all(isinstance(answer, Accepted) for answer in read(letters, zone, "13.1.2026 09:05"))


def test_a_date_that_says_winter_time_in_summer_is_refused_alone() -> None:
    taken, refused = read("EST", "America/New_York", "13.1.2026 09:05", "13.7.2026 09:05")
    assert isinstance(taken, Accepted)
    assert isinstance(refused, Refused)
    assert "the clocks show EDT then" in refused.errors[0].reason


def test_other_letters_are_no_zone() -> None:
    assert all(isinstance(answer, Accepted) for answer in read("Uhr", "Europe/Berlin", "13.7.2026 09:05"))
