"""The rules of a qualification, without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import clock
from contracts.qualifications import EndCause, Purpose, SiteQualificationChanged
from contracts.qualifications import QualificationState as State
from directory.qualified import Change, Course
from partner_registry.qualifications.items import FOR_DEVELOPMENT, NEVER_CONDITIONAL, Item, Verdict, asked
from partner_registry.sites.model import Activity
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated
from tests.assessed_qualifications import COVERED, NOW, TODAY, ZONE, assessed, condition, conditional


def test_development_needs_the_first_eight_and_a_laboratory_five_more() -> None:
    development = asked(Activity.drug_product, Purpose.development)
    assert [item for item, must in development.items() if must] == list(FOR_DEVELOPMENT)
    assert (len(development), len(asked(Activity.testing, Purpose.commercial))) == (14, 19)
    assert all(asked(Activity.testing, Purpose.commercial).values())


@pytest.mark.parametrize(
    ("band", "last"), [("low", "2029-03-02"), ("high", "2028-03-02"), ("critical", "2028-03-02"), (None, "2028-03-02")]
)
def test_it_counts_for_three_years_and_two_where_risk_is_high_or_unknown(band: str | None, last: str) -> None:
    made = assessed()
    fact = made.approve(COVERED, [], band, ZONE, NOW)
    assert isinstance(fact, SiteQualificationChanged)
    assert (fact.before, fact.after, fact.waived, str(fact.valid_to)) == ("in_assessment", "approved", False, last)
    assert made.ends_at == datetime.fromisoformat(f"{last}T23:00:00Z")


@pytest.mark.parametrize("item", list(Item)[:14])
@pytest.mark.parametrize("verdict", [Verdict.not_met, None])
def test_one_item_that_is_not_met_or_unknown_blocks(item: Item, verdict: Verdict | None) -> None:
    made = assessed()
    made.items = [each | {"verdict": verdict} if each["code"] == item else each for each in made.items]
    with pytest.raises(RuleViolated, match=f"{item} is not"):
        made.approve(COVERED, [], "low", ZONE, NOW)
    assert made.state == State.in_assessment


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"audit": None}, "neither an audit"),
        ({"audit": {"audited_on": "2023-03-01", "outcome": "acceptable", "report": "0"}}, "last 36 months"),
        ({"audit": {"audited_on": "2026-03-01", "outcome": "unacceptable", "report": "0"}}, "unacceptable"),
        ({"endorsed_by": None}, "has not agreed"),
    ],
)
def test_without_its_grounds_it_is_not_approved(change: dict[str, Any], why: str) -> None:
    made = assessed()
    for name, value in change.items():
        setattr(made, name, value)
    with pytest.raises(RuleViolated, match=why):
        made.approve(COVERED, [], "low", ZONE, NOW)
    with pytest.raises(RuleViolated, match="no confirmed certificate"):
        assessed().approve([], [], "low", ZONE, NOW)


def test_an_open_critical_finding_blocks_and_so_does_a_risk_that_rose_after_the_waiver() -> None:
    made = assessed()
    with pytest.raises(RuleViolated, match="critical finding FIND-2026-1 is open"):
        made.approve(COVERED, ["FIND-2026-1"], "low", ZONE, NOW)
    made.audit = None
    made.waive_audit("remote", date(2026, 9, 1), "low", "ana", ZONE, NOW)
    made.endorse("max")
    for band in ("high", "critical", None):
        with pytest.raises(RuleViolated, match="audit is not waived"):
            made.approve(COVERED, [], band, ZONE, NOW)
    assert made.approve(COVERED, [], "medium", ZONE, NOW)


def test_who_brings_evidence_for_the_sponsor_prepares_it_and_what_comes_after_the_approval_stands_apart() -> None:
    made = assessed(unmet=["insurance"])
    made.provide_evidence("insurance", "1" * 64, "pat", ours=False)
    assert (made.prepared_by, made.endorsed_by) == (["pia", "ana"], "max")
    made.provide_evidence("insurance", "2" * 64, "eva", ours=True)
    assert (made.prepared_by, made.endorsed_by) == (["pia", "ana", "eva"], None)
    made.endorse("max")
    made.approve_with_conditions([condition()], COVERED, [], "low", ZONE, NOW)
    signed = made.items
    made.provide_evidence("insurance", "3" * 64, "eva", ours=True)
    for again in "123":
        with pytest.raises(RuleViolated, match="has this evidence already"):
            made.provide_evidence("insurance", again * 64, "eva", ours=True)
    assert (made.items, made.later_evidence) == (signed, [{"item": "insurance", "evidence": "3" * 64}])
    made.suspend("x", ZONE, NOW)
    made.start("quinn", ZONE, NOW)
    (again,) = [each["evidence"] for each in made.items if each["code"] == "insurance"]
    assert (again, made.later_evidence) == (["1" * 64, "2" * 64, "3" * 64], [])


def test_an_audit_carries_it_to_the_last_of_36_months() -> None:
    made = assessed()
    made.audit = {"audited_on": "2023-03-02", "outcome": "acceptable", "report": "0"}
    assert made.approve(COVERED, [], "low", ZONE, NOW)


@pytest.mark.parametrize("item", sorted(NEVER_CONDITIONAL))
def test_some_things_are_never_left_to_a_condition(item: Item) -> None:
    made = assessed(unmet=[item])
    with pytest.raises(RuleViolated, match="cannot be left to a condition"):
        made.approve_with_conditions([condition(item)], COVERED, [], "low", ZONE, NOW)


def test_each_unmet_item_has_a_condition_within_180_days() -> None:
    made = assessed(unmet=["insurance", "communication"])
    for given_, why in (
        ([condition()], "communication is not met and has no condition"),
        ([condition(), condition("communication", 181)], "180 days"),
        ([condition(), condition("communication", -1)], "180 days"),
        ([condition(), condition("communication"), condition("references")], "references is no item"),
    ):
        with pytest.raises(RuleViolated, match=why):
            made.approve_with_conditions(given_, COVERED, [], "low", ZONE, NOW)
    made.approve_with_conditions([condition(), condition("communication", 180)], COVERED, [], "low", ZONE, NOW)
    assert made.state == State.conditional


def test_the_last_condition_approves_and_moves_no_end() -> None:
    made = conditional(condition(), condition("communication", 30))
    end, due = made.valid_to, made.condition_due_at
    assert due == datetime(2026, 4, 1, 22, tzinfo=UTC), "the local day of the earlier one has ended"
    assert made.fulfil(2, "0" * 64, ZONE, NOW) == []
    assert made.state == State.conditional
    (fact,) = made.fulfil(1, "0" * 64, ZONE, NOW)
    assert (made.state, made.valid_to, made.condition_due_at) == (State.approved, end, None)
    assert isinstance(fact, SiteQualificationChanged)
    assert (fact.before, fact.conditions) == ("conditional", ())


def test_fulfilled_on_the_due_day_at_ten_to_midnight_is_in_time() -> None:
    made = conditional(condition())
    late = datetime(2026, 6, 10, 21, 50, tzinfo=UTC)  # 23:50 at the site
    with pytest.raises(RuleViolated, match="no condition"):
        made.lapse(ZONE, late)
    made.fulfil(1, "0" * 64, ZONE, late)
    assert made.state == State.approved
    other = conditional(condition())
    other.lapse(ZONE, late + timedelta(minutes=10))
    assert other.state == State.suspended


def test_a_condition_is_extended_once() -> None:
    made = conditional(condition())
    with pytest.raises(RuleViolated, match="a later day"):
        made.extend_condition(1, TODAY + timedelta(100), "x", ZONE, NOW)
    made.extend_condition(1, TODAY + timedelta(130), "x", ZONE, NOW)
    with pytest.raises(RuleViolated, match="extended already"):
        made.extend_condition(1, TODAY + timedelta(140), "x", ZONE, NOW)
    assert [each["first_due_on"] for each in made.conditions] == ["2026-06-10"]


@pytest.mark.parametrize(
    ("activity", "band", "until", "why"),
    [
        (Activity.sterile_fill, "low", "2026-09-01", "never waived"),
        (Activity.drug_product, "high", "2026-09-01", "risk is high"),
        (Activity.drug_product, "critical", "2026-09-01", "risk is critical"),
        (Activity.drug_product, None, "2026-09-01", "risk is not assessed"),
        (Activity.drug_product, "low", "2027-03-03", "12 months"),
        (Activity.drug_product, "low", "2026-03-02", "12 months"),
    ],
)
def test_an_audit_is_waived_within_bounds(activity: Activity, band: str | None, until: str, why: str) -> None:
    made = assessed(activity)
    with pytest.raises(RuleViolated, match=why):
        made.waive_audit("remote", date.fromisoformat(until), band, "ana", ZONE, NOW)


def test_a_waived_one_ends_with_its_waiver() -> None:
    made = assessed()
    made.audit = None
    made.waive_audit("remote", date(2027, 3, 2), "low", "ana", ZONE, NOW)
    assert made.endorsed_by is None, "who agreed before has not agreed to this"
    made.endorse("max")
    fact = made.approve(COVERED, [], "low", ZONE, NOW)
    assert isinstance(fact, SiteQualificationChanged)
    assert (made.valid_to, fact.waived) == (date(2027, 3, 2), True)


def test_a_day_before_a_suspension_is_answered_as_it_was_then() -> None:
    made = assessed()
    made.approve(COVERED, [], "low", ZONE, NOW)
    told = NOW + timedelta(30)
    made.lose_ground("withdrawn", date(2026, 3, 20), ZONE, told)
    assert made.state_on(date(2026, 3, 19), told) == State.approved
    assert made.state_on(date(2026, 3, 20), told) == State.suspended
    assert made.state_on(date(2026, 3, 20), told - timedelta(1)) == State.approved, "as it was known then"
    assert made.state_on(date(2026, 3, 1), told) is None


@given(st.dates(TODAY, date(2026, 6, 1)), st.sampled_from(["cease", "lose_ground"]))
def test_whoever_keeps_a_copy_answers_of_each_day_as_the_registry_does(on: date, step: str) -> None:
    made = assessed()
    told = datetime(2026, 6, 1, 8, tzinfo=UTC)
    more = (EndCause.closed,) if step == "cease" else ()
    facts: Any = [made.approve(COVERED, [], "low", ZONE, NOW)]
    made.state = State.approved
    facts.append(getattr(made, step)("x", on, ZONE, told, *more))
    changes = [Change.of(each.model_dump(mode="json"), place, ZONE) for place, each in enumerate(facts)]
    assert facts[-1].cause == (more[0] if more else None)
    for day in (TODAY + timedelta(days) for days in range(-1, 100)):
        state = made.state_on(day, told)
        assert Course(changes).in_force(day) == (state == State.approved), day


def test_it_is_prolonged_once_while_somebody_assesses_it_anew() -> None:
    made = assessed()
    made.approve(COVERED, [], "low", ZONE, NOW)
    with pytest.raises(RuleViolated, match="plan and start that first"):
        made.prolong("x", None, ZONE, NOW)
    made.prolong("x", "QUAL-2", ZONE, NOW)
    assert made.valid_to == date(2029, 5, 31)
    with pytest.raises(RuleViolated, match="prolonged already"):
        made.prolong("x", "QUAL-2", ZONE, NOW)


STEPS = {
    "start": lambda one: one.start("quinn", ZONE, NOW),
    "provide_evidence": lambda one: one.provide_evidence("insurance", "0" * 64, "ana", ours=True),
    "endorse": lambda one: one.endorse("max"),
    "approve": lambda one: one.approve(COVERED, [], "low", ZONE, NOW),
    "approve_with_conditions": lambda one: one.approve_with_conditions([condition()], COVERED, [], "low", ZONE, NOW),
    "reject": lambda one: one.reject("x", ZONE, NOW),
    "fulfil": lambda one: one.fulfil(1, "0" * 64, ZONE, NOW),
    "lapse": lambda one: one.lapse(ZONE, NOW + timedelta(300)),
    "suspend": lambda one: one.suspend("x", ZONE, NOW),
    "withdraw": lambda one: one.withdraw("x", ZONE, NOW),
    "prolong": lambda one: one.prolong("x", "QUAL-2", ZONE, NOW),
    "warn": lambda one: one.warn(NOW),
    "expire": lambda one: one.expire(ZONE, NOW + timedelta(2000)),
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12), st.booleans())
def test_no_sequence_escapes_the_table_and_what_counts_was_approved(steps: list[str], unmet: bool) -> None:
    made = assessed(unmet=["insurance"] if unmet else [])
    for step in steps:
        before = made.state
        try:
            with clock.standing_at(NOW + timedelta(4000)):
                STEPS[step](made)
        except (NotAllowedNow, RuleViolated):
            assert made.state == before
        if made.state == State.approved and before != State.approved:
            assert step in ("approve", "fulfil")
        if made.state != before:
            assert made.periods[-1]["state"] == made.state, "each change of state is dated"
