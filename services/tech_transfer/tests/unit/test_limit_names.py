"""By which names the results are found that a limit of a protocol judges."""

from decimal import Decimal

from contracts.transfer_batches import TransferBatchVerdict as Verdict
from services.tech_transfer.tests.unit.test_verdicts import ASSAY, good, judged
from tech_transfer.transfer_batches.known import known_of
from tech_transfer.transfer_batches.results import results_of
from tech_transfer.transfer_batches.verdicts import Bound


def test_results_are_found_by_the_code_and_the_name_of_the_attribute() -> None:
    by_code = Bound("CQA-ASSAY", "%", Decimal("97.0"), Decimal("103.0"), also_called=["assay"])
    assert judged(good(), by_code).verdict == Verdict.conforming
    lot = good()
    lot.result("96.9")
    assert judged(lot, by_code).why == ("CQA-ASSAY lies outside of the protocol's limits",)
    other = Bound("CQA-ASSAY", "%", Decimal("97.0"), also_called=["Water"])
    assert judged(good(), other).why == ("CQA-ASSAY: there is no result",)
    found = results_of([by_code, ASSAY], known_of(lot.lot.id, lot.told))
    by_both = sorted((each["value"], each["attribute"]) for each in found)
    assert by_both == [(value, name) for value in ("100.1", "96.9") for name in ("Assay", "CQA-ASSAY")]
