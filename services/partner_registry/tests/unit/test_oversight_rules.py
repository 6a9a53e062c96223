"""How closely a site is looked at: worked plans, the strictest of all rules, and when the next audit is."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.oversight import RiskBand, RiskTrajectory, Segment
from partner_registry.oversight import rules
from partner_registry.oversight.rules import RULES, SCALES, Plan, Situation

MONTHLY = {"operational": ("monthly", "S1"), "scorecard": ("monthly", "S1"), "strategic": ("yearly", "S1")}
PREFERRED = {
    "body": ("operational_team", "S2"), "business": ("half_yearly", "S2"), "operational": ("monthly", "S2"),
    "scorecard": ("quarterly", "S2"), "strategic": ("yearly", "S2"),
}  # fmt: skip


def on(band: str | None = None, trajectory: str | None = None, segment: str | None = None, **more: Any) -> Situation:
    return Situation(
        band=RiskBand(band) if band else None,
        trajectory=RiskTrajectory(trajectory) if trajectory else None,
        segment=Segment(segment) if segment else None,
        **more,
    )


def shown(plan: Plan) -> dict[str, Any]:
    return {name: (each.value, *each.rules) for name, each in plan.items()}


def test_a_strategic_sterile_filler_whose_risk_rises() -> None:
    plan = rules.derive(on("high", "rising", "strategic", sterile_fill=True, sole_source_of_critical=True))
    assert shown(plan) == MONTHLY | {
        "audit_months": (6, "T1"), "audit_on_site": (True, "Q1", "R1"), "batch_records": ("full", "R1"),
        "body": ("steering_committee", "S1"), "business": ("quarterly", "R1", "S1"),
        "continuity_plan_test": ("yearly", "C1"), "survey": ("yearly", "C1", "S1"),
    }  # fmt: skip
    due = rules.next_audit(date(2026, 3, 31), 6, RiskBand.high, date(2026, 11, 27))
    assert due == date(2027, 2, 25)


def test_a_transactional_packer() -> None:
    assert shown(rules.derive(on("low", "stable", "transactional"))) == {
        "audit_months": (24, "B4"), "body": ("working_group", "S3"), "business": ("yearly", "S3"),
        "operational": ("quarterly", "S3"), "scorecard": ("quarterly", "S3"),
    }  # fmt: skip
    assert rules.next_audit(date(2024, 2, 29), 24, RiskBand.low, date(2026, 1, 10)) == date(2026, 2, 28)


def test_a_hand_makes_a_value_stricter_and_never_looser() -> None:
    plan = rules.tightened(
        rules.derive(on("medium", "falling", "preferred")), {"audit_months": 12, "business": "yearly"}
    )
    assert shown(plan) == PREFERRED | {"audit_months": (12, "by_hand")}
    assert plan["business"].refused_by_hand == "yearly"
    assert rules.next_audit(date(2025, 10, 31), 12, RiskBand.medium, date(2026, 1, 10)) == date(2026, 10, 31)


def test_not_segmented_is_looked_at_as_preferred() -> None:
    found = shown(rules.derive(on("medium", "rising")))
    assert found == shown(rules.derive(on("medium", "rising", "preferred"))) == PREFERRED | {"audit_months": (12, "T1")}


def test_a_new_laboratory() -> None:
    plan = rules.derive(on("medium", "first", "developing", laboratory=True, data_integrity_band=RiskBand.high))
    assert shown(plan) == {
        "audit_months": (12, "Q1"), "audit_on_site": (True, "Q1"), "body": ("operational_team", "S4"),
        "business": ("quarterly", "S4"), "invalidated_oos_review": ("quarterly", "L1"),
        "operational": ("monthly", "S4"), "raw_data_in_audit": (True, "L1"), "scorecard": ("monthly", "S4"),
        "turnaround": ("monthly", "L1"),
    }  # fmt: skip


def test_critical_risk_a_cause_and_an_escalation() -> None:
    plan = rules.derive(on("critical", "rising", "transactional", for_cause=True, escalation_open=True))
    assert shown(plan) == {
        "audit_months": (6, "B1"), "audit_on_site": (True, "R2"), "audit_for_cause_within_days": (30, "F1"),
        "batch_records": ("full", "R2"), "body": ("steering_committee", "R2"), "business": ("monthly", "E1", "R2"),
        "operational": ("weekly", "R2"), "scorecard": ("quarterly", "S3"),
    }  # fmt: skip


@pytest.mark.parametrize(("band", "due"), [("critical", date(2026, 2, 9)), ("high", date(2026, 4, 10))])
def test_an_audit_whose_date_has_passed_is_held_soon(band: str, due: date) -> None:
    assert rules.next_audit(date(2024, 1, 31), 6, RiskBand(band), date(2026, 1, 10)) == due


def test_what_nobody_knows_matches_no_rule_and_is_named() -> None:
    plan = rules.derive(Situation())
    assert shown(plan) == PREFERRED
    assert Situation().unknown == [
        "band", "sterile_fill", "laboratory", "for_cause", "sole_source_of_critical", "escalation_open"
    ]  # fmt: skip
    assert rules.next_audit(None, 12, RiskBand.low, date(2026, 1, 10)) is None


FLAGS = ("sterile_fill", "laboratory", "for_cause", "sole_source_of_critical", "escalation_open")
SITUATIONS = st.builds(
    Situation,
    band=st.sampled_from([*RiskBand, None]),
    trajectory=st.sampled_from([*RiskTrajectory, None]),
    data_integrity_band=st.sampled_from([*RiskBand, None]),
    segment=st.sampled_from([*Segment, None]),
    **{flag: st.sampled_from([True, False, None]) for flag in FLAGS},
)


@given(SITUATIONS, st.permutations(RULES))
def test_the_plan_is_the_same_in_whatever_order_rules_are_applied(one: Situation, order: Any) -> None:
    assert rules.derive(one, order) == rules.derive(one)


@given(SITUATIONS, SITUATIONS, st.permutations(["band", "trajectory", "data_integrity_band", "segment", *FLAGS]))
def test_the_plan_is_the_same_for_any_order_of_facts(before: Situation, after: Situation, order: list[str]) -> None:
    step = before
    for name in order:
        step = replace(step, **{name: asdict(after)[name]})
    assert rules.derive(step) == rules.derive(after)


@given(SITUATIONS)
def test_each_value_names_the_rules_that_gave_it(one: Situation) -> None:
    matching = [rule for rule in RULES if rule.when(one)]
    for name, each in rules.derive(one).items():
        gave = {rule.name for rule in matching if rule.sets.get(name) == each.value}
        assert set(each.rules) == gave != set()
        assert all(
            rules.strictness(name, rule.sets.get(name)) <= rules.strictness(name, each.value) for rule in matching
        )


@given(SITUATIONS, SITUATIONS)
def test_nothing_is_looser_unless_a_named_rule_matches_no_longer(before: Situation, after: Situation) -> None:
    was, is_now = rules.derive(before), rules.derive(after)
    still = {(rule.name, name, value) for rule in RULES if rule.when(after) for name, value in rule.sets.items()}
    for name in rules.looser(was, is_now):
        assert not any((rule, name, was[name].value) in still for rule in was[name].rules)


@given(SITUATIONS, st.sampled_from(FLAGS))
def test_no_flag_makes_a_plan_looser(one: Situation, flag: str) -> None:
    raised = Situation(**asdict(one) | {flag: True})
    assert rules.looser(rules.derive(one), rules.derive(raised)) == []


@given(SITUATIONS, st.integers(0, 3), st.integers(0, 3))
def test_no_higher_band_makes_a_plan_looser(one: Situation, low: int, high: int) -> None:
    lower, higher = (replace(one, band=[*RiskBand][at]) for at in sorted((low, high)))
    assert rules.looser(rules.derive(lower), rules.derive(higher)) == []


@given(SITUATIONS, st.dictionaries(st.sampled_from([*SCALES]), st.integers(0, 30)))
def test_no_hand_makes_a_plan_looser(one: Situation, places: dict[str, int]) -> None:
    by_hand = {name: SCALES[name][place % len(SCALES[name])] for name, place in places.items()}
    plan = rules.derive(one)
    assert rules.looser(plan, rules.tightened(plan, by_hand)) == []
