"""By which revisions a result is judged: the one of the day of making, and those that hold for all open lots."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.sample_tracking import AppliesTo
from gxp.evaluation import InForce
from sample_tracking.results.applying import Revision, first_day, is_before, judging, judging_stored

FROM, ALL = AppliesTo.manufactured_from, AppliesTo.all_open_lots
MARCH, JUNE, AUGUST = date(2026, 3, 1), date(2026, 6, 1), date(2026, 8, 1)


def line(*given: tuple[date, AppliesTo], market: str | None = None) -> list[Revision]:
    """Revisions one after the other; the last one is in force."""
    return [
        Revision(InForce.of(uuid4(), [], market), "release", number, since, applies_to, number == len(given))
        for number, (since, applies_to) in enumerate(given, 1)
    ]


def numbers(revisions: list[Revision], chosen: list[InForce]) -> list[int]:
    """Which revisions were chosen."""
    return [each.number for each in revisions if each.limits in chosen]


@pytest.mark.parametrize(
    ("made", "tested", "second", "judges"),
    [
        (date(2026, 5, 31), date(2026, 7, 1), FROM, [1]),
        (JUNE, date(2026, 7, 1), FROM, [2]),
        (date(2026, 5, 31), date(2026, 7, 1), ALL, [2]),  # it holds for all by the day of the test
        (date(2026, 5, 1), date(2026, 5, 31), ALL, [1, 2]),  # tested before it: by both
        (JUNE, JUNE, ALL, [2]),
        (date(2026, 2, 1), date(2026, 7, 1), FROM, [2]),  # made before there was one: as in force now
        (None, date(2026, 5, 1), FROM, [2]),
    ],
)
def test_a_lot_is_judged_by_what_was_in_force_when_it_was_made(
    made: date | None, tested: date, second: AppliesTo, judges: list[int]
) -> None:
    revisions = line((MARCH, FROM), (JUNE, second))
    assert numbers(revisions, judging(revisions, made, tested)) == judges


def test_a_result_that_is_stored_is_looked_at_again_only_by_one_for_all_where_the_day_is_not_known() -> None:
    for applies_to, judges in ((FROM, []), (ALL, [2])):
        revisions = line((MARCH, FROM), (JUNE, applies_to))
        assert numbers(revisions, judging_stored(revisions, None, date(2026, 5, 1))) == judges


def test_each_market_has_its_own_line() -> None:
    everywhere, american = line((MARCH, FROM), (JUNE, FROM)), line((AUGUST, FROM), market="US")
    chosen = judging([*everywhere, *american], date(2026, 7, 1), date(2026, 7, 2))
    assert (numbers(everywhere, chosen), numbers(american, chosen)) == ([2], [1])


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(DAYS, st.sampled_from(AppliesTo)), min_size=1, max_size=5), DAYS, DAYS)
def test_a_result_ends_with_the_same_verdicts_whenever_a_revision_comes(
    given_revisions: list[tuple[date, AppliesTo]], made: date, tested: date
) -> None:
    in_time = sorted(given_revisions, key=lambda each: each[0])
    known = line(*in_time)
    whole = {each.specification_id for each in judging(known, made, tested)}
    if known[0].effective_from > made:
        return  # there was none when it was made: it is judged by what is in force when it is recorded
    for count in range(1, len(known) + 1):
        then = [each for each in known[:count]]
        before = {each.specification_id for each in judging(then, made, tested)}
        after = {each.specification_id for each in judging_stored(known, made, tested)}
        assert after == whole
        assert before | after >= whole


def test_a_moment_s_day_is_that_in_utc_and_a_month_s_its_first() -> None:
    evening = datetime(2026, 3, 1, 23, tzinfo=timezone(timedelta(hours=-2)))
    assert first_day(evening) == date(2026, 3, 2)
    assert first_day(datetime(2026, 3, 1, tzinfo=UTC)) == MARCH
    assert [first_day("2026-03"), first_day(MARCH), first_day("2026-03-01T22:00:00Z")] == [MARCH] * 3


@pytest.mark.parametrize(
    ("moment", "zone", "before"),
    [
        ("2026-02-09T23:59:59Z", None, True),
        ("2026-02-10T00:00:00Z", None, False),
        ("2026-02-09", "Europe/Vienna", True),
        ("2026-02-09", "America/New_York", False),
        ("2026-02-09", None, False),
        ("2026-02-08", None, True),
        ("2026-02-10", "Pacific/Auckland", False),
        ("2026-01", "America/New_York", True),
        ("2026-02", "Europe/Vienna", False),
    ],
)
def test_a_moment_lies_before_a_day_when_all_of_it_does(moment: str, zone: str | None, before: bool) -> None:
    assert is_before(moment, zone, date(2026, 2, 10)) is before
