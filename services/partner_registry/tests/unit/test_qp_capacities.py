"""The rules of who may certify: by validity, and what is told before nobody may."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.certifying import QpCoverageEnding, QpRegime, QpSide
from gxp.clocks import ONE_DAY
from partner_registry.qp_capacities.model import QpCapacity, may_certify, why_not
from partner_registry.qp_capacities.schemas import QpNamingState as State
from runtime.lifecycle import NotAllowedNow, table
from runtime.problems import Problem, RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
TODAY, BEGIN = NOW.date(), date(2025, 1, 1)
SITE, OTHER, ZONE = uuid4(), uuid4(), "Europe/Vienna"


def proposed(**changes: Any) -> QpCapacity:
    given: dict[str, Any] = {
        "number": "QPC-1", "partner_id": None, "subject": "eva", "printed_name": "Dr. Eva Novak", "recorded_by": "rita",
        "regime": QpRegime.eu_eea, "legal_entity": "Alpine", "authorisation": "AT-MIA-1", "site_ids": [SITE],
        "product_kinds": [], "valid_from": BEGIN, "valid_to": None, "deputy_of": None, "evidence": "0" * 64,
    }  # fmt: skip
    return QpCapacity.name(zone=ZONE, **given | changes)


def named(**changes: Any) -> QpCapacity:
    one = proposed(**changes)
    one.confirm("quinn", NOW)
    return one


def test_nobody_names_itself() -> None:
    with pytest.raises(Problem, match="nobody names itself") as refused:
        proposed(recorded_by="eva")
    assert (refused.value.status, refused.value.kind) == (403, "second-person-required")


def test_what_one_person_alone_says_counts_as_none() -> None:
    one, other = proposed(), proposed()
    other.reject("the evidence names somebody else")
    asked = (QpRegime.eu_eea, SITE, TODAY)
    assert may_certify([one, other], *asked) == []
    assert why_not([one, other], *asked) == [
        "QPC-1 is proposed, and counts as none", "QPC-1 is rejected, and counts as none"
    ]  # fmt: skip
    assert one.confirm("quinn", NOW).state == "named"
    assert (may_certify([one], *asked), one.confirmed_by) == ([one], "quinn")
    with pytest.raises(NotAllowedNow):
        end(proposed(), TODAY)


def test_neither_the_namer_nor_the_person_confirms_and_nobody_moves_the_own_end() -> None:
    others = {each.name: sorted(each.needs.independent_of) for each in table(QpCapacity)}
    assert (others["confirm"], others["end"]) == (["recorded_by", "subject"], ["subject"])


def end(one: QpCapacity, last: date, *, covered: bool = True) -> list[Any]:
    return one.end(last, "leaves", ZONE, covered, NOW)


def test_it_counts_on_its_days_for_its_regime_and_sites_alone() -> None:
    one = named(valid_to=date(2026, 12, 31))
    asked = {
        (QpRegime.eu_eea, SITE, BEGIN): True, (QpRegime.eu_eea, SITE, date(2026, 12, 31)): True,
        (QpRegime.eu_eea, SITE, BEGIN - ONE_DAY): False, (QpRegime.eu_eea, SITE, date(2027, 1, 1)): False,
        (QpRegime.gb, SITE, BEGIN): False, (QpRegime.eu_eea, uuid4(), BEGIN): False,
    }  # fmt: skip
    assert {each: bool(may_certify([one], *each)) for each in asked} == asked
    assert {each: not why_not([one], *each) for each in asked if not asked[each]} == dict.fromkeys(
        (each for each in asked if not asked[each]), False
    )


def test_what_ended_or_was_withdrawn_keeps_what_was_certified_before() -> None:
    left, back = named(), named()
    end(left, date(2026, 5, 31))
    back.withdraw(date(2026, 5, 1), "the authority's notice", ZONE, True, NOW)
    assert [one.state for one in (left, back)] == [State.ended, State.withdrawn]
    assert [left.counts_on(day) for day in (date(2026, 5, 31), TODAY)] == [True, False]
    assert [back.counts_on(day) for day in (date(2026, 4, 30), date(2026, 5, 1))] == [True, False]
    assert left.ends_at == datetime(2026, 5, 31, 22, tzinfo=UTC), "the day ends at the site"


def test_one_that_was_withdrawn_from_its_first_day_never_counted() -> None:
    one = named()
    one.withdraw(BEGIN, "named in error", ZONE, True, NOW)
    assert not one.counts_on(BEGIN)
    assert why_not([one], QpRegime.eu_eea, SITE, BEGIN) == ["QPC-1 ended on 2024-12-31"]


@given(st.integers(0, 900), st.integers(0, 900))
def test_an_end_takes_back_no_day_before_it(last: int, asked: int) -> None:
    one, before = named(), named()
    end(one, BEGIN + timedelta(last))
    day = BEGIN + timedelta(asked)
    assert one.counts_on(day) == (before.counts_on(day) and asked <= last)


def test_an_end_lies_within_what_it_was() -> None:
    with pytest.raises(RuleViolated, match="valid from 2025-01-01"):
        end(named(), BEGIN - ONE_DAY)
    with pytest.raises(RuleViolated, match="nothing is left"):
        named(valid_to=date(2026, 1, 1)).withdraw(date(2026, 1, 2), "x", ZONE, True, NOW)
    with pytest.raises(RuleViolated, match="not before that"):
        named().withdraw(BEGIN - ONE_DAY, "x", ZONE, True, NOW)


@pytest.mark.parametrize(("left", "days"), [(61, None), (60, 60), (31, 60), (30, 30), (7, 7), (1, 7), (0, None)])
def test_it_warns_of_the_nearest_number_of_days_and_once_of_each(left: int, days: int | None) -> None:
    one = named(valid_to=date(2026, 9, 30))
    assert one.ends_at
    now = one.ends_at - timedelta(left)
    assert one.days_to_warn_of(now) == days
    if days:
        assert one.warn(now).days == days
        with pytest.raises(RuleViolated, match="was reported"):
            one.warn(now)


def test_an_end_that_has_passed_is_told_at_once_where_nobody_else_is_named() -> None:
    told = end(named(), TODAY - ONE_DAY, covered=False)
    assert [getattr(each, "days", None) for each in told] == [None, 0]
    assert not any(isinstance(each, QpCoverageEnding) for each in end(named(), TODAY - ONE_DAY, covered=True))
    assert not any(isinstance(each, QpCoverageEnding) for each in end(named(), TODAY, covered=False))


def test_a_corrected_end_is_warned_of_anew() -> None:
    one = named()
    end(one, TODAY + timedelta(20))
    one.warn(NOW)
    end(one, TODAY + timedelta(50))
    assert one.days_to_warn_of(NOW) == 60


def test_whose_person_it_is_follows_from_the_partner() -> None:
    owner = uuid4()
    assert (named().side, named().parties) == (QpSide.sponsor, [])
    theirs = named(partner_id=owner)
    assert (theirs.side, theirs.parties) == (QpSide.partner, [owner])


@given(st.permutations([(SITE, date(2026, 2, 1)), (OTHER, date(2026, 4, 1))]), st.dates(BEGIN, date(2026, 5, 1)))
def test_each_site_is_served_until_its_own_sale_in_whatever_order_these_are_told(sales: Any, day: date) -> None:
    one = named(partner_id=uuid4(), site_ids=[SITE, OTHER])
    told: list[Any] = []
    for site, on in sales:
        told = one.lose_site(site, on, NOW)
        if one.outlasts_its_sites:
            told = one.cease("sold", ZONE, True, NOW)
    assert [one.certifies(site, day) for site, _ in sales] == [day < on for _, on in sales]
    assert (told[-1].state, told[-1].valid_to, told[-1].site_ids) == ("ended", date(2026, 3, 31), (OTHER,))


def test_one_that_was_over_before_a_sale_tells_nothing_of_it() -> None:
    one = named(partner_id=uuid4(), valid_to=date(2026, 1, 31))
    assert (one.lose_site(SITE, date(2026, 2, 1), NOW), one.outlasts_its_sites) == ([], False)
    later = named(partner_id=uuid4(), valid_from=date(2026, 3, 1))
    later.lose_site(SITE, date(2026, 2, 1), NOW)
    later.cease("sold", ZONE, True, NOW)
    assert not later.counts_on(later.valid_from)
