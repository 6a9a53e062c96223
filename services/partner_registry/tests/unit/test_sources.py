"""Who is the sole source of what is critical to its market: known, not so, or unknown."""

from typing import Any
from uuid import uuid4

import pytest

from contracts.oversight import SegmentCriterion
from partner_registry.oversight.sources import sole_source_of_critical
from partner_registry.segments.model import Segmentation

OTHER = {"criterion": SegmentCriterion.spend, "points": 10}


def said(points: int | None) -> Segmentation:
    criteria: list[Any] = [OTHER]
    if points is not None:
        criteria.append({"criterion": SegmentCriterion.market_criticality, "points": points})
    return Segmentation(number="SEG-1", partner_id=uuid4(), criteria=criteria, weights={}, proposed_by="ana")


@pytest.mark.parametrize(
    ("sole", "counted", "expected"),
    [
        (True, said(8), True),
        (True, said(7), False),
        (True, said(None), None),
        (True, None, None),
        (False, said(10), False),
        (False, None, False),
    ],
)
def test_of_a_sole_source_it_is_unknown_while_nobody_says_how_critical_it_is(
    sole: bool, counted: Segmentation | None, expected: bool | None
) -> None:
    assert sole_source_of_critical(sole, counted) is expected
