"""What was planned before testing, and which results are of the plan."""

from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Moment
from contracts.partner_feeds import ResultRole
from quality_events import moments
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oos_investigations.retests import Repeated, RetestPlan, allot
from runtime.problems import RuleViolated
from tests.quality_records import NO_RETESTS, NOW, investigation

HOUR = timedelta(hours=1)
TWO: dict[str, Any] = {"retests": 2, "resamples": 0, "original_analyst": "Ana Novak", "analysts": ["Bor Kos"]}
RESAMPLED: dict[str, Any] = TWO | {"retests": 0, "resamples": 1, "resample_evidence": "the flask was cracked"}


def planned(at: datetime = NOW, **plan: Any) -> OosInvestigation:
    """An investigation with a plan."""
    one = investigation()
    one.plan_retests(RetestPlan(**(plan or TWO)), Repeated(), "lea", at)
    return one


def told(
    at: datetime, role: str = "retest", tested: Moment | None = None, id: UUID | None = None, **more: Any
) -> dict[str, Any]:
    """A result as it is kept: what was reported at an instant, tested then unless another moment is given."""
    said = {"result_id": str(id or uuid4()), "test": "assay", "role": role} | more
    return {
        "sequence": int(at.timestamp()),
        "recorded_at": at,
        "occurred_at": moments.written(tested or at),
        "said": said,
    }


def shown(one: OosInvestigation, *rows: dict[str, Any]) -> list[bool]:
    """Which of the tests are of its plan, in the order in which they were reported; the same in whatever order told."""
    (found, *others) = [allot([one], order)[one.id] for order in permutations(rows)]
    assert all(other == found for other in others)
    return [test.planned for test in found.tests]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (TWO | {"analysts": ["ana  NOVAK"]}, "another analyst"),
        (TWO | {"analysts": ["Bor Kos", "Ana Novak"]}, "another analyst"),
        (TWO | {"analysts": []}, "at least one"),
        (TWO | {"resamples": 1}, "resample_evidence"),
        (TWO | {"resample_evidence": "x"}, "resample_evidence"),
        (TWO | {"no_retests_reason": "x"}, "no_retests_reason"),
        (NO_RETESTS | {"no_retests_reason": None}, "no_retests_reason"),
        (NO_RETESTS | {"analysts": ["Bor Kos"]}, "nobody"),
    ],
)
def test_a_plan_lets_nobody_test_until_it_passes(wrong: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        RetestPlan(**wrong)


def test_the_first_that_are_tested_after_the_plan_are_the_plan_s() -> None:
    early, late = told(NOW + HOUR, tested=NOW - HOUR), told(NOW + 4 * HOUR)
    results = [
        told(NOW - HOUR, tested="2026-03"),
        early,
        told(NOW + 2 * HOUR),
        told(NOW + 3 * HOUR, tested="2026-03"),
        late,
    ]
    assert shown(planned(), *results) == [False, False, True, True, False]


def test_a_resample_is_no_retest_and_neither_is_another_test_or_one_from_before() -> None:
    rows = [told(NOW + HOUR), told(NOW + HOUR, "original"), told(NOW + HOUR, "repeat"), told(NOW + HOUR, test="water")]
    rows += [told(NOW + HOUR, "resample"), told(NOW + HOUR, tested="2026-02")]
    found = allot([one := planned(**RESAMPLED)], rows)[one.id]
    assert {(test.role, test.planned) for test in found.tests} == {
        (ResultRole.retest, False),
        (ResultRole.resample, True),
    }


def test_what_is_amended_counts_once_and_by_its_first_report() -> None:
    first, second = uuid4(), uuid4()
    amended = told(NOW + 2 * HOUR, id=second, supersedes=str(first))
    assert shown(planned(), told(NOW + HOUR, id=first), amended) == [True]
    assert shown(planned(), told(NOW - HOUR, id=first, tested="2026-03"), amended) == [False], (
        "no plan comes afterwards"
    )
    assert shown(planned(), told(NOW + HOUR, id=first), told(NOW + 2 * HOUR, id=first, voided=True)) == []
    assert shown(planned(), told(NOW + HOUR, superseded_by=str(second))) == []


def test_the_result_itself_is_no_retest_of_itself_and_names_its_test() -> None:
    one = planned()
    own = told(NOW - HOUR, id=one.result_id, tested="2026-03", test="Assay (HPLC)")
    relabelled = told(NOW + HOUR, supersedes=str(one.result_id))
    assert shown(one, own, relabelled, told(NOW + 2 * HOUR, test="Assay (HPLC)")) == [True]


def test_no_test_counts_for_two_investigations() -> None:
    first, second, unplanned = planned(), planned(NOW + 2 * HOUR), investigation()
    rows = [told(NOW + hours * HOUR) for hours in (3, 4, 5)]
    for order in permutations(rows):
        found = allot([second, unplanned, first], order)
        assert [found[each.id].missing.get(ResultRole.retest) for each in (first, second, unplanned)] == [0, 1, None]
        assert all(test.planned for each in found.values() for test in each.tests)


def test_a_plan_stands_once_it_is_tested() -> None:
    one, early = planned(), told(NOW - HOUR, tested="2026-03")
    one.plan_retests(RetestPlan(**NO_RETESTS), allot([one], [early])[one.id], "lea", NOW + HOUR)
    one.plan_retests(RetestPlan(**TWO), Repeated(), "lea", NOW + 2 * HOUR)
    for role in ResultRole.retest, ResultRole.resample:
        with pytest.raises(RuleViolated, match="the plan stands"):
            one.plan_retests(RetestPlan(**NO_RETESTS), allot([one], [told(NOW + 3 * HOUR, role)])[one.id], "lea", NOW)
    assert one.planned_retests == 2


def test_an_invalidation_is_proposed_when_all_that_was_planned_is_reported() -> None:
    bare, one = investigation(), planned()
    with pytest.raises(RuleViolated, match="plan the retests first"):
        bare.propose_invalidation("pipette", "log", None, Repeated(), "lea", NOW)
    rows = [told(NOW + HOUR)]
    with pytest.raises(RuleViolated, match="lack 1 retest"):
        one.propose_invalidation("pipette", "log", None, allot([one], rows)[one.id], "lea", NOW)
    done = allot([one], [*rows, told(NOW + 2 * HOUR), told(NOW + 3 * HOUR)])[one.id]
    assert one.propose_invalidation("pipette", "log", None, done, "lea", NOW).cause == "pipette"
