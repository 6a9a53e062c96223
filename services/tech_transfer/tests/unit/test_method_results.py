"""Whether results are those that a protocol plans: without a database."""

from decimal import Decimal
from typing import Any

import pytest

from runtime.problems import RuleViolated
from services.tech_transfer.tests.unit.test_lifecycles import method_transfer
from tech_transfer.method_transfers.completeness import missing, settle, surplus
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.results import MethodTransferResult, Refusal
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
    few = "receiving laboratory, assay: 1 of 2 analysts are known by name"
    assert missing(one, [*sent, *found("receiving", 3, "Rita", " rita")]) == [few]
    assert missing(one, [*sent, *found("receiving", 3, None)]) == [few], "a feed names nobody"
    assert missing(one, [*sent, *found("receiving", 3, "Rita", "Roy")]) == []
    assert missing(planned(), [*sent, *found("receiving", 3, None)]) == []
