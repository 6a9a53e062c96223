"""A plan of oversight: what acts at once, what from the next cycle on, and what the partner is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.oversight import RiskBand, Segment
from partner_registry.oversight.model import OversightPlan
from partner_registry.oversight.rules import Situation
from partner_registry.oversight.schemas import PlanState
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 10, 9, tzinfo=UTC)
TODAY = NOW.date()
SITE, OWNER = uuid4(), uuid4()


def on(band: str, segment: str = "preferred", **more: Any) -> Situation:
    return Situation(band=RiskBand(band), segment=Segment(segment), **more)


def plan(
    situation: Situation, before: OversightPlan | None = None, now: datetime = NOW, cause_on: date | None = None
) -> OversightPlan:
    given: dict[str, Any] = {"number": "PLAN-2026-1", "site_id": SITE, "partner_id": OWNER, "cause": "x"}
    given["cause_on"] = cause_on
    return OversightPlan.derive(situation, before, now, acknowledge_by=now + timedelta(7), **given)[0]


def values(one: OversightPlan, day: date = TODAY) -> dict[str, Any]:
    return {name: each.value for name, each in one.holding(day).items()}


def test_a_tighter_plan_acts_at_once() -> None:
    before = plan(on("low"))
    before.acknowledge("ana", NOW)
    after = plan(on("critical"), before)
    assert (after.state, values(after)["operational"], values(after)["audit_months"]) == ("derived", "weekly", 6)


def test_a_looser_plan_acts_from_the_next_cycle_on() -> None:
    before = plan(on("critical"))
    before.note_audit(date(2026, 1, 31), NOW)
    assert before.next_audit_on == date(2026, 7, 31)
    after = plan(on("low"), before)
    assert (values(after)["operational"], values(after)["audit_months"]) == ("weekly", 6)
    after.acknowledge("ana", NOW)
    assert (values(after)["operational"], values(after)["audit_months"]) == ("weekly", 6)
    july = date(2026, 7, 1)
    assert (values(after, july)["operational"], values(after, july)["audit_months"]) == ("monthly", 6)
    assert values(after, date(2026, 7, 31))["audit_months"] == 24
    assert after.next_audit_on == date(2026, 7, 31), "an audit that has a date is never moved later"
    after.note_audit(date(2026, 6, 9), NOW)
    assert after.next_audit_on == date(2026, 7, 31), "one from before is not the one that was dated"
    after.note_audit(TODAY, NOW)
    assert (values(after)["audit_months"], after.next_audit_on) == (24, date(2028, 6, 10))


def test_an_overdue_audit_is_dated_once() -> None:
    one = plan(on("high"))
    one.note_audit(date(2024, 1, 31), NOW)
    assert one.next_audit_on == date(2026, 9, 8), "90 days from when that was known"
    one.acknowledge("ana", NOW + timedelta(3))
    for days, name, value in ((10, "survey", "yearly"), (20, "turnaround", "monthly")):
        one.tighten(name, value, date(2026, 12, 31), "x", "ana", NOW + timedelta(days))
        assert one.next_audit_on == date(2026, 9, 8), "who looks at it again does not put it off"
    again = plan(on("critical"), one, NOW + timedelta(30))
    assert again.next_audit_on == date(2026, 8, 9), "critical: within 30 days"
    again.take_audit(date(2026, 7, 10), NOW + timedelta(30))
    assert again.next_audit_on == date(2027, 1, 10)


def test_an_audit_whose_day_has_passed_stays_on_that_day() -> None:
    one = plan(on("high"))
    one.note_audit(date(2025, 6, 15), NOW)
    one.acknowledge("ana", NOW)
    assert one.next_audit_on == date(2026, 6, 15)
    one.tighten("turnaround", "monthly", date(2026, 12, 31), "x", "ana", NOW + timedelta(20))
    assert one.next_audit_on == date(2026, 6, 15)


def test_before_it_is_acknowledged_a_looser_plan_waits() -> None:
    after = plan(on("low"), plan(on("critical")))
    assert values(after, date(2027, 1, 1))["operational"] == "weekly"
    with pytest.raises(RuleViolated, match="may be acknowledged until"):
        after.come_into_force(NOW + timedelta(7) - timedelta(microseconds=1))
    after.come_into_force(NOW + timedelta(8))
    assert (after.in_force_at, values(after, date(2027, 1, 1))["operational"]) == (NOW + timedelta(7), "monthly")


def test_what_was_tightened_by_hand_holds_until_its_day_and_outlives_a_new_plan() -> None:
    one = plan(on("medium"))
    one.tighten("business", "monthly", date(2026, 12, 31), "a launch", "ana", NOW)
    after = plan(on("low"), one)
    after.acknowledge("ana", NOW)
    held = after.holding(date(2026, 12, 31))["business"]
    assert (held.value, held.rules) == ("monthly", ("by_hand",))
    assert values(after, date(2027, 1, 1))["business"] == "half_yearly"
    with pytest.raises(RuleViolated, match="monthly by by_hand: only stricter"):
        after.tighten("business", "quarterly", date(2026, 12, 31), "less", "ana", NOW)
    with pytest.raises(RuleViolated, match="lies in the past"):
        after.tighten("scorecard", "monthly", date(2026, 6, 9), "x", "ana", NOW)


def test_what_is_looser_from_a_day_on_is_told_on_that_day_and_once() -> None:
    before = plan(on("critical"))
    before.note_audit(date(2026, 1, 31), NOW)
    after = plan(on("low"), before)
    assert after.look_again_on is None, "before it is in force no cycle begins"
    after.acknowledge("ana", NOW)
    assert after.announce(NOW), "what holds until then"
    july, audit = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 31, 9, tzinfo=UTC)
    with pytest.raises(RuleViolated, match="stays as it is until 2026-07-01"):
        after.look_again(july - timedelta(microseconds=1))
    told = after.look_again(july)
    assert told is not None
    operational = [[each.value for each in of if each.name == "operational"] for of in (told.before, told.after)]
    assert operational == [["weekly"], ["monthly"]]
    announced = after.announce(july)
    assert announced is not None
    assert (announced.operational, announced.audit_months) == ("monthly", 6)
    assert after.look_again_on == audit.date(), "from when on the looser interval holds"
    assert after.look_again(audit)
    assert (values(after, audit.date())["audit_months"], after.next_audit_on) == (24, audit.date())
    assert after.look_again_on is None


def test_what_was_tightened_is_dated_and_told_anew_when_it_ends() -> None:
    one = plan(on("low"))
    one.note_audit(date(2026, 1, 31), NOW)
    one.tighten("audit_months", 12, date(2026, 6, 30), "a launch", "ana", NOW)
    one.tighten("audit_on_site", True, date.max, "for good", "ana", NOW)
    assert (one.next_audit_on, one.look_again_on) == (date(2027, 1, 31), date(2026, 7, 1))
    assert one.look_again(datetime(2026, 7, 9, tzinfo=UTC)), "also where nobody came by on the day itself"
    assert (one.next_audit_on, one.look_again_on) == (date(2028, 1, 31), None)


def test_a_day_on_which_nothing_else_holds_is_not_told() -> None:
    one = plan(on("low"))
    one.acknowledge("ana", NOW)
    assert one.look_again(datetime(2026, 7, 1, tzinfo=UTC)) is None
    assert one.look_again_on is None


def test_an_audit_for_cause_is_due_within_30_days() -> None:
    one = plan(on("high", for_cause=True))
    assert one.next_audit_on == date(2026, 7, 10)
    told = one.changed({}, NOW)
    assert (told.for_cause_by, told.next_cycle_on) == (date(2026, 7, 10), date(2026, 7, 1))
    later = NOW + timedelta(10)
    one.tighten("scorecard", "monthly", date(2026, 12, 31), "x", "ana", later)
    assert one.next_audit_on == date(2026, 7, 10), "nothing moves it later"
    after = plan(on("low"), plan(on("high", for_cause=True, laboratory=True), one, later), later)
    assert after.next_audit_on == date(2026, 7, 10), "a signature does not call it off"
    after.note_audit(later.date(), later)
    assert after.next_audit_on == date(2027, 6, 20), "before it is in force the stricter interval holds"
    after.acknowledge("ana", later)
    assert after.next_audit_on == date(2028, 6, 20)


def test_an_audit_from_the_cause_on_is_the_one_that_was_asked_for() -> None:
    one = plan(on("high", for_cause=True), cause_on=date(2026, 6, 3))
    one.take_audit(date(2026, 6, 2), NOW)
    assert str(one.for_cause_by) == "2026-07-10", "one from before the cause is not"
    one.take_audit(date(2026, 6, 3), NOW)
    assert str(one.for_cause_by) == "None", "though it was held before the cause was known here"
    assert one.follows_from(on("high", for_cause=True), None)
    assert not one.follows_from(on("high", for_cause=True), date(2026, 6, 20)), "another cause asks for another audit"
    again = plan(on("high", for_cause=True), one, NOW + timedelta(10), cause_on=date(2026, 6, 20))
    assert (again.for_cause_on, again.for_cause_by) == (date(2026, 6, 20), date(2026, 7, 20))


def test_a_second_cause_does_not_move_the_audit_that_the_first_one_asked_for() -> None:
    one = plan(on("high", for_cause=True), cause_on=date(2026, 6, 3))
    both = plan(on("high", for_cause=True), one, NOW + timedelta(10), cause_on=date(2026, 6, 19))
    assert both.next_audit_on == date(2026, 7, 10)
    both.take_audit(date(2026, 6, 10), NOW + timedelta(10))
    assert both.for_cause_by == date(2026, 7, 10), "the second one came after that audit"


def test_the_partner_is_told_of_what_is_in_force_and_of_no_band_or_rule() -> None:
    one = plan(on("high", "strategic"))
    assert one.announce(NOW) is None, "not before it is in force"
    one.acknowledge("ana", NOW)
    told = one.announce(NOW)
    assert told is not None
    assert told.model_dump(exclude={"plan_id", "occurred_at"}) == {
        "site_id": SITE, "partner_id": OWNER, "audit_months": 12, "operational": "monthly", "business": "quarterly",
        "strategic": "yearly", "body": "steering_committee",
    }  # fmt: skip
    assert one.announce(NOW) is None, "told once"
    one.tighten("turnaround", "monthly", TODAY, "x", "ana", NOW)
    assert one.announce(NOW) is None, "that is not the partner's"


def test_the_same_situation_derives_nothing_new() -> None:
    one = plan(on("low"))
    assert one.is_derived_from(on("low"))
    assert not one.is_derived_from(on("medium"))
    assert one.state == PlanState.derived
