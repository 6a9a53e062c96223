"""What has ended carries nothing on: a waiver, the day of a condition, the last day of a qualification."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.qualifications import QualificationState as State
from partner_registry.qualifications.model import Qualification
from runtime.problems import RuleViolated
from tests.assessed_qualifications import COVERED, NOW, TODAY, ZONE, assessed, condition, conditional


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
