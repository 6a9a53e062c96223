"""Whether a laboratory is qualified on a day, whatever the order in which that was told."""

from datetime import UTC, date, datetime
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from contracts.qualifications import Purpose, QualificationState, SiteQualificationChanged
from sample_tracking.laboratories.judging import Told, WorkingDays, why_not_qualified

PRODUCT, COURSE = uuid4(), uuid4()
ZONE = "Europe/Vienna"


def told(sequence: int, after: QualificationState, on: str, **more: Any) -> Told:
    """A change of a qualification for testing any product."""
    given: dict[str, Any] = {"qualification_id": COURSE, "number": "QUAL-2026-1", "site_id": uuid4()}
    given |= {"partner_id": uuid4(), "activity": "testing", "dosage_form": None, "product_ids": ()}
    given |= {"purpose": Purpose.commercial, "before": "planned", "valid_from": None, "valid_to": None}
    given |= {"conditions": (), "waived": False, "reason": "", "occurred_at": datetime.fromisoformat(f"{on}T10:00Z")}
    return Told(sequence, SiteQualificationChanged(after=after, **given | more))


APPROVED = told(1, QualificationState.approved, "2026-01-10", valid_from="2026-02-01", valid_to="2026-06-30")
SUSPENDED = told(2, QualificationState.suspended, "2026-03-10")
BACK = told(3, QualificationState.conditional, "2026-04-10", valid_from="2026-04-10", valid_to="2026-06-30")


@pytest.mark.parametrize("facts", list(permutations([APPROVED, SUSPENDED, BACK])))
def test_what_holds_on_a_day_is_what_was_told_last_of_it(facts: Any) -> None:
    days = ("2026-01-31", "2026-02-01", "2026-03-09", "2026-03-10", "2026-04-10", "2026-06-30", "2026-07-01")
    found = [why_not_qualified(facts, PRODUCT, date.fromisoformat(day), ZONE) is None for day in days]
    assert found == [False, True, True, False, True, True, False]


def test_what_nobody_told_is_not_qualified() -> None:
    assert why_not_qualified([], PRODUCT, date(2026, 5, 1), ZONE) == "nothing is known of its qualification"


@pytest.mark.parametrize(
    "other", [{"activity": "packaging"}, {"purpose": Purpose.development}, {"product_ids": (uuid4(),)}]
)
def test_it_is_qualified_for_testing_this_product_commercially(other: Any) -> None:
    def why(**more: Any) -> str | None:
        one = told(1, QualificationState.approved, "2026-01-10", valid_from="2026-01-10", **more)
        return why_not_qualified([one], PRODUCT, date(2026, 5, 1), ZONE)

    assert why(**other) == "it is not qualified for testing on 2026-05-01"
    assert why() is why(product_ids=(uuid4(), PRODUCT)) is None


def test_where_no_holidays_are_known_monday_to_friday_count() -> None:
    start = datetime(2026, 5, 21, 8, tzinfo=UTC)
    for country in (None, "XX"):
        assert WorkingDays(None, country).after(start, 2) == datetime(2026, 5, 26, tzinfo=UTC)
    assert WorkingDays(ZONE, "AT").today(datetime(2026, 5, 21, 23, tzinfo=UTC)) == date(2026, 5, 22)
