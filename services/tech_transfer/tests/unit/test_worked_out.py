"""What a partner works out of the other one's results by all that it reads of a verdict: without a database."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations_with_replacement
from typing import Any
from uuid import uuid4

import pytest

from contracts.method_transfers import AttributeOutcome, CriterionKind, MethodTransferCompleted
from services.tech_transfer.tests.unit.test_lifecycles import NOW, method_transfer
from serving.paging import sortable
from tech_transfer.comparabilities.api import comparabilities
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.comparabilities.queries import numbers_read
from tech_transfer.comparabilities.rules import compared
from tech_transfer.method_transfers.api import method_transfers
from tech_transfer.method_transfers.criteria import Band, Criterion
from tech_transfer.method_transfers.judging import Found, Judged, TransferSide, judge
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.protocol import written
from tech_transfer.method_transfers.queries import verdicts_read
from tech_transfer.method_transfers.terms import MethodTransferState as State

ASSAY = Criterion.usual("assay", CriterionKind.assay, "%")
IMPURITY = Criterion.usual("assay", CriterionKind.impurity, "%")
RELATIVE = Criterion(attribute="assay", kind=CriterionKind.assay, bands=(Band(relative_percent=Decimal(3)),))
SENT, OWN = ("99.6", "99.9", "100.1"), ("100.0", "99.7", "100.2")
NUMBERS = {"difference", "ci90", "limit", "precision_ratio", "precision_upper95", "precision_limit", "lots"}


def triple(side: TransferSide, values: Any, lot: str = "L-1") -> Iterator[Found]:
    """Results of one laboratory of one lot."""
    return (Found(side=side, attribute="assay", lot=lot, value=Decimal(each)) for each in values)


def judged(criterion: Criterion, sent: Any, own: Any = OWN, lots: Sequence[str] = ("L-1",)) -> Judged:
    """What both laboratories found, each the same of each lot."""
    sides = ((TransferSide.sending, sent), (TransferSide.receiving, own))
    return judge(criterion, [found for side, values in sides for lot in lots for found in triple(side, values, lot)])


def concluded(one: MethodTransfer, criterion: Criterion, verdict: Judged) -> MethodTransferCompleted:
    """It is evaluated, and quality signs."""
    one.state, one.concluded_at, one.criteria = State.in_execution, None, [written(criterion)]
    one.evaluate([verdict], [], [], "0" * 64, "ana")
    return one.conclude(NOW.date(), "eva", NOW)


def of_methods(criterion: Criterion, own: Sequence[str]) -> Callable[[Any], Any]:
    """What the receiving laboratory reads and hears, with the digests, where the sending one found these results."""
    one = method_transfer()

    def read(sent: Any) -> Any:
        fact = concluded(one, criterion, judged(criterion, sent, own))
        return verdicts_read(one, one.laboratory_partner_id), one.report_digest, fact.model_dump(mode="json")

    return read


def of_lots(own: Sequence[str]) -> Callable[[Any], Any]:
    """What the receiving partner reads of a comparison with historical lots of these values."""
    receiving, partner = [Decimal(each) for each in own], uuid4()

    def read(history: Any) -> Any:
        found = compared([Decimal(each) for each in history], receiving, None, "three lots were made")
        numbers = {"limit": found.limit, "difference": found.difference, "ci90": [*found.ci90]}
        return found.state, found.not_assessed, numbers | numbers_read(partner)

    return read


@pytest.mark.parametrize(
    ("read", "sent", "step"),
    [
        (of_methods(ASSAY, OWN), SENT, "0.1"),
        (of_methods(IMPURITY, ("0.11", "0.12", "0.10")), ("0.08", "0.10", "0.14"), "0.01"),
        (of_methods(RELATIVE, OWN), SENT, "0.1"),
        (of_lots(("99.8", "100.1", "100.4")), ("98.7", "99.4", "101.2"), "0.1"),
    ],
    ids=["assay", "impurity", "relative", "comparability"],
)
def test_no_partner_works_out_a_result_of_the_other(read: Callable[[Any], Any], sent: Any, step: str) -> None:
    """Neither one of them, nor their mean, nor how far they are apart: with three results, written as usual."""
    known, found = read(sent), [*map(Decimal, sent)]
    near = sorted({*(found[0] + Decimal(step) * n for n in range(-2, 4)), *found})
    fits = [each for each in combinations_with_replacement(near, 3) if read(each) == known]
    assert tuple(sorted(found)) in fits
    assert len(fits) > 20
    assert not set.intersection(*({*each} for each in fits))
    for of_it in (sum, lambda each: max(each) - min(each)):
        assert len({of_it(each) for each in fits}) > 3


def test_a_partner_reads_no_number_before_it_reads_the_results() -> None:
    one = method_transfer()
    fact = concluded(one, ASSAY, judged(ASSAY, SENT, lots=("L-1", "L-2")))
    one.reevaluated = one.attributes
    receiver, sender = one.laboratory_partner_id, one.sending_laboratory_partner_id
    kept = {name for name, value in one.attributes[0].items() if value is not None}
    assert kept >= NUMBERS, "the sponsor reads exact ones"
    assert verdicts_read(one, None) == {}
    told = fact.attributes[0].model_dump(mode="json")
    alone = {name: told[name] for name in ("attribute", "criterion", "verdict", "why")}
    assert (alone["verdict"], "less precise" in alone["why"]) == ("failed", True)
    assert {told[name] for name in NUMBERS & told.keys()} == {None}
    unread = {"attributes": [alone], "reevaluated": [alone]}
    assert [verdicts_read(one, partner) for partner in (receiver, sender, uuid4())] == [unread] * 3
    one.results_released = True
    assert verdicts_read(one, receiver) == {}, "all, as the sponsor reads it"
    assert verdicts_read(one, sender) == unread, "nobody released the receiving laboratory's results"
    one.results_released, one.sending_laboratory_partner_id = False, receiver
    assert verdicts_read(one, receiver) == {}, "both laboratories are its own"
    one.concluded_at = None
    assert verdicts_read(one, receiver)["attributes"] == []


def test_neither_the_past_nor_the_order_of_lists_tells_numbers() -> None:
    of_methods, of_lots = (each.router.withheld for each in (method_transfers, comparabilities))
    assert {"attributes", "reevaluated", "did_not_pass", "salt"} <= {*of_methods["method_transfer"].by_partners}
    assert {"limit", "difference", "ci90"} <= {*of_lots["comparability"].by_partners}
    assert sortable(Comparability).keys() & {"limit", "difference", "ci90", "number"} == {"number"}
    assert sortable(MethodTransfer).keys() & {"attributes", "salt", "number"} == {"number"}


def test_what_is_signed_holds_what_nobody_guesses() -> None:
    salts = [method_transfer().salt or "" for _ in range(2)]
    assert (len({*salts}), {len(each) for each in salts}) == (2, {32})
    assert not {"salt"} & {*MethodTransfer.signed_apart, *MethodTransfer.signed_later}


@pytest.mark.parametrize("kind", [CriterionKind.assay, CriterionKind.bioassay])
def test_a_result_however_large_is_concluded(kind: CriterionKind) -> None:
    criterion, one = Criterion.usual("assay", kind, "%"), method_transfer()
    concluded(one, criterion, judged(criterion, SENT, ("1e27", "100.1", "99.9")))
    assert one.state == State.failed
    assert one.attributes[0]["verdict"] != AttributeOutcome.passed
