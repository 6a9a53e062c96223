"""What has ended carries nothing on: a waiver, the day of a condition, the last day of a qualification."""

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from contracts.qualifications import Purpose
from contracts.qualifications import QualificationState as State
from partner_registry.qualifications.items import Item, Verdict, asked
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.schemas import Condition, ItemAnswer
from partner_registry.sites.model import Activity
from runtime.problems import RuleViolated

ZONE = "Europe/Vienna"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
COVERED = ["CERT-2026-00001"]


def assessed(
    activity: Activity = Activity.drug_product, unmet: Collection[str] = (), purpose: Purpose = Purpose.commercial
) -> Qualification:
    """In assessment with every item met, unless another verdict is given, an audit, and the second function's yes."""
    scope = {"site_id": uuid4(), "activity": activity, "dosage_form": "tablet", "product_ids": [], "purpose": purpose}
    made, _ = Qualification.plan(number="QUAL-2026-00001", partner_id=uuid4(), by="pia", now=NOW, **scope)
    made.start("quinn", ZONE, NOW)
    made.answer(
        [
            ItemAnswer(item=item, verdict=Verdict.not_met if item in unmet else Verdict.met, reason="x")
            for item in asked(activity, purpose)
        ],
        "ana",
        NOW,
    )
    made.record_audit(date(2026, 2, 1), "acceptable", "0" * 64, None, "ana", ZONE, NOW)
    made.endorse("max")
    return made


def condition(item: str = "insurance", days: int = 100) -> Condition:
    return Condition(
        item=Item(item), text="x", owner="x", side="partner", due_on=TODAY + timedelta(days), not_allowed="no hormone"
    )


def conditional(*conditions: Condition) -> Qualification:
    made = assessed(unmet=[each.item for each in conditions])
    made.approve_with_conditions(conditions, COVERED, [], "low", ZONE, NOW)
    return made


def waived(until: date, endorsed: bool = True) -> Qualification:
    made = assessed()
    made.audit = None
    made.waive_audit("remote", until, "low", "ana", ZONE, NOW)
    if endorsed:
        made.endorse("max")
    return made


def test_a_waiver_takes_the_second_function_anew_and_that_one_signs() -> None:
    with pytest.raises(RuleViolated, match="has not agreed"):
        waived(date(2026, 9, 1), endorsed=False).approve(COVERED, [], "low", ZONE, NOW)
    endorsed: Any = Qualification.endorse
    assert (bool(endorsed.transition.needs.signed), "waived" in Qualification.signed_as.values()) == (True, True)


@pytest.mark.parametrize(("hours", "over"), [(22, False), (23, True)])
def test_a_waiver_that_is_over_approves_nothing(hours: int, over: bool) -> None:
    made, later = waived(date(2026, 3, 9)), datetime(2026, 3, 9, hours, tzinfo=UTC)
    if over:
        with pytest.raises(RuleViolated, match="waived until 2026-03-09, which is over"):
            made.approve(COVERED, [], "low", ZONE, later)
    assert over or made.approve(COVERED, [], "low", ZONE, later)


def test_nothing_is_prolonged_beyond_its_waiver() -> None:
    made = waived(date(2026, 9, 1))
    made.approve(COVERED, [], "low", ZONE, NOW)
    with pytest.raises(RuleViolated, match="waived until 2026-09-01: audit it"):
        made.prolong("x", "QUAL-2", ZONE, NOW)
    assert (made.valid_to, made.prolonged) == (date(2026, 9, 1), False)


LATE = {
    "fulfil": lambda one, at: one.fulfil(1, "0" * 64, ZONE, at),
    "extend_condition": lambda one, at: one.extend_condition(1, TODAY + timedelta(150), "x", ZONE, at),
    "prolong": lambda one, at: one.prolong("x", "QUAL-2", ZONE, at),
}


@pytest.mark.parametrize("step", sorted(LATE))
def test_what_has_ended_is_not_mended_before_the_clock_comes_to_it(step: str) -> None:
    made = conditional(condition(days=10))
    due = made.condition_due_at
    assert due
    with pytest.raises(RuleViolated, match="day of a condition of QUAL-2026-00001 has ended"):
        LATE[step](made, due)
    made.condition_due_at, made.ends_at = due + timedelta(90), due
    with pytest.raises(RuleViolated, match="has ended: it is assessed again"):
        LATE[step](made, due)
    assert (made.state, made.prolonged) == (State.conditional, False)
    LATE[step](made, due - timedelta(microseconds=1))
