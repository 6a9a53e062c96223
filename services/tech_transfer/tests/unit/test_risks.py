"""Risks: what scores come to, a rise that needs a reason, and a series for each gate."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.tech_transfer import Gate
from runtime.problems import RuleViolated
from services.tech_transfer.tests.design_moves import risk
from services.tech_transfer.tests.unit.test_lifecycles import transfer
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.rules import unmet
from tech_transfer.gates.terms import GateRule
from tech_transfer.risks.model import Risk
from tech_transfer.risks.required import risk_list
from tech_transfer.risks.scores import RiskClass, Scores

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)
score = st.integers(1, 5)
scores = st.builds(Scores, score, score, score)


@pytest.mark.parametrize(
    ("given", "priority", "risk_class"),
    [
        ((1, 1, 1), 1, "low"),
        ((4, 5, 1), 20, "low"),
        ((3, 4, 2), 24, "medium"),
        ((5, 1, 1), 5, "medium"),
        ((5, 2, 2), 20, "medium"),
        ((4, 5, 3), 60, "medium"),
        ((4, 4, 4), 64, "high"),
        ((5, 5, 5), 125, "high"),
    ],
)
def test_priority_and_class(given: tuple[int, int, int], priority: int, risk_class: str) -> None:
    found = Scores(*given)
    assert (found.priority, found.risk_class) == (priority, risk_class)


@given(scores)
def test_what_is_as_bad_as_can_be_is_never_low(given: Scores) -> None:
    assert given.severity < 5 or given.risk_class != RiskClass.low


@given(scores, scores)
def test_a_higher_priority_is_a_rise_and_the_same_is_none(one: Scores, other: Scores) -> None:
    assert not one.rises_over(one)
    if one.priority > other.priority:
        assert one.rises_over(other)


@given(scores, scores)
def test_a_rise_is_refused_without_a_reason_and_the_series_is_kept(first: Scores, second: Scores) -> None:
    one = risk(transfer(), scores=first)
    if second.rises_over(first):
        with pytest.raises(RuleViolated) as refused:
            one.rescore(Gate.planning, second, None, "ana", NOW)
        assert (refused.value.extensions["fields"], len(one.series)) == (["reason"], 1)
    one.rescore(Gate.planning, second, "seen in a batch", "ana", NOW)
    assert [(each["gate"], each["priority"]) for each in one.series] == [
        ("initiation", first.priority),
        ("planning", second.priority),
    ]
    assert (one.first_priority, one.priority, one.first_class) == (first.priority, second.priority, first.risk_class)


def why(gate: Gate, *risks: Risk) -> list[str]:
    """What a gate says is not so of the risks."""
    dossier = Dossier(transfer=transfer(), today=date(2026, 2, 2), risks=risks)
    said = [each.why for each in unmet(gate, dossier) if each.rule == GateRule.risk_list]
    assert said == [each.why for each in risk_list(gate)(dossier)]
    return said


def test_each_gate_asks_that_each_open_risk_was_scored_at_it() -> None:
    assert why(Gate.initiation) == why(Gate.readiness) == ["no risk is assessed"]
    one = risk(transfer())
    assert why(Gate.initiation, one) == []
    assert why(Gate.planning, one) == ["TR-1 is not scored at planning"]
    one.rescore(Gate.validation, Scores(1, 1, 1), None, "ana", NOW)
    assert why(Gate.planning, one) == why(Gate.validation, one) == [], "what is new later undoes no gate"
    assert why(Gate.readiness, one) == ["TR-1 is not scored at readiness"]
    one.close("the granulator is the same")
    assert why(Gate.readiness, one) == []


def test_what_is_the_sponsors_alone_has_no_parties() -> None:
    of = transfer()
    assert risk(of, sponsor_only=True).parties == []
    assert risk(of).parties == of.parties
