"""The rules of excursions: the maker says what one means, and what rests on another value is decided anew."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Side
from quality_events.excursions.model import ProcessExcursion
from quality_events.excursions.terms import ExcursionOutcome, ExcursionState
from quality_events.readiness.dossier import assembled
from quality_events.readiness.making import excursions_decided
from quality_events.readiness.terms import Condition
from runtime.lifecycle import allowed_now
from runtime.problems import RuleViolated
from tests.dossiers import found
from tests.quality_records import LOT, NOW, excursion, excursion_told


def decided() -> ProcessExcursion:
    one = excursion()
    one.decide(ExcursionOutcome.no_impact, "the press was stopped", None, 1, "ana", NOW)
    return one


def test_it_is_decided_once_and_opened_again_with_a_reason() -> None:
    one = decided()
    assert (one.state, one.decided_by, allowed_now(one)) == (ExcursionState.decided, "ana", ["reopen"])
    one.reopen("which tablets were made before?", NOW)
    assert (one.state, one.outcome, one.decision, one.decided_at) == (ExcursionState.open, None, None, None)
    assert one.reopened_because == "which tablets were made before?"
    deviation = uuid4()
    one.decide(ExcursionOutcome.deviation, "tablets were made", deviation, 1, "ana", NOW)
    found: Any = (one.deviation_id, one.reopened_because)
    assert found == (deviation, None)


@pytest.mark.parametrize(
    ("outcome", "deviation_id"), [(ExcursionOutcome.deviation, None), (ExcursionOutcome.no_impact, uuid4())]
)
def test_a_deviation_is_named_where_one_deals_with_it_and_nowhere_else(outcome: Any, deviation_id: Any) -> None:
    with pytest.raises(RuleViolated):
        excursion().decide(outcome, "x", deviation_id, 1, "ana", NOW)


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({"value": Decimal("44")}, ExcursionState.open),
        ({"status": "Acknowledged"}, ExcursionState.decided),
        ({}, ExcursionState.decided),
    ],
)
def test_what_it_rests_on_opens_it_again(more: Any, state: ExcursionState) -> None:
    one = decided()
    assert one.take(excursion_told(2, **more))
    assert (one.state, one.source_revision) == (state, 2)
    assert (one.reopened_because is None) == (state == ExcursionState.decided)


def test_what_was_told_otherwise_since_is_not_decided() -> None:
    one = excursion()
    one.take(excursion_told(2, value=Decimal(99)))
    with pytest.raises(RuleViolated, match="revision 2"):
        one.decide(ExcursionOutcome.no_impact, "31.5 kN is nothing", None, 1, "ana", NOW)


@pytest.mark.parametrize("before", [excursion, decided])
def test_what_its_source_tells_of_this_lot_elsewhere_is_withdrawn_until_it_is_back(before: Any) -> None:
    one = before()
    one.leave(2, told_again=True)
    assert (one.state, one.outcome, one.deviation_id) == (ExcursionState.withdrawn, None, None)
    assert allowed_now(one) == []
    assert one.take(excursion_told(3))
    assert (one.state, one.source_revision) == (ExcursionState.open, 3)


def test_its_source_alone_takes_nothing_from_a_lot_that_nobody_decided() -> None:
    one, other = excursion(), decided()
    for each in (one, other):
        each.leave(2, told_again=False)
    assert [each.state for each in (one, other)] == [ExcursionState.open, ExcursionState.withdrawn]
    assert "revision 2 of its source names another lot" in (one.reopened_because or "")


@given(st.permutations([1, 2, 3, 2]))
def test_the_last_revision_stands_in_whichever_order_they_come(order: list[int]) -> None:
    first, *later = order
    one = ProcessExcursion.report("EXC-2026-10003", excursion_told(first, value=Decimal(first)))
    for revision in later:
        one.take(excursion_told(revision, value=Decimal(revision)))
    assert (one.source_revision, one.value) == (3, Decimal(3))


def test_what_others_told_of_their_making_stands_there_once_and_what_they_decided_not_at_all() -> None:
    """A maker counts no rival's alarms: of theirs it learns that something stands against its release."""
    own: dict[str, Any] = {"number": "EXC-1", "said": "Alarm force", "id": str(uuid4()), "since": None}
    own |= {"partner_id": LOT.partner_id, "state": "open", "left_open": False, "outcome": None, "decision": None}
    others = {"number": None}
    settled = {"state": "decided", "outcome": "no_impact", "decision": "none was made"}
    batch = assembled(found([]))

    def judged(*excursions: dict[str, Any]) -> Condition:
        return excursions_decided(replace(batch, excursions=excursions), "AT", NOW.date())

    one, many = judged(own, own | others), judged(own, *[own | others] * 30)
    assert one == many
    assert ([each.text.partition(":")[0] for each in one.findings], one.owner) == (
        ["EXC-1, Alarm force", "an excursion of another maker"],
        Side.maker,
    )
    assert judged(own | others).owner == Side.sponsor, "the maker of this batch can do nothing"
    assert judged(own | others | settled) == judged(), "decided, it is told of nowhere"
    twenty = [own | settled | {"number": f"EXC-{at}"} for at in range(22)]
    changed = [*twenty[:-1], twenty[-1] | {"decision": "another"}]
    assert len(judged(*twenty).findings) == 1 + 20 + 1
    assert judged(*twenty) != judged(*changed), "what is signed changes with each of them"
