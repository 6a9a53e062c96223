"""A laboratory that has long not run a method is no measure for another (USP <1224>)."""

from datetime import date

import pytest

from contracts.method_transfers import MethodTransferKind as Kind
from tech_transfer.method_transfers.practice import out_of_practice

TODAY = date(2036, 2, 29)


@pytest.mark.parametrize(
    ("last_run_on", "why"),
    [
        (TODAY, None),
        (date(2034, 2, 28), None),  # there is no 29th two years before
        (date(2034, 2, 27), "last tested by the method on 2034-02-27"),
        (date(2036, 3, 1), None),  # today, east of here
        (date(2036, 3, 2), "yet to come"),
        (None, "state when"),
    ],
)
def test_a_comparison_needs_a_laboratory_in_practice(last_run_on: date | None, why: str | None) -> None:
    found = out_of_practice(Kind.comparative, last_run_on, TODAY)
    assert (found is None) if why is None else (why in (found or ""))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.comparative])
def test_what_compares_nothing_asks_for_no_practice(kind: Kind) -> None:
    assert out_of_practice(kind, None, TODAY) is None
