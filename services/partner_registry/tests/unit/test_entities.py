"""What a legal entity was called, by day and by what was known, without I/O."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_registry.entities.course import on_day, periods
from partner_registry.entities.model import LegalEntity
from partner_registry.entries import known_at
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def entity(**said: Any) -> LegalEntity:
    given = {"legal_name": "Alpine GmbH", "form": "GmbH", "country": "AT", "number": "LE-1"} | said
    return LegalEntity.record(partner_id=uuid4(), by="eva", now=NOW, **given)


def renamed(one: LegalEntity, name: str, day: date, *, form: str | None = None, at: datetime = NOW) -> None:
    one.rename(name, form, None, None, day, "eva", at)


def test_a_name_is_replaced_on_its_day_and_what_is_left_out_stays() -> None:
    one = entity(seat="Graz")
    renamed(one, "Alpine AG", date(2026, 2, 1), form="AG")
    found = periods(one.entries)
    assert [(each["legal_name"], each["valid_from"], each["valid_to"]) for each in found] == [
        ("Alpine GmbH", None, "2026-01-31"),
        ("Alpine AG", "2026-02-01", None),
    ]
    assert (one.legal_name, one.form, one.seat) == ("Alpine AG", "AG", "Graz")
    assert one.former_names == set(), "only the form at the end is another one"
    assert one.called_before(date(2026, 2, 1)) == "Alpine GmbH"


def test_one_that_is_told_late_is_readable_as_it_was_known() -> None:
    one = entity()
    later = NOW + timedelta(30)
    renamed(one, "Beta GmbH", date(2026, 2, 1), at=later)
    day = date(2026, 2, 15)
    assert (on_day(one.entries, day) or {})["legal_name"] == "Beta GmbH"
    assert (on_day(known_at(one.entries, NOW), day) or {})["legal_name"] == "Alpine GmbH"
    assert one.former_names == {"alpine"}


def test_of_two_that_are_told_of_one_day_the_last_counts() -> None:
    one = entity()
    renamed(one, "Betta GmbH", date(2026, 2, 1))
    renamed(one, "Beta GmbH", date(2026, 2, 1))
    assert [each["legal_name"] for each in periods(one.entries)] == ["Alpine GmbH", "Beta GmbH"]
    assert len(one.entries) == 3


DAYS = st.dates(date(2020, 1, 1), date(2026, 2, 28))
TOLD = st.dictionaries(DAYS, st.tuples(st.sampled_from("ABC"), st.sampled_from([None, "AG", "SE"])), max_size=6)


@given(told=TOLD, data=st.data())
def test_in_whatever_order_it_is_told_the_end_is_the_same(told: dict[date, Any], data: st.DataObject) -> None:
    found = []
    for order in (sorted(told), data.draw(st.permutations(sorted(told)))):
        one = entity()
        for day in order:
            renamed(one, told[day][0], day, form=told[day][1])
        found.append((one.legal_name, one.form, periods(one.entries)))
        spans = [(each["valid_from"], each["valid_to"]) for each in periods(one.entries)]
        assert spans[-1][1] is None
        for (_, ended), (begun, _) in pairwise(spans):
            assert date.fromisoformat(ended) + timedelta(1) == date.fromisoformat(begun), "no gap, and no overlap"
    assert found[0] == found[1]


def test_a_day_that_has_begun_nowhere_is_refused() -> None:
    renamed(entity(), "Beta", date(2026, 3, 2))  # at noon UTC it has begun on Kiritimati
    with pytest.raises(RuleViolated, match="valid_from 2026-03-03 has not come"):
        renamed(entity(), "Beta", date(2026, 3, 3))


def test_the_principal_one_does_not_end_alone() -> None:
    with pytest.raises(RuleViolated, match="by whose name the partner is known"):
        entity(principal=True).end(date(2026, 2, 1), "merged", NOW)


def test_one_that_ended_is_renamed_for_the_days_before_alone() -> None:
    one = entity(valid_from=date(2020, 1, 1))
    with pytest.raises(RuleViolated, match="has its name from 2020-01-01"):
        one.end(date(2019, 12, 31), "merged", NOW)
    one.end(date(2026, 1, 31), "merged", NOW)
    with pytest.raises(NotAllowedNow):
        one.end(date(2026, 1, 31), "merged", NOW)
    renamed(one, "Beta", date(2025, 1, 1))
    with pytest.raises(RuleViolated, match="LE-1 ended on 2026-01-31"):
        renamed(one, "Beta", date(2026, 2, 1))
