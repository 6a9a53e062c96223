"""What gates ask for, and how they may be decided: without a database."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import clock
from contracts.moments import FARTHEST_AHEAD
from contracts.tech_transfer import Gate, GateVerdict
from runtime.problems import RuleViolated
from services.tech_transfer.tests.package_moves import item
from services.tech_transfer.tests.unit.test_lifecycles import NOW, action, decision, statement, transfer
from tech_transfer.actions.schemas import ActionState
from tech_transfer.decisions.rules import refuse_changed, refuse_past, refuse_unfit
from tech_transfer.decisions.schemas import DecisionState, GateCondition
from tech_transfer.gates import rules as asked
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.marks import no_longer_true
from tech_transfer.gates.queries import longest_open
from tech_transfer.gates.terms import NEVER_CONDITIONAL, GateRule, Unit, Unmet
from tech_transfer.package_items.terms import ItemState
from tech_transfer.statements.required import stated
from tech_transfer.transfers import plan

TODAY = date(2026, 2, 2)


def open_rule(rule: GateRule, **more: Any) -> Unmet:
    """A rule that is not met."""
    return Unmet(rule, "why", Unit.sponsor, NOW, **more)


def condition(rule: GateRule) -> GateCondition:
    """What is to be done of it."""
    return GateCondition(rule=rule, action="x", unit=Unit.sponsor, owner="Ana", due_on=TODAY)


def test_every_gate_asks_for_something_and_without_anything_known_nothing_is_met() -> None:
    empty = Dossier(transfer=transfer(), today=TODAY)
    for gate in Gate:
        assert asked.unmet(gate, empty), gate


@given(st.lists(st.dates(date(2026, 1, 1), date(2030, 1, 1)), min_size=6, max_size=6))
def test_days_of_a_plan_go_on_or_are_refused(days: list[date]) -> None:
    given = dict(zip(Gate, days, strict=True))
    if days == sorted(days) and days[0] >= TODAY:
        assert plan.planned_from(TODAY, given) == given
        assert plan.read(plan.rows(given)) == given
    else:
        with pytest.raises(RuleViolated):
            plan.planned_from(TODAY, given)


def test_days_that_follow_from_one_are_no_more_than_a_century_ahead_either() -> None:
    farthest = clock.now().date() + FARTHEST_AHEAD
    with pytest.raises(RuleViolated, match=r"planned: planning: .* more than a century ahead"):
        plan.planned_from(TODAY, {Gate.initiation: farthest})


@pytest.mark.parametrize("rule", sorted(NEVER_CONDITIONAL))
def test_some_rules_no_condition_stands_for(rule: GateRule) -> None:
    with pytest.raises(RuleViolated):
        refuse_unfit(GateVerdict.conditional, [open_rule(rule)], [condition(rule)])


def test_conditions_are_those_of_the_open_rules() -> None:
    unmet = [open_rule(GateRule.team), open_rule(GateRule.risk_list)]
    refuse_unfit(GateVerdict.conditional, unmet, [condition(GateRule.team), condition(GateRule.risk_list)])
    refuse_unfit(GateVerdict.failed, unmet, [])
    refuse_unfit(GateVerdict.passed, [], [])
    for verdict, rules in (
        (GateVerdict.passed, []),
        (GateVerdict.conditional, [GateRule.team]),
        (GateVerdict.conditional, [GateRule.team, GateRule.risk_list, GateRule.scope]),
    ):
        with pytest.raises(RuleViolated):
            refuse_unfit(verdict, unmet, [condition(rule) for rule in rules])


def test_no_condition_is_due_in_the_past() -> None:
    due = condition(GateRule.team)
    refuse_past([due], TODAY)
    with pytest.raises(RuleViolated, match=f"due_on of team \\({TODAY}\\): it is {TODAY + timedelta(1)} at the receiv"):
        refuse_past([due], TODAY + timedelta(1))


def test_nobody_signs_what_is_not_so_any_more() -> None:
    proposed = [{"rule": "team", "why": "why"}, {"rule": "submissions", "why": "AT"}]
    of_austria = Unmet(GateRule.submissions, "AT", Unit.sponsor, NOW)
    refuse_changed("GD-1", proposed, [of_austria, open_rule(GateRule.team, due_on=TODAY)])
    for others in ([], [replace(of_austria, why="US")], [of_austria, replace(of_austria, why="US")]):
        with pytest.raises(RuleViolated) as refused:
            refuse_changed("GD-1", proposed, [open_rule(GateRule.team), *others])
        assert refused.value.extensions["changed"] == ["submissions"]


def test_a_statement_counts_until_its_last_day_or_its_withdrawal() -> None:
    said, asked = statement(), stated(GateRule.protocols)

    def unmet(day: date = TODAY) -> list[Unmet]:
        return asked(Dossier(transfer=transfer(), today=day, statements=[said]))

    assert unmet() == []
    said.valid_to = TODAY
    assert unmet() == []
    assert [each.why for each in unmet(TODAY + timedelta(1))] == [
        "it was stated until 2026-02-02 that the protocols are approved"
    ]
    said.withdraw("of another site")
    assert [each.why for each in unmet()] == ["nobody has stated that the protocols are approved"]


def test_what_a_gate_was_passed_without_does_not_mark_it() -> None:
    one = decision()
    one.state, one.verdict = DecisionState.taken, GateVerdict.conditional
    dossier = Dossier(transfer=transfer(), today=TODAY, decisions=[one])
    lost = {each.rule for each in no_longer_true(dossier)[Gate.initiation]}
    assert {GateRule.team, GateRule.success_criteria} <= lost
    one.unmet = [each.as_kept for each in no_longer_true(dossier)[Gate.initiation]]
    to_do = [action(gate=Gate.initiation, rule=rule, decision_id=one.id) for rule in lost]
    known = replace(dossier, actions=to_do)
    assert no_longer_true(known) == {}
    (team,) = (each for each in to_do if each.rule == GateRule.team)
    team.finish("named", "0" * 64, "ana")
    assert [each.rule for each in no_longer_true(known)[Gate.initiation]] == [GateRule.team]
    team.state, team.decision_id = ActionState.open, one.transfer_id
    assert [each.rule for each in no_longer_true(known)[Gate.initiation]] == [GateRule.team]
    one.state = DecisionState.void
    assert dossier.passed == {}


def test_a_condition_stands_for_the_record_that_was_open_and_not_for_others_of_its_rule() -> None:
    of, one = transfer(), decision()
    one.gate = Gate.knowledge_transfer
    open_, accepted = (item(of, mandatory=True) for _ in range(2))
    accepted.state = ItemState.accepted
    one.state, one.verdict = DecisionState.taken, GateVerdict.conditional
    dossier = Dossier(transfer=of, today=TODAY, decisions=[one], package_items=[open_, accepted])
    one.unmet = [each.as_kept for each in asked.unmet(one.gate, dossier)]
    to_do = [action(gate=one.gate, rule=each["rule"], decision_id=one.id) for each in one.unmet]
    known = replace(dossier, actions=to_do)
    assert no_longer_true(known) == {}
    open_.state = ItemState.provided
    assert no_longer_true(known) == {}, "the same record, and another thing is the matter with it"
    accepted.state = ItemState.returned
    (lost,) = no_longer_true(known)[one.gate]
    assert lost.record is not None
    assert (lost.rule, lost.record.id) == (GateRule.package, accepted.id)


def test_what_has_been_open_for_the_longest_time_blocks() -> None:
    older = Unmet(GateRule.team, "x", Unit.receiving, NOW - timedelta(3))
    nobody_knows = Unmet(GateRule.scope, "x", Unit.sending, None)
    assert longest_open([nobody_knows, open_rule(GateRule.scope), older]) == older
    assert longest_open([nobody_knows]) is None
