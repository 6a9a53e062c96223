"""What a partner was on a day."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_registry import PartnerStatus
from partner_registry.partners.status import Change, status_on

TOLD = [
    Change(datetime(2026, 3, 1, 9, tzinfo=UTC), PartnerStatus.active),
    Change(datetime(2026, 3, 9, 23, 30, tzinfo=UTC), PartnerStatus.suspended),
    Change(datetime(2026, 3, 20, 8, tzinfo=UTC), PartnerStatus.active),
]


@pytest.mark.parametrize(
    ("day", "status"), [(28, None), (1, "active"), (9, "active"), (10, "suspended"), (19, "suspended"), (20, "active")]
)
@given(told=st.permutations(TOLD))
def test_it_is_what_was_told_last_until_the_end_of_the_sites_day(
    told: list[Change], day: int, status: PartnerStatus | None
) -> None:
    asked = date(2026, 2 if status is None else 3, day)
    assert status_on(told, asked, "Europe/Vienna") == status
