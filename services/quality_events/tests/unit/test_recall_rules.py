"""When a recall starts, what is known before it is reconciled, and how long an exercise may take."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts import Lot, Quantity, Side
from contracts.recalls import RecallClass, RecallDepth
from quality_events.batches.model import Batch
from quality_events.recalls.model import Recall, RecallLine, RecallPart
from quality_events.recalls.schemas import RecallFrom, RecallState
from quality_events.regimes import regime_of
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 2, 21, 30, tzinfo=UTC)
MARKETS = [{"market": "AT", "regime": "eu_eea"}, {"market": "GB", "regime": "gb"}]


def kg(value: Any, unit: str = "kg") -> Quantity:
    return Quantity(value=Decimal(value), unit=unit)


def proposed(**more: Any) -> Recall:
    given: dict[str, Any] = {"mock": False, "classification": RecallClass.II, "depth": RecallDepth.retail}
    texts = {"number": "RCL-2026-10001", "cause": "x", "health_hazard": "x", "evaluated_by": "eva"}
    return Recall(**given | texts | {"batch_ids": [uuid4()], "markets": MARKETS} | more)


def batch(maker: UUID | None = None) -> Batch:
    ids = {"id": uuid4(), "product_id": uuid4(), "site_id": uuid4(), "partner_id": maker or uuid4()}
    return Batch.announce(Lot(number="1", material="P", **ids))


def started(**more: Any) -> tuple[Recall, list[RecallLine]]:
    """A recall of one batch in two markets."""
    recall = proposed(**more)
    recall.approve_as_regulatory("ra", NOW)
    recall.approve_as_quality("qa", NOW)
    return recall, recall.include([batch()])


@pytest.mark.parametrize(
    ("market", "regime", "told"),
    [("AT", "us", "AT follows the rules of eu_eea, and not of us"), ("JP", "gb", "of other"), ("AT", "x", "'eu_eea'")],
)
def test_a_market_is_recalled_from_by_its_own_law(market: str, regime: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told) as refused:
        RecallFrom.model_validate({"market": market, "regime": regime})
    assert [each["loc"] for each in refused.value.errors()] == [("regime",)]
    own = regime_of(market)
    assert RecallFrom.model_validate({"market": market, "regime": own}).model_dump()["regime"] is own


@pytest.mark.parametrize("first", ["approve_as_quality", "approve_as_regulatory"])
def test_it_starts_with_the_second_approval_in_either_order(first: str) -> None:
    recall = proposed(mock=True)
    names = {"approve_as_quality": "qa", "approve_as_regulatory": "ra"}
    getattr(recall, first)(names.pop(first), NOW)
    assert (recall.state, recall.started_at, recall.trace_due_at) == (RecallState.proposed, None, None)
    with pytest.raises(RuleViolated, match="approved it already"):
        getattr(recall, first)("another", NOW)
    ((second, by),) = names.items()
    getattr(recall, second)(by, NOW)
    assert (recall.state, recall.trace_due_at) == (RecallState.started, NOW + timedelta(hours=4))


def test_every_batch_is_in_every_market() -> None:
    recall = started()[0]
    batches = [batch(), batch()]
    found = {(each.batch_id, each.market, each.regime) for each in recall.include(batches)}
    assert found == {(one.id, each["market"], each["regime"]) for one in batches for each in MARKETS}


def test_a_late_child_takes_a_reconciled_recall_back() -> None:
    recall, lines = started(mock=True)
    for line in lines:
        recall.account(lines, (line.batch_id, line.market), kg(0), None, None, NOW)
    recall.reconcile(lines, [], "all answered", "qa", NOW)
    late = recall.include([batch()])
    assert (recall.state, recall.reconciled_by, recall.traced_at) == (RecallState.started, None, None)
    with pytest.raises(RuleViolated, match="of 2 lines it is not known how much was distributed"):
        recall.reconcile([*lines, *late], [], "all answered", "qa", NOW)


def test_nothing_is_reconciled_or_closed_while_a_child_is_missing() -> None:
    recall, lines = started()
    for line in lines:
        recall.account(lines, (line.batch_id, line.market), kg(5), kg(5), None, NOW)
    with pytest.raises(RuleViolated, match=r"L-7 came of batches in RCL-2026-10001"):
        recall.reconcile(lines, ["L-7"], "all answered", "qa", NOW)
    recall.reconcile(lines, [], "all answered", "qa", NOW)
    with pytest.raises(RuleViolated, match="L-7"):
        recall.close(["L-7"], "qa", NOW)
    recall.close([], "qa", NOW)
    with pytest.raises(NotAllowedNow):
        recall.include([batch()])


def test_what_came_back_is_known_where_something_was_distributed() -> None:
    recall, (first, second) = started()
    lines = [first, second]
    recall.account(lines, (first.batch_id, "AT"), kg(0), None, None, NOW)
    recall.account(lines, (second.batch_id, "GB"), kg(3), None, None, NOW)
    with pytest.raises(RuleViolated, match="of 1 lines it is not known how much came back"):
        recall.reconcile(lines, [], "x", "qa", NOW)
    with pytest.raises(RuleViolated, match=r"no batch .* in FR"):
        recall.account(lines, (second.batch_id, "FR"), kg(3), None, None, NOW)
    recall.account(lines, (second.batch_id, "GB"), kg(3), kg(0), None, NOW)
    recall.reconcile(lines, [], "x", "qa", NOW)
    recall.account(lines, (second.batch_id, "GB"), kg(3), kg(1), None, NOW)
    assert recall.state == RecallState.started, "what is stated otherwise is reconciled anew"


@given(sent=st.decimals(0, 1000, places=3), back=st.decimals(0, 1000, places=3))
def test_no_more_comes_back_than_was_distributed_in_any_unit(sent: Decimal, back: Decimal) -> None:
    line = started()[1][0]
    if back <= sent:
        line.account(kg(sent), kg(back * 1000, "g"), None, [])
        assert line.recovered == kg(back * 1000, "g")
        return
    with pytest.raises(RuleViolated, match="is more than"):
        line.account(kg(sent), kg(back * 1000, "g"), None, [])
    assert line.distributed is None


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(RuleViolated, match="state both in one"):
        started()[1][0].account(kg(1), kg(1, "L"), None, [])


@pytest.mark.parametrize(
    ("distributed", "elsewhere", "told"),
    [
        (kg(98_001, "{tablet}"), [], "more than the 98000 {tablet} that were made"),
        (kg(50), [], "made in {tablet}"),
        (kg(98_000, "{tablet}"), [kg(1, "{tablet}")], "with what went to other markets"),
        (kg(98_000, "{tablet}"), [kg(0, "{tablet}")], ""),
    ],
)
def test_no_more_goes_anywhere_than_was_made(distributed: Quantity, elsewhere: list[Quantity], told: str) -> None:
    line, made = started()[1][0], kg(98_000, "{tablet}")
    if not told:
        line.account(distributed, None, made, elsewhere)
        assert line.distributed == distributed
        return
    with pytest.raises(RuleViolated, match=re.escape(told)) as refused:
        line.account(distributed, None, made, elsewhere)
    assert (refused.value.extensions["fields"], line.distributed) == (["distributed"], None)


def test_what_went_to_every_market_is_counted_together() -> None:
    recall, (first, second) = started()
    made = kg(10)
    recall.account([first, second], (first.batch_id, "AT"), kg(6), None, made, NOW)
    with pytest.raises(RuleViolated, match="with what went to other markets"):
        recall.account([first, second], (second.batch_id, "GB"), kg(4001, "g"), None, made, NOW)
    recall.account([first, second], (second.batch_id, "GB"), kg(4000, "g"), None, made, NOW)


def test_each_step_is_the_sponsors() -> None:
    recall, lines = started(mock=True)
    assert (proposed().turn(), recall.turn()) == ({Side.sponsor}, {Side.sponsor})
    for line in lines:
        recall.account(lines, (line.batch_id, line.market), kg(0), None, None, NOW)
    recall.reconcile(lines, [], "all answered", "qa", NOW)
    assert recall.turn() == {Side.sponsor}
    recall.close([], "qa", NOW)
    assert not recall.turn()


@pytest.mark.parametrize(("after", "met"), [(timedelta(hours=4), True), (timedelta(hours=4, microseconds=1), False)])
def test_an_exercise_is_traced_in_four_hours_exactly(after: timedelta, met: bool) -> None:
    recall, lines = started(mock=True)
    assert recall.traced_in_time(NOW + timedelta(hours=4)) is None
    assert recall.traced_in_time(NOW + timedelta(hours=5)) is False
    for line, at in zip(lines, (NOW, NOW + after), strict=True):
        assert recall.traced_at is None
        recall.account(lines, (line.batch_id, line.market), kg(1), None, None, at)
    recall.account(lines, (lines[0].batch_id, "AT"), kg(2), None, None, NOW + timedelta(days=9))
    assert recall.traced_in_time(NOW + timedelta(days=10)) is met, "an amended quantity was traced before"
    assert started()[0].traced_in_time(NOW) is None


def test_a_part_has_its_own_lots_in_whichever_order_they_come() -> None:
    maker, recall = uuid4(), started()[0]
    lots = [batch(maker).lot for _ in range(3)]
    for order in permutations(lots):
        part = RecallPart.of(recall, maker, NOW)
        for lot in order:
            fact = part.include([lot], NOW)
        assert {each.id for each in fact.lots} == {lot.id for lot in lots}
    lines = [RecallLine(recall_id=recall.id, batch_id=uuid4(), market="AT", regime="eu_eea") for _ in range(3)]
    for line, amount in zip(lines, (kg(2), kg(5, "{tablet}"), kg("0.5")), strict=True):
        line.account(kg(9, amount.unit), amount, None, [])
    assert part.close(lines, NOW).recovered == (kg("2.5"), kg(5, "{tablet}"))
