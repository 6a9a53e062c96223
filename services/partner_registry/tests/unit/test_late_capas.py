"""Which CAPAs stayed open for too long: the same for any order of what was told."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_registry.risk.late_capas import LATE_AFTER, stayed_open

DUE = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = st.lists(st.integers(0, 120), max_size=6)


@pytest.mark.parametrize(
    ("answered_after", "stays"),
    [
        ([], True),
        ([timedelta(0)], False),
        ([timedelta(30) - timedelta(microseconds=1)], False),
        ([timedelta(30)], True),
        ([timedelta(-1)], True),
        ([timedelta(40), timedelta(3)], False),
    ],
)
def test_thirty_days_count_from_the_due_date(answered_after: list[timedelta], stays: bool) -> None:
    assert bool(stayed_open([DUE], [DUE + each for each in answered_after])) is stays


def test_the_due_date_of_its_check_counts_by_itself() -> None:
    check = DUE + timedelta(90)
    assert stayed_open([check, DUE], [DUE + timedelta(5)]) == [check]


@given(DAYS, DAYS, st.randoms(use_true_random=False))
def test_no_order_and_no_repetition_changes_it(overdue: list[int], answered: list[int], random: object) -> None:
    late, done = ([DUE + timedelta(each) for each in of] for of in (overdue, answered))
    once = stayed_open(late, done)
    random.shuffle(late), random.shuffle(done)  # type: ignore[attr-defined]
    assert stayed_open(late + late, done + done) == once
    assert all(not any(due <= each < due + LATE_AFTER for each in done) for due in once)
