"""A line's rules: what holds on a day, by what was known, with what it shares, and what that tells. No I/O."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts import Side
from contracts.sites import CapacityChanged, LineShared, Segregation
from gxp.clocks import ONE_DAY
from partner_registry.entries import known_at, latest
from partner_registry.lines.model import ProductionLine
from partner_registry.lines.schemas import LineState, UseLine
from partner_registry.risk.floors import raised_by, sites_of
from partner_registry.sites.model import Activity
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
BEGIN = date(2026, 1, 1)
ZONE = "Europe/Vienna"
NONE, HORMONE, CYTOTOXIC = Segregation.none, Segregation.hormone, Segregation.cytotoxic


def used(on: date = BEGIN, shared: bool = False, *classes: Segregation) -> UseLine:
    said: dict[str, Any] = {"effective_on": on, "shared": shared, "segregation": [*(classes or [NONE])]}
    return UseLine.model_validate(said | {"batch_min": "10", "batch_max": "250", "batch_unit": "kg"})


def line(use: UseLine | None = None) -> tuple[ProductionLine, list[LineShared]]:
    given: dict[str, Any] = {"number": "LINE-1", "site_id": uuid4(), "code": "KR-3"}
    given |= {"activity": Activity.drug_product, "partner_id": uuid4()}
    return ProductionLine.register(use=use or used(), side=Side.owner, now=NOW, **given)


def say(one: ProductionLine, use: UseLine, side: Side = Side.owner) -> list[LineShared]:
    return one.use(**dict(use), side=side, now=NOW)


def more(one: ProductionLine, on: date, amount: str, unit: str = "kg") -> CapacityChanged:
    return one.change_capacity(on, Decimal(amount), unit, Side.sponsor, NOW)


@pytest.mark.parametrize(
    ("before", "after", "begins"),
    [
        ((False, NONE), (True, HORMONE), ["hormone"]),
        ((True, HORMONE), (True, CYTOTOXIC, HORMONE), ["cytotoxic"]),
        ((False, HORMONE), (True, HORMONE), ["hormone"]),
        ((True, NONE), (False, HORMONE), []),
        ((True, HORMONE), (True, NONE), []),
        ((True, HORMONE), (True, HORMONE), []),
    ],
)
def test_a_line_tells_with_what_it_begins_to_share(before: Any, after: Any, begins: list[str]) -> None:
    one, _ = line(used(BEGIN, *before))
    on = BEGIN + 30 * ONE_DAY
    told = say(one, used(on, *after))
    assert [each for fact in told for each in fact.segregation] == begins
    assert [(fact.effective_on, fact.told_by) for fact in told] == ([(on, Side.owner)] if begins else [])


def test_a_new_line_that_shares_tells_it_and_the_risk_of_quality_is_held_up() -> None:
    one, (fact,) = line(used(BEGIN, True, HORMONE))
    ((site_id, record),) = sites_of(fact)
    (floor,) = raised_by(fact, record)
    assert (site_id, floor.floor.dimension, floor.floor.band) == (one.site_id, "quality", "medium")
    assert floor.cause == "LINE-1 shares with hormone from 2026-01-01 on"
    assert line()[1] == []


def test_a_capacity_says_what_it_was_on_that_day_and_who_says_so() -> None:
    one, _ = line()
    first = more(one, BEGIN + 10 * ONE_DAY, "400")
    assert (first.before, first.after.value, first.told_by) == (None, Decimal(400), Side.sponsor)
    assert str(more(one, BEGIN + 20 * ONE_DAY, "520").before) == str(first.after)
    late = more(one, BEGIN + 5 * ONE_DAY, "300")
    assert (late.before, late.effective_on) == (None, BEGIN + 5 * ONE_DAY)
    with pytest.raises(RuleViolated, match="a year on 2026-01-22 already"):
        more(one, BEGIN + 21 * ONE_DAY, "520.0")
    assert more(one, BEGIN + 21 * ONE_DAY, "520", "{batch}").after.unit == "{batch}"


def test_nothing_holds_of_a_line_before_it_is_there() -> None:
    one, _ = line()
    for late in (
        lambda on: say(one, used(on)),
        lambda on: more(one, on, "1"),
        lambda on: one.retire(on, "x", ZONE, NOW),
    ):
        with pytest.raises(RuleViolated, match="is there since 2026-01-01"):
            late(BEGIN - ONE_DAY)


def test_a_line_is_retired_on_its_day_and_told_of_no_more() -> None:
    one, _ = line()
    with pytest.raises(RuleViolated, match="has not come at the site"):
        one.retire(date(2026, 6, 2), "sold", ZONE, NOW)
    one.retire(date(2026, 6, 1), "sold", ZONE, NOW)
    assert (one.state, one.works_on(date(2026, 5, 31)), one.works_on(date(2026, 6, 1))) == (
        LineState.retired,
        True,
        False,
    )
    with pytest.raises(NotAllowedNow):
        more(one, BEGIN, "1")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"segregation": ["none", "hormone"]}, "none beside a class"),
        ({"segregation": ["hormone", "hormone"]}, "twice"),
        ({"segregation": []}, "at least 1"),
        ({"batch_min": "300"}, "more than batch_max"),
        ({"batch_unit": "bags"}, "bags"),
    ],
)
def test_what_cannot_be_is_refused(wrong: Any, why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        UseLine.model_validate(used().model_dump() | wrong)


OFFSETS = st.integers(0, 6)


@given(st.dictionaries(OFFSETS, st.integers(1, 9), min_size=1, max_size=3), OFFSETS)
def test_what_is_told_late_holds_from_its_day_whatever_the_order(told: dict[int, int], asked: int) -> None:
    day = BEGIN + asked * ONE_DAY
    ends = set()
    for order in permutations(told):
        entries = [
            {"effective_on": str(BEGIN + at * ONE_DAY), "recorded_at": NOW.isoformat(), "amount": told[at]}
            for at in order
        ]
        held = latest(entries, day)
        ends.add(held["amount"] if held else None)
    last = max((at for at in told if at <= asked), default=None)
    assert ends == {told[last] if last is not None else None}


def test_what_was_not_known_yet_did_not_hold() -> None:
    entries = [
        {"effective_on": str(BEGIN), "recorded_at": (NOW + timedelta(days=at)).isoformat(), "amount": at}
        for at in (0, 2)
    ]
    assert [(latest(known_at(entries, NOW + timedelta(days=at)), BEGIN) or {}).get("amount") for at in (-1, 1, 2)] == [
        None,
        0,
        2,
    ]
