"""How long things took, as their facts tell it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from kpi.facts import reading
from kpi.facts.moments import hours_between


def test_days_are_whole_where_only_the_day_is_known_and_unknown_where_only_the_month_is(new_world: Any) -> None:
    make, deviation = new_world(), UUID(int=1)
    aware = make.raised(deviation).partner_aware_at
    ends = [
        aware + timedelta(days=1, hours=6),
        (aware + timedelta(days=4)).date(),
        "2026-03",
        aware - timedelta(days=1),
    ]
    days = []
    for end in ends:
        measured = reading.closed(make.recorded(make.closed(deviation, at=end))).measured
        days.append(measured[0].value if measured else None)
    assert days == [Decimal("1.25"), Decimal(4), None, Decimal(0)]


@pytest.mark.parametrize(("seconds", "hours"), [(17, "72.00"), (18, "72.01"), (54, "72.02")])
def test_hours_are_rounded_half_up_as_on_the_clock_of_the_deviation(new_world: Any, seconds: int, hours: str) -> None:
    raised = new_world().raised(UUID(int=1))
    told_at = raised.partner_aware_at + timedelta(hours=72, seconds=seconds)
    assert hours_between(raised.partner_aware_at, told_at) == Decimal(hours)
