"""Of a laboratory: what it lacks, and its working days."""

from datetime import UTC, date, datetime
from uuid import uuid4

from sample_tracking.laboratories.judging import WorkingDays, why_not_qualified
from tests.qualifying import told

ZONE = "Europe/Vienna"


def test_a_laboratory_is_qualified_for_testing_the_product() -> None:
    product, day = uuid4(), date(2026, 5, 1)
    others = [told(1, "approved", "2026-01-10", activity="packaging")]
    assert why_not_qualified([], product, day) == "nothing is known of its qualification"
    assert why_not_qualified(others, product, day) == "it is not qualified for testing on 2026-05-01"
    assert why_not_qualified([told(1, "approved", "2026-01-10", activity="testing")], product, day) is None


def test_where_no_holidays_are_known_monday_to_friday_count() -> None:
    start = datetime(2026, 5, 21, 8, tzinfo=UTC)
    for country in (None, "XX"):
        assert WorkingDays(None, country).after(start, 2) == datetime(2026, 5, 26, tzinfo=UTC)
    assert WorkingDays(ZONE, "AT").today(datetime(2026, 5, 21, 23, tzinfo=UTC)) == date(2026, 5, 22)
