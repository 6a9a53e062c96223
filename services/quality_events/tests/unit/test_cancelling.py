"""Who may say that a deviation was none, and what is none from the beginning."""

from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from contracts import Classification, Side
from quality_events.deviations.schemas import RaiseDeviation
from runtime.problems import RuleViolated
from tests.quality_records import NOW, deviation


def test_what_a_partner_s_system_reported_is_cancelled_by_both() -> None:
    one = deviation()
    one.source = "feed/D-1"
    with pytest.raises(RuleViolated, match="cancellation-proposal"):
        one.cancel("a drill", NOW)
    with pytest.raises(RuleViolated, match="nobody proposes"):
        one.agree_to_cancellation(NOW)
    with pytest.raises(RuleViolated, match="nobody proposes"):
        one.refuse_cancellation("the line stopped")
    assert one.turn() == {Side.sponsor}
    one.propose_cancellation("a drill", "tom")
    with pytest.raises(RuleViolated, match="has to answer"):
        one.propose_cancellation("a drill", "tom")
    assert one.turn() == {Side.owner}
    one.refuse_cancellation("the line stopped")
    assert (one.turn(), one.cancellation_reason) == ({Side.sponsor}, None)
    one.propose_cancellation("a drill, see the log", "tom")
    cancelled = one.agree_to_cancellation(NOW)
    assert (cancelled.reason, one.state, one.turn()) == ("a drill, see the log", "cancelled", ())


def test_the_sponsor_takes_back_what_it_proposed_and_the_partner_did_not_answer() -> None:
    one = deviation()
    one.source = "feed/D-1"
    with pytest.raises(RuleViolated, match="nobody proposes"):
        one.withdraw_cancellation()
    one.propose_cancellation("a drill", "tom")
    one.withdraw_cancellation()
    assert (one.turn(), one.cancellation_reason, one.cancellation_refusal) == ({Side.sponsor}, None, None)
    with pytest.raises(RuleViolated, match="nobody proposes"):
        one.agree_to_cancellation(NOW)
    one.propose_cancellation("a drill, see the log", "tom")
    assert one.cancellation_proposed


def test_a_partner_agrees_only_to_what_the_sponsor_proposed() -> None:
    one = deviation()
    one.source = "feed/D-1"
    one.propose_cancellation("a smudged label", "tom")
    one.classify(Classification.critical, "the filter was torn", "eva", NOW)
    with pytest.raises(RuleViolated, match="nobody proposes"):
        one.agree_to_cancellation(NOW)
    one.propose_cancellation("a drill", "tom")
    assert one.agree_to_cancellation(NOW).reason == "a drill"


def test_what_a_person_entered_needs_no_partner() -> None:
    one = deviation()
    with pytest.raises(RuleViolated, match="without the partner"):
        one.propose_cancellation("a drill", "tom")
    assert one.cancel("a drill", NOW).reason == "a drill"


def test_what_was_decided_before_it_was_done_is_a_change() -> None:
    body: dict[str, Any] = {"title": "A press", "category": "equipment", "site_id": uuid4(), "partner_aware_at": NOW}
    assert not RaiseDeviation(**body).planned
    with pytest.raises(ValidationError, match="/v1/changes"):
        RaiseDeviation(**body, planned=True)
