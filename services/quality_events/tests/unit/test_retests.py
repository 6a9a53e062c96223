"""What was planned before testing, and which results are of the plan."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Moment
from contracts.partner_feeds import ResultRole
from quality_events import moments
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oos_investigations.retests import ExplainTest, Repeated, RetestPlan, allot
from runtime.problems import RuleViolated
from tests.quality_records import NO_RETESTS, NOW, investigation

HOUR = timedelta(hours=1)
TWO: dict[str, Any] = {"retests": 2, "resamples": 0, "original_analyst": "Ana Novak", "analysts": ["Bor Kos"]}
RESAMPLED: dict[str, Any] = TWO | {"retests": 0, "resamples": 1, "resample_evidence": "the flask was cracked"}


def planned(at: datetime = NOW, **plan: Any) -> OosInvestigation:
    """An investigation with a plan."""
    one = investigation()
    one.plan_retests(RetestPlan(**(plan or TWO)), "lea", at)
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
    rows = [told(NOW + HOUR), told(NOW + HOUR, test="water"), told(NOW + HOUR, "resample")]
    rows += [told(NOW - HOUR, tested="2026-02"), told(NOW - HOUR, "original"), told(NOW, "repeat")]
    found = allot([one := planned(**RESAMPLED)], rows)[one.id]
    assert {(test.role, test.planned) for test in found.tests} == {
        (ResultRole.retest, False),
        (ResultRole.resample, True),
    }


def test_no_role_and_no_date_takes_a_test_out_of_sight() -> None:
    """It is a further test by when it was recorded; the plan's are retests and resamples."""
    one, third, fourth, early = planned(), uuid4(), uuid4(), uuid4()
    rows = [told(NOW + HOUR), told(NOW + 2 * HOUR), told(NOW + 3 * HOUR, "repeat", id=third)]
    rows += [told(NOW + 4 * HOUR, "original", id=fourth), told(NOW + 5 * HOUR, tested="2026-02", id=early)]
    assert shown(one, *rows) == [True, True, False, False, False]
    tested = allot([one], rows)[one.id]
    assert tested.missing == {ResultRole.retest: 0, ResultRole.resample: 0}
    with pytest.raises(RuleViolated, match="lack"):
        propose(one, tested, why(third), why(early))
    assert propose(one, tested, why(third), why(fourth), why(early))


def test_what_came_in_one_report_with_the_result_is_no_further_test() -> None:
    """Each container gives an original: they are one set, also where one of them is told again later."""
    one, beside, again = planned(), uuid4(), uuid4()
    at = NOW + HOUR  # also where the set was recorded a moment after the finding
    rows = [told(at, "original", id=id, tested="2026-03") for id in (one.result_id, beside, again)]
    rows += [told(at + HOUR, "original", id=again)]
    assert shown(one, *rows) == []
    assert shown(one, *rows[:3], told(at + 2 * HOUR, "original")) == [False]


def test_what_is_amended_counts_once_and_by_its_first_report() -> None:
    first, second = uuid4(), uuid4()
    amended = told(NOW + 2 * HOUR, id=second, supersedes=str(first))
    assert shown(planned(), told(NOW + HOUR, id=first), amended) == [True]
    assert shown(planned(), told(NOW - HOUR, id=first, tested="2026-03"), amended) == [False], (
        "no plan comes afterwards"
    )
    assert shown(planned(), told(NOW + HOUR, superseded_by=str(second))) == []


def test_the_result_itself_is_no_retest_of_itself_and_names_its_test() -> None:
    one = planned()
    own = told(NOW - HOUR, id=one.result_id, tested="2026-03", test="Assay (HPLC)")
    relabelled = told(NOW + HOUR, supersedes=str(one.result_id))
    assert shown(one, own, relabelled, told(NOW + 2 * HOUR, test="Assay (HPLC)")) == [False, True]


def test_no_test_counts_for_two_investigations() -> None:
    first, second, unplanned = planned(), planned(NOW + 2 * HOUR), investigation()
    rows = [told(NOW + hours * HOUR) for hours in (3, 4, 5)]
    for order in permutations(rows):
        found = allot([second, unplanned, first], order)
        assert [found[each.id].missing.get(ResultRole.retest) for each in (first, second, unplanned)] == [0, 1, None]
        assert all(test.planned for each in found.values() for test in each.tests)


