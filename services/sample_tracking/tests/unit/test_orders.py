"""How an order is issued, answered and completed, and which results are of it."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Lot
from contracts.laboratory_orders import OrderedTest, TestOrderCompleted
from contracts.sample_tracking import Evaluation
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated
from sample_tracking.laboratories.judging import NO_WORK, WorkingDays
from sample_tracking.orders.model import TestOrder
from sample_tracking.orders.standing import OrderState, Standing, is_done, joined, standing
from sample_tracking.results.fields import ResultState

# A Thursday; the Monday after is a public holiday in Austria, Whit Monday.
NOW = datetime(2026, 5, 21, 8, tzinfo=UTC)
DAYS = WorkingDays("Europe/Vienna", "AT")
LOT, BENCH, LABORATORY = uuid4(), uuid4(), uuid4()


@dataclass
class Found:
    """A result as an order sees it."""

    id: UUID
    read_test: str = "assay"
    stage: str = "release"
    state: ResultState = ResultState.submitted
    superseded_by: UUID | None = None
    reportable: bool | None = True
    method: str | None = None
    methods: list[str] | None = None
    voided: bool = False
    order_id: UUID | None = None
    lot_id: UUID = LOT
    laboratory_site_id: UUID = BENCH
    evaluation: Evaluation = Evaluation.passed
    invalidated_at: datetime | None = None
    created_at: datetime = NOW

    @property
    def counts(self) -> bool:
        return self.superseded_by is None and not self.voided


def test_what_was_found_invalid_answers_no_order_nor_what_amends_it_since() -> None:
    one = order()
    given: dict[str, Any] = {"state": ResultState.approved, "order_id": one.id}
    amended = Found(uuid4(), created_at=NOW + timedelta(hours=1), **given)
    failed = Found(uuid4(), evaluation=Evaluation.out_of_specification, superseded_by=amended.id, **given)
    assert standing(one, [failed, amended]) == [Standing.approved]
    failed.invalidated_at = NOW
    assert standing(one, [amended, failed]) == [Standing.open]
    assert is_done(one, [amended, Found(uuid4(), **given), failed])


def order(*tests: str, state: OrderState = OrderState.accepted, **more: Any) -> TestOrder:
    """An order of tests for release."""
    specification, site, partner = uuid4(), uuid4(), uuid4()
    lot = Lot(id=LOT, number="7", material="TAB", product_id=uuid4(), site_id=site, partner_id=partner)
    about: dict[str, Any] = {"stage": "release", "method": "M", "specification_id": specification, "revision": 1}
    named = [OrderedTest(test=test, **about) for test in tests or ("assay",)]
    about = {"number": "ORD-2026-1", "laboratory_site_id": BENCH, "laboratory_partner_id": LABORATORY}
    about |= {"agreed_working_days": 2, "drafted_by": "ana", "state": state}
    return TestOrder.draft(lot, named, [{}] * len(named), **about | more)


def test_a_laboratory_that_is_not_qualified_yet_is_given_an_order_with_a_reason() -> None:
    draft = order(state=OrderState.draft)
    lacking = ["nothing is known of its qualification"]
    with pytest.raises(RuleViolated, match="nothing is known of its qualification"):
        draft.issue(None, LABORATORY, None, lacking, DAYS, "ana", NOW)
    assert (draft.state, draft.parties) == (OrderState.draft, [])
    fact = draft.issue("signed this week", LABORATORY, None, lacking, DAYS, "ana", NOW)
    assert (draft.not_yet_qualified_reason, draft.lacking) == ("signed this week", lacking)
    assert draft.parties == [draft.laboratory_partner_id]
    # Friday and Tuesday: the Monday between is a holiday.
    assert fact.answer_due_at == datetime(2026, 5, 26, 22, tzinfo=UTC)
    with pytest.raises(RuleViolated, match="leave it out"):
        order(state=OrderState.draft).issue("why not", LABORATORY, None, [], DAYS, "ana", NOW)


@pytest.mark.parametrize("status", sorted(NO_WORK))
def test_to_a_partner_that_is_given_no_work_nothing_is_sent_whatever_the_reason(status: str) -> None:
    draft = order(state=OrderState.draft)
    for reason, lacking in ((None, []), ("patients wait", ["nothing is known of its qualification"])):
        with pytest.raises(RuleViolated, match=f"partner is {status}: order it from another one"):
            draft.issue(reason, LABORATORY, status, lacking, DAYS, "ana", NOW)
    assert (draft.state, draft.parties) == (OrderState.draft, [])


def test_the_agreed_days_begin_with_the_acceptance_and_each_due_date_is_told_once() -> None:
    one = order(state=OrderState.draft)
    one.issue(None, LABORATORY, None, [], DAYS, "ana", NOW)
    late = datetime(2026, 5, 27, 6, tzinfo=UTC)
    assert one.fall_overdue(late).occurred_at == one.answer_due_at
    with pytest.raises(RuleViolated):
        one.fall_overdue(late)
    assert one.accept(DAYS, "bor", late).due_at == datetime(2026, 5, 29, 22, tzinfo=UTC)
    with pytest.raises(NotAllowedNow):
        one.decline("too late", "bor", late)
    assert one.fall_overdue(datetime(2026, 5, 30, tzinfo=UTC)).occurred_at == one.due_at


def test_what_is_not_tested_is_for_who_ordered_it_to_say() -> None:
    one = order("assay", "water")
    results = [Found(uuid4(), order_id=one.id, state=ResultState.approved)]
    with pytest.raises(RuleViolated, match="does not ask for odour"):
        one.report_not_tested("odour", "release", "no instrument", "bor", NOW)
    one.report_not_tested("water", "release", "no instrument", "bor", NOW)
    assert (standing(one, results), one.turn()) == ([Standing.approved, Standing.open], {"sponsor"})
    with pytest.raises(RuleViolated):
        one.complete(results, NOW)
    one.decide_not_tested("water", "release", False, "the market asks for it", "ana", NOW)
    assert (is_done(one, results), one.turn()) == (False, {"laboratory"})
    one.report_not_tested("water", "release", "no sample is left", "bor", NOW)
    with pytest.raises(RuleViolated, match="reported as not tested"):
        one.report_not_tested("water", "release", "again", "bor", NOW)
    one.decide_not_tested("water", "release", True, "water is known from the first sample", "ana", NOW)
    assert [each["accepted"] for each in one.not_tested] == [False, True]
    fact = one.complete(results, NOW)
    assert isinstance(fact, TestOrderCompleted)
    assert (fact.not_tested, one.state) == (("water",), OrderState.completed)


def test_a_draft_is_cancelled_in_silence() -> None:
    assert order(state=OrderState.draft).cancel("a slip", "ana", NOW) is None
    assert order(state=OrderState.issued, issued_at=NOW).cancel("a slip", "ana", NOW) is not None
    with pytest.raises(NotAllowedNow):
        order(state=OrderState.completed).cancel("too late", "ana", NOW)


def test_a_result_answers_the_only_order_that_it_can_mean() -> None:
    first, second, result = order(), order(), Found(uuid4())
    assert joined([first], [result]) == {result.id: first.id}
    assert joined([first, second], [result]) == {}
    assert standing(first, [result]) == standing(second, [result]) == [Standing.unclear]
    first.state = OrderState.cancelled
    assert joined([first, second], [result]) == {result.id: second.id}
    first.state = OrderState.completed
    assert joined([first, second], [result]) == {result.id: second.id}
    for other in (
        replace(result, read_test="water"),
        replace(result, stage="stability"),
        replace(result, lot_id=uuid4()),
        replace(result, laboratory_site_id=uuid4()),
        replace(result, voided=True),
        replace(result, superseded_by=uuid4()),
        replace(result, order_id=second.id),
    ):
        assert joined([second], [other]) == {}
    issued = order(state=OrderState.issued)
    assert (joined([issued], [result]), standing(issued, [result])) == ({}, [Standing.open])


def test_a_result_by_another_method_than_the_ordered_one_is_not_its_result() -> None:
    one, unnamed = order(), Found(uuid4(), state=ResultState.approved)
    for other in (replace(unnamed, method="X"), replace(unnamed, method="X", methods=["M"])):
        assert (joined([one], [other]), standing(one, [other])) == ({}, [Standing.open])
        assert standing(one, [replace(other, order_id=one.id)]) == [Standing.open]
    assert joined([one], [replace(unnamed, methods=["X"])]) == {}, "its limits name another"
    for own in (replace(unnamed, method="M"), replace(unnamed, methods=["L", "M"]), replace(unnamed, methods=[])):
        assert joined([one], [own]) == {own.id: one.id}
    unjudged = replace(unnamed, reportable=None, order_id=one.id)
    assert standing(one, [unjudged]) == [Standing.not_reportable]


def test_of_two_orders_a_result_answers_the_one_whose_method_it_was_tested_by() -> None:
    first, second, result = order(), order(), Found(uuid4(), method="X")
    second.tests = [second.tests[0] | {"method": "X"}]
    assert joined([first, second], [result]) == {result.id: second.id}
    held_by_the_first = replace(result, order_id=first.id)
    assert joined([first, second], [held_by_the_first]) == {result.id: second.id}, "its method became known later"


@pytest.mark.parametrize("reportable", [False, None])
def test_what_is_not_reportable_completes_nothing(reportable: bool | None) -> None:
    one = order()
    found = Found(uuid4(), order_id=one.id, state=ResultState.approved, reportable=reportable)
    assert standing(one, [found]) == [Standing.not_reportable]
    assert standing(one, [found, replace(found, state=ResultState.reviewed)]) == [Standing.reported]
    assert standing(one, [found, replace(found, reportable=True)]) == [Standing.approved]


def test_an_amendment_answers_what_its_original_did() -> None:
    first, second, newest = order(state=OrderState.completed), order(), Found(uuid4())
    middle = Found(uuid4(), superseded_by=newest.id)
    oldest = Found(uuid4(), superseded_by=middle.id, order_id=first.id, state=ResultState.approved)
    assert joined([first, second], [oldest, middle, newest]) == {newest.id: first.id}
    assert not is_done(first, [oldest, middle, replace(newest, order_id=first.id)])


R1, R2, R3 = (Found(UUID(int=n)) for n in (1, 2, 3))
APPROVED: dict[str, Any] = {"state": ResultState.approved}
STEPS = ("accept", "report", "approve", "amend", "approve the amendment", "report water", "approve water")


@given(st.permutations(STEPS), st.booleans())
def test_an_order_stands_the_same_whatever_came_first(steps: list[str], approved_again: bool) -> None:
    """Each step is followed by what the service does then; a step that needs another one takes effect with that."""
    one, done, held = order("assay", "water", state=OrderState.issued), set[str](), dict[UUID, UUID]()

    def results() -> list[Found]:
        first = replace(R1, superseded_by=R2.id if "amend" in done else None)
        first = replace(first, **APPROVED) if "approve" in done else first
        second = replace(R2, **APPROVED) if "approve the amendment" in done and approved_again else R2
        water = replace(R3, read_test="water", **APPROVED if "approve water" in done else {})
        reported = [("report", first), ("amend", second), ("report water", water)]
        return [replace(each, order_id=held.get(each.id)) for step, each in reported if step in done]

    for step in steps:
        done.add(step)
        if step == "accept":
            one.accept(DAYS, "bor", NOW)
        held |= joined([one], results())
        if one.state == OrderState.accepted and is_done(one, results()):
            one.complete(results(), NOW)
        elif one.state == OrderState.completed and not is_done(one, results()):
            one.reopen(NOW)
    assert held.keys() >= {R2.id, R3.id}
    assert set(held.values()) == {one.id}
    assert standing(one, results()[::-1]) == standing(one, results())
    assert one.state == (OrderState.completed if approved_again else OrderState.accepted)
