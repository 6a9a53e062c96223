"""Whether results are those that a protocol plans: without a database."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from contracts.method_transfers import AttributeOutcome, AttributeVerdict, CriterionKind
from runtime.problems import RuleViolated
from services.tech_transfer.tests.unit.test_lifecycles import method_transfer
from serving.paging import sortable
from tech_transfer.method_transfers.completeness import missing, settle, surplus
from tech_transfer.method_transfers.criteria import Criterion
from tech_transfer.method_transfers.judging import Judged
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.protocol import written
from tech_transfer.method_transfers.queries import with_feasibility
from tech_transfer.method_transfers.results import MethodTransferResult, Refusal
from tech_transfer.method_transfers.terms import RUNNING, UNTESTED
from tech_transfer.method_transfers.terms import MethodTransferState as State

CELL = "receiving laboratory, assay of L-1"


def planned(**more: Any) -> MethodTransfer:
    """A method transfer of three runs of one lot by each laboratory."""
    one = method_transfer()
    one.state, one.lots, one.criteria = State.in_execution, [{"name": "L-1"}], [{"attribute": "assay"}]
    for name, value in more.items():
        setattr(one, name, value)
    return one


def found(side: str, count: int, *analysts: str | None, **more: Any) -> list[MethodTransferResult]:
    """Results of one laboratory; of a feed where nobody is named."""
    about: dict[str, Any] = {"side": side, "lot": "L-1", "attribute": "assay", "value": Decimal(1)}
    return [MethodTransferResult(analyst=analysts[run % len(analysts)], **about | more) for run in range(count)]


def test_neither_fewer_nor_more_results_than_planned() -> None:
    one, sent = planned(), found("sending", 3, "Ana")
    assert missing(one, [*sent, *found("receiving", 2, "Rita")]) == [f"{CELL}: 2 of 3"]
    enough = [*sent, *found("receiving", 3, "Rita")]
    assert (missing(one, enough), surplus(one, enough)) == ([], [])
    told_as_well = [*enough, *found("receiving", 3, None)]
    assert surplus(one, told_as_well) == [f"{CELL}: 6 of 3"]
    refused = [*enough, *found("receiving", 1, None, refused=Refusal.too_late)]
    assert surplus(one, refused) == [], "what does not count is none too many"
    with pytest.raises(RuleViolated, match=r"more results than planned: .*: 6 of 3; quality invalidates"):
        one.evaluate([], [], surplus(one, told_as_well), "0" * 64, "ana")
    settle(one, enough[:4])
    assert (one.sending_complete, one.receiving_complete) == (True, False)


def test_as_many_analysts_as_planned_are_known_by_name() -> None:
    one, sent = planned(analysts=2), found("sending", 3, "Ana", "Eva")
    few = "receiving laboratory, assay: 1 of 2 analysts are known by name; a feed names none: quality invalidates such "
    few += "results by their ids, and then the laboratory reports these runs itself, or quality amends the protocol to"
    few += " ask for one"
    assert missing(one, [*sent, *found("receiving", 3, "Rita", " rita")]) == [few]
    assert missing(one, [*sent, *found("receiving", 3, None)]) == [few], "a feed names nobody"
    assert missing(one, [*sent, *found("receiving", 3, "Rita", "Roy")]) == []
    assert missing(planned(), [*sent, *found("receiving", 3, None)]) == []


def test_no_list_is_in_the_order_of_what_is_not_concluded() -> None:
    assert sortable(MethodTransfer).keys() & {"did_not_pass", "concluded_at", "id"} == {"concluded_at", "id"}


def test_a_plan_of_two_results_of_each_side_is_read_with_what_it_needs() -> None:
    assay = written(Criterion.usual("assay", CriterionKind.assay, "%"))
    read = with_feasibility(planned(runs=1, replicates=2), assay)
    assert (read.greatest_ratio, read.equal_spread_passes, read.results_needed) == (None, False, 8)


@pytest.mark.parametrize("verdict", AttributeOutcome)
def test_no_other_protocol_takes_the_place_of_a_failure(verdict: AttributeOutcome) -> None:
    """Nor where results were amended or taken out after the evaluation, until another one passes."""
    one = planned()
    one.evaluate([judgement(verdict)], [], [], "0" * 64, "ana")
    for _ in range(2):
        assert one.may_be_amended == (verdict is AttributeOutcome.passed)
        if not one.may_be_amended:
            with pytest.raises(RuleViolated, match="quality concludes it"):
                one.amend_tested(uuid4())
        one.follow_results()
    one.evaluate([judgement(AttributeOutcome.passed)], [], [], "0" * 64, "ana")
    assert one.may_be_amended


@pytest.mark.parametrize("state", sorted(RUNNING))
@pytest.mark.parametrize(("sent", "received"), [(True, True), (True, False), (False, True)])
def test_results_that_could_be_judged_are_before_the_protocol_is_amended(
    state: State, sent: bool, received: bool
) -> None:
    """What is known of a part of them is decided upon by quality."""
    one = planned(state=state, sending_complete=sent, receiving_complete=received)
    untold = state == State.in_execution and sent and received
    step = one.amend if state in UNTESTED else one.amend_tested
    if untold:
        with pytest.raises(RuleViolated, match="all planned results are there: evaluate it first"):
            step(uuid4())
    else:
        step(uuid4())
    assert (one.state == State.amended) == (not untold)


def judgement(verdict: AttributeOutcome) -> Judged:
    """What was evaluated of the assay."""
    return Judged(AttributeVerdict(attribute="assay", criterion=CriterionKind.assay, verdict=verdict))