def test_what_is_withdrawn_stays_in_its_place_and_does_not_count_as_done() -> None:
    """Its laboratory says nothing of it any more, not even that it was a retest."""
    first, second, third, void = uuid4(), uuid4(), uuid4(), uuid4()
    withdrawn = told(NOW + 4 * HOUR, "original", "2026-03", void, supersedes=str(first), voided=True)
    rows = [told(NOW + HOUR, id=first), told(NOW + 2 * HOUR, id=second), told(NOW + 3 * HOUR, id=third), withdrawn]
    one = planned()
    for order in permutations(rows):
        found = allot([one], order)[one.id]
        assert [(test.result_id, test.planned) for test in found.tests] == [
            *((void, True), (second, True)),
            (third, False),  # there was no room for it when it was made: nobody chooses afterwards which to keep
        ]
        (gone, *_) = found.tests
        assert (gone.role, gone.tested_at, gone.voided_at) == (ResultRole.retest, NOW + HOUR, NOW + 4 * HOUR)
        assert found.missing == {ResultRole.retest: 1, ResultRole.resample: 0}
    replaced = allot([one], [*rows, told(NOW + 5 * HOUR)])[one.id]
    assert ([test.planned for test in replaced.tests], sum(replaced.missing.values())) == ([True, True, False, True], 0)
    assert replaced.tests[-1].voided_at is None


def test_what_was_withdrawn_before_it_was_told_is_known_as_what_it_was() -> None:
    """An older revision that comes last names the one that stands in its place."""
    void = told(NOW + HOUR, "original", "2026-03", id=(newer := uuid4()), voided=True)
    late = told(NOW + 2 * HOUR, tested=NOW + HOUR, superseded_by=str(newer))
    for order in permutations([void, late]):
        (test,) = allot([one := planned()], order)[one.id].tests
        assert (test.role, test.voided_at, test.reported_at) == (ResultRole.retest, NOW + HOUR, NOW + HOUR)


MONTH_12: dict[str, Any] = {"stability": {"months": 12}}
STORED: dict[str, Any] = {"stability": {"months": 12, "condition": "25C/60RH"}}


@pytest.mark.parametrize(
    ("own", "other", "is_further"),
    [
        (MONTH_12, {"stability": {"months": 18}}, False),
        (MONTH_12, MONTH_12, True),
        (MONTH_12, {}, True),
        ({}, {"stability": {"months": 18}}, True),
        ({"stability": {"months": 12, "condition": "25C/60RH"}}, MONTH_12, True),
        *(
            (
                {"stability": {"months": 12, "condition": "25C/60RH"}},
                {"stability": {"months": 12, "condition": at}},
                far,
            )
            for at, far in (("25c/60rh", True), ("40C/75RH", False))
        ),
    ],
)
@pytest.mark.parametrize("role", ["original", "retest"])
def test_another_pull_of_a_study_is_a_series_of_its_own(own: Any, other: Any, is_further: bool, role: str) -> None:
    one = planned(retests=1, resamples=0, original_analyst="Ana Novak", analysts=["Bor Kos"])
    one.stage = "stability"
    rows = [told(NOW - HOUR, "original", "2026-02", one.result_id, **own), told(NOW + HOUR, role, **other)]
    assert shown(one, *rows) == [role == "retest"] * is_further
    assert allot([one], rows)[one.id].missing[ResultRole.retest] == 1 - (is_further and role == "retest")
    one.stage = "release"
    assert shown(one, *rows) == [role == "retest"], "no release has pulls"


def test_who_calls_a_further_test_another_pull_afterwards_hides_nothing() -> None:
    one, first = planned(), uuid4()
    one.stage = "stability"
    own = told(NOW - HOUR, "original", "2026-02", one.result_id, **MONTH_12)
    relabelled: dict[str, Any] = {"supersedes": str(first), "stability": {"months": 18}}
    rows = [own, told(NOW + HOUR, "original", id=first, **MONTH_12), told(NOW + 2 * HOUR, "original", **relabelled)]
    assert shown(one, *rows) == [False]
    withdrawn = told(NOW + HOUR, "original", voided=True)
    assert shown(one, own, withdrawn) == [False]


