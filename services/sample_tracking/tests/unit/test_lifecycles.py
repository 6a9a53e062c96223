"""Who may do what when, and the pictures of it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.partner_feeds import ResultRole, TestStage
from contracts.sample_tracking import Evaluation, Limit
from runtime.lifecycle import NotAllowedNow, table
from runtime.problems import RuleViolated
from sample_tracking.results.fields import ResultState
from sample_tracking.results.model import Result
from sample_tracking.sets.model import ResultSet, SetState, state_of
from sample_tracking.specifications.model import Specification, SpecificationState

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def result(**others: Any) -> Result:
    """A submitted result."""
    return Result(
        lot_id=uuid4(),
        site_id=uuid4(),
        partner_id=uuid4(),
        laboratory_site_id=uuid4(),
        laboratory_partner_id=uuid4(),
        set_id=uuid4(),
        lot_number="L1",
        material="P1",
        test="assay",
        stage=TestStage.release,
        role=ResultRole.original,
        unit="%",
        occurred_at="2026-02",
        evaluation=Evaluation.passed,
        submitted_by="ana",
        parties=[],
        **others,
    )


def draft(method: str | None = "AP-04", **others: Any) -> Specification:
    """A draft with one limit."""
    of_it: dict[str, Any] = {"test": "assay", "stage": TestStage.release, "unit": "1", "decimals": 0, "method": method}
    limit = Limit(**of_it | (others or {"text": "complies"}))
    return Specification.draft(product_id=uuid4(), product_code="P1", market=None, revision=1, limits=[limit], by="ana")


def test_a_result_passes_through_three_hands() -> None:
    record = result()
    record.review("bor", NOW)
    fact = record.approve("cene", NOW)
    assert (record.state, record.reviewed_by, record.approved_by) == (ResultState.approved, "bor", "cene")
    assert (fact.result_id, fact.lot.id, fact.occurred_at) == (record.id, record.lot_id, NOW)


def test_review_and_approval_each_take_another_person() -> None:
    assert {row.name: row.needs for row in table(Specification)}["approve"].independent_of == {"drafted_by"}
    needs = {row.name: row.needs for row in table(ResultSet)}
    assert needs["review"].independent_of == {"submitted_by"}
    assert needs["approve"].independent_of == {"submitted_by", "reviewed_by"}
    alone = {row.name: row.needs for row in table(Result)}
    for step in ("review", "approve"):
        assert alone[step].grants == needs[step].grants, "with its set, by the same"
        typists = {"keyed_by", "verified_by"}
        assert alone[step].independent_of == needs[step].independent_of | typists, "and by nobody who typed it"


@given(st.lists(st.sampled_from(ResultState)))
def test_a_set_stands_as_far_as_the_least_advanced_of_its_results(states: list[ResultState]) -> None:
    found = state_of(states)
    assert (found == SetState.void) == (not states)
    assert all(list(ResultState).index(ResultState(found)) <= list(ResultState).index(each) for each in states)
    assert not states or found in set(map(str, states))


def test_a_result_that_was_returned_is_reviewed_again() -> None:
    record = result(state=ResultState.reviewed)
    record.send_back()
    assert record.state == ResultState.submitted
    with pytest.raises(NotAllowedNow):
        record.send_back()


def test_what_was_not_reviewed_cannot_be_approved() -> None:
    with pytest.raises(NotAllowedNow) as refused:
        result().approve("cene", NOW)
    assert refused.value.extensions["allowed"] == ["review", "amend"]


def test_an_amended_result_is_neither_reviewed_nor_approved() -> None:
    successor = uuid4()
    with pytest.raises(RuleViolated, match=str(successor)):
        result(superseded_by=successor).review("bor", NOW)
    with pytest.raises(RuleViolated, match=str(successor)):
        result(state=ResultState.reviewed, superseded_by=successor).approve("cene", NOW)


def test_what_an_investigation_found_invalid_comes_back_by_no_amendment() -> None:
    found = result(invalidated_at=NOW)
    assert not found.amendable
    with pytest.raises(RuleViolated, match="retest"):
        found.amend()


def test_a_specification_is_approved_once_and_superseded_only_after_that() -> None:
    specification = draft()
    with pytest.raises(NotAllowedNow):
        specification.supersede(uuid4())
    fact = specification.approve("dana", None, NOW)
    assert (specification.state, specification.approved_by) == (SpecificationState.approved, "dana")
    assert (fact.limits[0].text, fact.effective_from, fact.purpose) == ("complies", NOW.date(), "release")
    with pytest.raises(NotAllowedNow):
        specification.approve("dana", None, NOW)
    before = draft()
    effective = specification.become_effective(before, NOW)
    assert (specification.state, effective.supersedes) == (SpecificationState.effective, before.id)
    with pytest.raises(NotAllowedNow):
        specification.withdraw()
    specification.supersede(successor := uuid4())
    assert (specification.state, specification.superseded_by) == (SpecificationState.superseded, successor)


@pytest.mark.parametrize("limit", [{"lower": 95}, {"text": "complies"}, {"report_only": True}])
def test_no_specification_is_approved_without_a_method_for_each_limit(limit: dict[str, Any]) -> None:
    specification = draft(None, **limit)
    with pytest.raises(RuleViolated) as refused:
        specification.approve("dana", None, NOW)
    (error,) = refused.value.extensions["errors"]
    assert (error["field"], error["reason"][:35]) == ("limits.0.method", "assay (release): name the code of t")
    draft("AP-04", **limit).approve("dana", None, NOW)


def test_an_approved_specification_waits_for_its_day() -> None:
    specification = draft()
    specification.effective_from = date(2026, 3, 2)
    specification.approve("dana", None, NOW)
    with pytest.raises(RuleViolated, match="not in force before 2026-03-02"):
        specification.become_effective(None, NOW.replace(hour=23, minute=59))
    specification.become_effective(None, NOW + timedelta(days=1))
    assert specification.effective_at == NOW + timedelta(days=1)


def test_what_has_not_come_into_force_may_be_withdrawn() -> None:
    drafted, approved = draft(), draft()
    approved.approve("dana", None, NOW)
    for specification in (drafted, approved):
        specification.withdraw()
        assert specification.state == SpecificationState.withdrawn
