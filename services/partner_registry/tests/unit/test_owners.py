"""What follows from another owner, without I/O."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.oversight import Segment
from contracts.partner_registry import PartnerKind
from partner_registry.partners.model import Partner
from partner_registry.segments.model import Segmentation
from partner_registry.segments.schemas import SegmentationState
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2026, 2, 28))


def partner() -> Partner:
    made, _ = Partner.register(
        number="P-1", legal_name="Alpine AG", kind=PartnerKind.cmo, country="CH", duns=None, now=NOW
    )
    return made


@given(told=st.dictionaries(DAYS, st.sampled_from("ABC"), min_size=1, max_size=5), data=st.data())
def test_in_whatever_order_owners_are_told_the_end_is_the_same(told: dict[date, str], data: st.DataObject) -> None:
    found = []
    for order in (sorted(told), data.draw(st.permutations(sorted(told)))):
        one = partner()
        for day in order:
            assert one.change_owner(told[day], day, "x", "eva", NOW).after == told[day]
        found.append((one.parent, one.owners))
    assert found[0] == found[1]
    assert found[0][0] == told[max(told)]


def test_a_fact_names_who_owned_it_on_the_day_before() -> None:
    one = partner()
    assert one.change_owner("A", date(2020, 1, 1), "x", "eva", NOW).before is None
    assert one.change_owner("C", date(2026, 1, 1), "x", "eva", NOW).before == "A"
    assert one.change_owner("B", date(2023, 1, 1), "x", "eva", NOW).before == "A"
    assert one.parent == "C"
    with pytest.raises(RuleViolated, match="effective_on 2026-03-03 has not come"):
        one.change_owner("D", date(2026, 3, 3), "x", "eva", NOW)


def test_a_segment_is_reopened_once_and_stays_the_last_one() -> None:
    one = Segmentation(
        number="SEG-1", partner_id=uuid4(), state=SegmentationState.confirmed, segment=Segment.preferred, stale=False,
        criteria=[], weights={}, proposed_by="x", why="x", missing=[], unknown=[],
    )  # fmt: skip
    changed = one.reopen(NOW)
    assert changed is not None
    assert (changed.stale, changed.before, changed.after) == (True, Segment.preferred, Segment.preferred)
    assert one.reopen(NOW) is None