def test_a_retest_that_is_called_something_else_does_not_vanish() -> None:
    first = uuid4()
    relabelled = told(NOW + 2 * HOUR, "original", supersedes=str(first))
    assert shown(planned(), told(NOW + HOUR, id=first), relabelled) == [False]


def test_a_plan_stands_and_only_a_quality_unit_returns_it_before_it_is_tested() -> None:
    one, early = planned(), told(NOW - HOUR, tested="2026-03")
    with pytest.raises(RuleViolated, match="retest-plan-return"):
        one.plan_retests(RetestPlan(**NO_RETESTS), "lea", NOW)
    for role in ResultRole.retest, ResultRole.resample:
        with pytest.raises(RuleViolated, match="the plan stands"):
            one.return_plan("why two?", allot([one], [told(NOW + 3 * HOUR, role)])[one.id], NOW)
    assert one.planned_retests == 2
    one.return_plan("why two?", allot([one], [early])[one.id], NOW)
    assert one.unplanned
    assert (one.retest_analysts, one.return_reason) == ([], "why two?")
    with pytest.raises(RuleViolated, match="plan the retests first"):
        one.return_plan("again", Repeated(), NOW)
    one.plan_retests(RetestPlan(**NO_RETESTS), "lea", NOW)
    assert one.no_retests_reason


def propose(one: OosInvestigation, tested: Repeated, *explained: ExplainTest) -> Any:
    """The laboratory found that it erred."""
    return one.propose_invalidation("pipette", "log", None, explained, tested, "lea", NOW)


def why(id: UUID, reason: str = "the flask cracked") -> ExplainTest:
    """What the laboratory says of a test."""
    return ExplainTest(result_id=id, reason=reason)


def test_an_invalidation_is_proposed_when_all_that_was_planned_is_reported() -> None:
    bare, one = investigation(), planned()
    with pytest.raises(RuleViolated, match="plan the retests first"):
        propose(bare, Repeated())
    rows = [told(NOW + HOUR)]
    with pytest.raises(RuleViolated, match="lack 1 retest"):
        propose(one, allot([one], rows)[one.id])
    done = allot([one], [*rows, told(NOW + 2 * HOUR)])[one.id]
    with pytest.raises(RuleViolated, match="is being read again"):
        propose(one, replace(done, unread=["sample-tracking.result"]))
    assert propose(one, done).cause == "pipette"


def test_what_is_outside_of_the_plan_or_withdrawn_is_explained_one_by_one() -> None:
    one, third, gone = planned(), uuid4(), uuid4()
    rows = [told(NOW + hours * HOUR, id=id) for hours, id in ((1, gone), (2, uuid4()), (3, third))]
    rows += [told(NOW + 4 * HOUR, id=gone, voided=True), told(NOW + 5 * HOUR)]
    tested = allot([one], rows)[one.id]
    within = tested.tests[1].result_id
    wrong = [
        ([], f"{min(gone, third)}, {max(gone, third)} lack"),
        ([why(third)], f"{gone} lack"),
        ([why(third), why(gone), why(within)], f"not {within}"),
        ([why(third), why(gone), why(gone)], f"not {gone}"),
    ]
    for given, match in wrong:
        with pytest.raises(RuleViolated, match=match):
            propose(one, tested, *given)
    assert propose(one, tested, why(third), why(gone, "it leaked"))
    reasons = {test.result_id: test.reason for test in allot([one], rows)[one.id].tests if test.reason}
    assert reasons == {third: "the flask cracked", gone: "it leaked"}
    one.return_invalidation("the log?", NOW)
    assert one.explained_tests is None


def test_what_comes_after_the_proposal_is_not_approved_unexplained() -> None:
    one, last = planned(), uuid4()
    rows = [told(NOW + HOUR), told(NOW + 2 * HOUR, id=last)]
    propose(one, allot([one], rows)[one.id])
    with pytest.raises(RuleViolated, match="invalidation-return"):
        one.approve_invalidation(allot([one], [*rows, told(NOW + 3 * HOUR)])[one.id], NOW)
    with pytest.raises(RuleViolated, match="lack 1 retest"):
        one.approve_invalidation(allot([one], [*rows, told(NOW + 3 * HOUR, id=last, voided=True)])[one.id], NOW)
    assert one.approve_invalidation(allot([one], rows)[one.id], NOW)
