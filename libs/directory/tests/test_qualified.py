"""Whether a site is qualified on a day, whatever the order in which that was told."""

from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directory.qualified import Change, courses_for, in_force
from tests.qualifying import told

PRODUCT = uuid4()
CLOSED = told(4, "withdrawn", "2026-06-01", effective_on="2026-03-01", cause="closed")
APPROVED = told(1, "approved", "2026-01-10", valid_from="2026-02-01", valid_to="2026-06-30")
SUSPENDED = told(2, "suspended", "2026-03-10")
BACK = told(3, "conditional", "2026-04-10", valid_from="2026-04-10", valid_to="2026-06-30")
WORK = {"packaging", "sterile_fill"}
"""By any of these."""


def qualified(facts: Any, day: str) -> bool:
    """Whether the site may package the product on a day."""
    return in_force(courses_for(facts, WORK, PRODUCT), date.fromisoformat(day))


@pytest.mark.parametrize("facts", list(permutations([APPROVED, SUSPENDED, BACK])))
def test_what_holds_on_a_day_is_what_was_told_last_of_it(facts: Any) -> None:
    days = ("2026-01-31", "2026-02-01", "2026-03-09", "2026-03-10", "2026-04-10", "2026-06-30", "2026-07-01")
    assert [qualified(facts, day) for day in days] == [False, True, True, False, True, True, False]


@pytest.mark.parametrize("facts", list(permutations([APPROVED, SUSPENDED, BACK, CLOSED])))
def test_what_is_told_late_holds_from_its_own_day_on(facts: Any) -> None:
    days = ("2026-02-28", "2026-03-01", "2026-03-10", "2026-05-01", "2026-06-02")
    assert [qualified(facts, day) for day in days] == [True, False, False, False, False]


def test_a_suspension_begins_with_the_day_of_the_site() -> None:
    late = told(2, "suspended", "2026-03-09T23:30:00Z")
    unknown_zone = told(2, "suspended", "2026-03-09T23:30:00Z", zone=None)
    assert [qualified([APPROVED, each], "2026-03-09") for each in (late, unknown_zone)] == [True, False]


@pytest.mark.parametrize("other", [{"activity": "testing"}, {"purpose": "development"}, {"product_ids": (uuid4(),)}])
def test_it_is_for_commercial_work_on_the_product(other: Any) -> None:
    def one(**more: Any) -> Change:
        return told(1, "approved", "2026-01-10", valid_from="2026-01-10", **more)

    assert not qualified([one(**other)], "2026-05-01")
    assert qualified([one(), one(**other, of=uuid4())], "2026-05-01"), "one of several is enough"
    assert qualified([one(product_ids=(uuid4(), PRODUCT))], "2026-05-01")
    assert courses_for([one(product_ids=(PRODUCT,))], WORK, None) == [], "of no product that is known"


def test_what_was_told_of_nothing_is_not_qualified() -> None:
    assert not qualified([], "2026-05-01")


@given(st.dates(date(2026, 1, 1), date(2026, 8, 1)))
def test_between_two_turns_it_stands_as_it_stood(day: date) -> None:
    (course,) = courses_for([BACK, APPROVED, SUSPENDED], WORK, PRODUCT)
    if day not in course.turns:
        assert course.in_force(day) == course.in_force(day - timedelta(1))
