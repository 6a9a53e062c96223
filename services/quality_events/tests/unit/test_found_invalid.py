"""What amends a result that an investigation found invalid brings no result back: not for a release either."""

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from contracts import Fact
from contracts.sample_tracking import Evaluation
from quality_events.oos_investigations.lineages import NOTHING_KNOWN, Moments, found_invalid
from quality_events.readiness.conditions import judge
from quality_events.readiness.dossier import assembled
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from tests.dossiers import LOT, TODAY, WORLD, found, told, usual
from tests.releasing import results_of

AT = datetime(2026, 3, 9, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
FAILED = Evaluation.out_of_specification
OURS = ("tests_approved", "specification_met", "oos_concluded")


def id_of(facts: list[Fact]) -> UUID:
    """The result of which facts tell."""
    id: UUID = facts[0].results[0].result_id  # type: ignore[attr-defined]
    return id


def stands(
    facts: list[list[Fact]], of: UUID | None, moments: Moments, conclusion: str = "invalidated"
) -> list[Verdict]:
    """How the conditions stand that rest on results, in whatever order these were told."""
    oos: dict[str, Any] = {"id": str(LOT.id), "number": "OOS-1", "partner_id": str(WORLD.maker), "own": True}
    oos |= {"state": "concluded", "conclusion": conclusion, "since": "2026", "awaited_side": None}
    concluded = [oos | {"result_id": str(of)}] if of else []
    usual_but_results = [each for each in usual() if not hasattr(each, "results") and not hasattr(each, "test")]
    seen = []
    for order in permutations(facts):
        rows = told(*usual_but_results, *(fact for each in order for fact in each))
        of_it = assembled(found(rows, investigations=concluded), moments)
        seen.append([each.verdict for each in judge(of_it, "AT", TODAY) if each.name in OURS])
    assert all(each == seen[0] for each in seen)
    return seen[0]


@pytest.mark.parametrize("known", [True, False])
def test_an_amendment_since_the_conclusion_is_no_original_again(known: bool) -> None:
    failed = results_of(WORLD, LOT, evaluation=FAILED)
    amended = results_of(WORLD, LOT, supersedes=id_of(failed))
    again = results_of(WORLD, LOT, supersedes=id_of(amended))
    recorded = {str(id_of(each)): AT + at * HOUR for at, each in enumerate([failed, amended, again])}
    moments = Moments(recorded, {str(id_of(failed)): AT}) if known else NOTHING_KNOWN
    line = [failed, amended, again]
    assert stands(line, id_of(failed), moments) == [Verdict.not_met, Verdict.unknown, Verdict.met]
    (unapproved, approval) = results_of(WORLD, LOT, role="retest")
    assert stands([*line, [unapproved]], id_of(failed), moments)[0] == Verdict.not_met
    assert stands([*line, [unapproved, approval]], id_of(failed), moments) == [Verdict.met] * 3
    assert stands(line, None, moments)[:2] == [Verdict.met, Verdict.not_met], "until it is concluded"


def test_what_stood_by_the_conclusion_is_what_it_left_standing() -> None:
    typed_wrong = results_of(WORLD, LOT, evaluation=FAILED)
    right = results_of(WORLD, LOT, supersedes=id_of(typed_wrong))
    moments = Moments({str(id_of(right)): AT}, {str(id_of(typed_wrong)): AT})
    assert stands([typed_wrong, right], id_of(typed_wrong), moments) == [Verdict.met] * 3
    fails_itself = results_of(WORLD, LOT, evaluation=FAILED, supersedes=id_of(typed_wrong))
    assert stands([typed_wrong, fails_itself], id_of(typed_wrong), NOTHING_KNOWN)[1] == Verdict.not_met


@pytest.mark.parametrize("more", [{}, {"test": "Assay"}, {"voided": True, "evaluation": Evaluation.not_evaluated}])
def test_no_laboratory_takes_a_failure_out_by_an_amendment_of_what_is_not_found_invalid(more: Any) -> None:
    failed, beside = results_of(WORLD, LOT, evaluation=FAILED), results_of(WORLD, LOT)
    amended = results_of(WORLD, LOT, **{"supersedes": id_of(failed)} | more)
    for conclusion in ("inconclusive", "confirmed"):
        assert stands([failed, amended, beside], id_of(failed), NOTHING_KNOWN, conclusion)[1] == Verdict.not_met
    renamed = results_of(WORLD, LOT, "Assay", FAILED)
    amended = results_of(WORLD, LOT, supersedes=id_of(renamed))
    assert stands([renamed, amended], id_of(renamed), NOTHING_KNOWN, "inconclusive")[1] == Verdict.not_met


def test_what_amends_another_does_so_also_when_it_is_told_once_more() -> None:
    """As when it is read: that fact does not say again what it amends."""
    typed_wrong = results_of(WORLD, LOT, evaluation=FAILED)
    right: list[Any] = [*results_of(WORLD, LOT, supersedes=id_of(typed_wrong))]
    (result,) = right[0].results
    again = right[0].model_copy(update={"results": (result.model_copy(update={"supersedes": None}),)})
    usual_but_results = [each for each in usual() if not hasattr(each, "results") and not hasattr(each, "test")]
    of_it = assembled(found(told(*usual_but_results, *typed_wrong, *right, again)))
    assert of_it.results.keys() == {str(result.result_id)}


def test_an_approved_result_that_was_found_invalid_does_not_stand_for_an_unapproved_retest() -> None:
    failed, retest = results_of(WORLD, LOT, evaluation=FAILED), results_of(WORLD, LOT, role="retest")[:1]
    assert stands([failed, retest], id_of(failed), NOTHING_KNOWN) == [Verdict.not_met, Verdict.met, Verdict.met]


@given(data=st.data())
def test_it_is_the_same_in_whatever_order_and_ends_with_the_reopening(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 6))
    ids, moment = [str(uuid7()) for _ in range(count)], st.integers(0, 5).map(lambda hours: AT + hours * HOUR)
    lot = [{"result_id": id, "evaluation": data.draw(st.sampled_from(["oos", "pass"]))} for id in ids]
    for at, each in enumerate(lot[:-1]):
        newer = data.draw(st.integers(at + 1, count - 1))
        if data.draw(st.booleans()):
            each["superseded_by"] = ids[newer]
        elif "supersedes" not in lot[newer]:
            lot[newer]["supersedes"] = ids[at]
    recorded = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(ids, moment)))
    concluded = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(ids, moment)))
    moments = Moments(recorded, concluded)
    invalid = {*found_invalid(lot, concluded, moments)}
    assert {*found_invalid(data.draw(st.permutations(lot)), [*reversed(concluded)], moments)} == invalid >= {*concluded}
    assert not found_invalid(lot, (), moments)
