"""Whether a batch conforms by what was told of it, in whatever order that came."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.batches import BatchesLinked, LinkKind
from contracts.entitlements import ResultNotReportable
from contracts.partner_feeds import TestStage
from contracts.quality_events import DeviationCancelled, DeviationClassified, DeviationClosed, OosConclusion
from contracts.sample_tracking import Evaluation
from contracts.transfer_batches import TransferBatchVerdict as Verdict
from contracts.transfer_design import ReadingVerdict
from contracts.vocabulary import Classification, Quantity
from tech_transfer.transfer_batches.known import known_of
from tech_transfer.transfer_batches.verdicts import Bound, Exclusion, FailureCause, Judgement, Reading, Setting, judge
from tests.transferred_lots import Telling, told_of

ASSAY = Bound("Assay", "%", Decimal("97.0"), Decimal("103.0"))
FORCE = Setting("compression force", "kN", Decimal(12), Decimal(10), Decimal(15))
OOS: dict[str, Any] = {"evaluation": Evaluation.out_of_specification}
MAJOR, MINOR = Classification.major, Classification.minor


def judged(lot: Telling, *bounds: Bound, **more: Any) -> Judgement:
    known = known_of(lot.lot.id, lot.told)
    return judge(known, bounds or [ASSAY], more.pop("settings", [FORCE]), **more)


def good(number: str = "L1") -> Telling:
    lot = Telling(number)
    lot.started()
    lot.result("100.1")
    lot.released()
    return lot


def confirmed(lot: Telling) -> None:
    lot.oos(lot.result("90.0", **OOS), OosConclusion.confirmed)


def test_a_batch_that_is_released_and_within_the_protocol_conforms() -> None:
    assert judged(good()) == Judgement(Verdict.conforming, ())


@pytest.mark.parametrize(
    ("happens", "verdict", "why"),
    [
        (confirmed, Verdict.failed, "confirmed"),
        (Telling.rejected, Verdict.failed, "rejected"),
        (Telling.terminated, Verdict.failed, "given up"),
        (lambda lot: lot.result("96.9"), Verdict.failed, "protocol's limits"),
        (lambda lot: lot.result("90.0", **OOS), Verdict.undecided, "no investigation is known"),
        (lambda lot: lot.oos(lot.result("90.0", **OOS)), Verdict.undecided, "OOS-L1 (Assay) is open"),
        (lambda lot: lot.deviation(), Verdict.undecided, "not classified"),
        (lambda lot: lot.deviation(proposed_classification=MINOR), Verdict.undecided, "not classified"),
    ],
)
def test_what_keeps_a_batch_from_conforming(happens: Callable[[Telling], Any], verdict: Verdict, why: str) -> None:
    lot = good()
    happens(lot)
    found = judged(lot)
    assert found.verdict == verdict
    assert any(why in each for each in found.why)


def test_what_was_never_told_never_conforms() -> None:
    lot = Telling()
    assert judged(lot).verdict == Verdict.planned
    assert judged(lot, given_up=True).verdict == Verdict.cancelled
    lot.started()
    assert judged(lot, given_up=True).why == ("it is not released", "Assay: there is no result")
    lot.released()
    lot.result("100", approved=False)
    assert judged(lot).why == ("Assay: no result is approved and reportable",)
    assert judged(good(), settings=[]).why == ("nobody stated its process parameters",)


def test_results_count_that_are_reportable_and_comparable() -> None:
    lot = good()
    lot.facts.append(
        ResultNotReportable(
            result_id=lot.told[1].said["results"][0]["result_id"],
            lot=lot.lot,
            test="Assay",
            stage=TestStage.release,
            laboratory_site_id=lot.lot.site_id,
            laboratory_partner_id=lot.lot.partner_id,
            evaluation=Evaluation.passed,
            not_reportable="not entitled",
            occurred_at="2026-03-02T00:00:00Z",
        )
    )
    assert judged(lot).why == ("Assay: no result is approved and reportable",)
    lot.result("100", reportable=None)
    assert judged(lot).verdict == Verdict.in_progress
    lot.result("100", unit="mg")
    assert judged(lot).why == ("Assay: a result cannot be held against the protocol's limits",)


def test_what_is_below_quantitation_meets_an_upper_limit_alone() -> None:
    lot = good()
    lot.result("0.05", "Impurity A", qualifier="below_quantitation")
    upper = Bound("Impurity A", "%", None, Decimal("0.2"))
    assert judged(lot, upper).verdict == Verdict.conforming
    assert judged(lot, Bound("Impurity A", "%", Decimal(0), Decimal("0.2"))).verdict == Verdict.in_progress
    assert judged(lot, Bound("Impurity A", "mg/g", None, Decimal("0.4"))).verdict == Verdict.in_progress


def test_an_invalidated_result_is_none_and_its_retest_counts() -> None:
    lot = Telling()
    lot.started()
    lot.released()
    lot.oos(lot.result("90", **OOS), OosConclusion.invalidated)
    assert judged(lot).verdict == Verdict.in_progress
    lot.result("100")
    assert judged(lot).verdict == Verdict.conforming


def test_what_is_found_on_stability_says_nothing_of_how_a_lot_was_made() -> None:
    lot = good()
    stored = lot.result("80", **OOS)
    stage = lot.facts[-2].model_copy(update={"stage": TestStage.stability})
    for steps in ((), (OosConclusion.confirmed,)):
        lot.facts[-2:] = [stage]
        lot.oos(stored, *steps)
        assert judged(lot).verdict == Verdict.conforming
        lot.facts.remove(stage)
        unknown = Verdict.failed if steps else Verdict.undecided
        assert judged(lot).verdict == unknown, "of what nobody told the stage, it may be of the release"
        lot.facts.append(stage)


def test_a_deviation_that_is_reclassified_is_judged_anew() -> None:
    lot = good()
    lot.deviation(proposed_classification=MAJOR)
    lot.deviation(DeviationClassified, classification=MINOR, before=None, reason="r")
    assert judged(lot).verdict == Verdict.conforming
    lot.deviation(DeviationClassified, classification=MAJOR, before=MINOR, reason="r")
    assert judged(lot).why == ("DEV-1 (major) is open, and its cause is not known",)
    lot.deviation(DeviationClosed, classification=MAJOR, first_due_at="2026-04-01T00:00:00Z")
    assert judged(lot).verdict == Verdict.conforming
    other = good()
    other.deviation(proposed_classification=MAJOR)
    other.deviation(DeviationCancelled, reason="r")
    assert judged(other).verdict == Verdict.conforming


def test_a_parameter_outside_of_its_range_fails_the_batch() -> None:
    high = Setting("compression force", "kN", Decimal(16), Decimal(10), Decimal(15))
    found = judged(good(), settings=[FORCE, high])
    assert (found.verdict, found.failures) == (Verdict.failed, ("parameter:compression force=16 kN",))
    power = Exclusion(FailureCause.utilities, found.failures)
    assert judged(good(), settings=[high], exclusion=power).verdict == Verdict.excluded
    higher = replace(high, value=Decimal(99))
    found = judged(good(), settings=[higher], exclusion=power)
    assert found.verdict == Verdict.failed, "quality looked at another value"


def test_what_a_maker_reported_outside_fails_the_batch_whatever_was_stated() -> None:
    outside = reading("outside")
    found = judged(good(), readings=[outside])
    assert (found.verdict, found.failures) == (Verdict.failed, ("reading:CPP-1",))
    power = Exclusion(FailureCause.utilities, ("reading:CPP-1",))
    assert judged(good(), readings=[outside], exclusion=power).verdict == Verdict.excluded


def reading(verdict: str, code: str = "CPP-1") -> Reading:
    """A critical force between 9 and 15 kN, and how what was reported stands to it."""
    return Reading(code, ReadingVerdict(verdict), "kN", Decimal(9), Decimal(15))


UNKNOWN = "nobody stated it, and nothing that can be judged was reported"


@pytest.mark.parametrize(
    ("verdicts", "why"),
    [
        (["inside", "inside"], ()),
        (["inside", "not_asked"], ()),
        (["not_reported", "not_reported"], ("nobody stated its process parameters",)),
        ([], ("nobody stated its process parameters",)),
        (["inside", "unjudged"], (f"CPP-2: {UNKNOWN}",)),
        (["inside", "not_reported"], (f"CPP-2: {UNKNOWN}",)),
    ],
)
def test_readings_of_all_parameters_stand_for_a_statement_of_them(verdicts: list[str], why: tuple[str, ...]) -> None:
    readings = [reading(each, f"CPP-{place}") for place, each in enumerate(verdicts, 1)]
    assert judged(good(), settings=[], readings=readings).why == why


def test_each_critical_parameter_is_reported_or_stated_by_its_code() -> None:
    two = [reading("not_reported"), reading("unjudged", "CPP-2")]
    assert judged(good(), readings=two).why == (f"CPP-1: {UNKNOWN}", f"CPP-2: {UNKNOWN}"), "another was stated"
    first, second = (Setting(code, "kN", Decimal(12), Decimal(1), None) for code in ("CPP-1", "CPP-2"))
    assert judged(good(), settings=[first], readings=two).why == (f"CPP-2: {UNKNOWN}",)
    assert judged(good(), settings=[first, second], readings=two).verdict == Verdict.conforming
    odd = [Setting("CPP-1", "mm", Decimal(12), Decimal(10), Decimal(15)), second]
    assert judged(good(), settings=odd, readings=two).why == ("CPP-1: mm cannot be compared with kN",)


def test_a_critical_parameter_is_held_against_its_proven_range_whatever_range_was_stated() -> None:
    wide = Setting("CPP-1", "N", Decimal(16000), Decimal(0), Decimal(99000))
    for verdict in ("not_reported", "inside"):
        found = judged(good(), settings=[wide], readings=[reading(verdict)])
        assert (found.verdict, found.failures) == (Verdict.failed, ("parameter:CPP-1=16000 N",))
    narrow = Setting("CPP-1", "kN", Decimal(14), Decimal(10), Decimal(12))
    assert judged(good(), settings=[narrow], readings=[reading("not_reported")]).verdict == Verdict.conforming
    assert judged(good(), settings=[wide]).verdict == Verdict.conforming, "no parameter of the transfer is critical"


def test_quality_excludes_what_it_showed_not_to_be_the_process() -> None:
    lot = good()
    lot.terminated()
    power = Exclusion(FailureCause.utilities, ("terminated",))
    assert judged(lot, exclusion=power).verdict == Verdict.excluded
    for cause in (FailureCause.process, FailureCause.unknown):
        assert judged(lot, exclusion=Exclusion(cause, ("terminated",))).verdict == Verdict.failed
    lot.rejected()
    assert judged(lot, exclusion=power).verdict == Verdict.failed, "the rejection was not what quality looked at"


@pytest.mark.parametrize("conclusion", [OosConclusion.confirmed, OosConclusion.inconclusive])
def test_a_laboratory_error_excludes_nothing_that_its_own_investigation_did_not(conclusion: OosConclusion) -> None:
    lot = good()
    result = lot.result("90", **OOS)
    lot.oos(result, conclusion)
    failed = judged(lot)
    error = Exclusion(FailureCause.laboratory_error, failed.failures)
    lot.oos(lot.result("95", **OOS), OosConclusion.invalidated, named="LAB")
    assert judged(lot, exclusion=error).verdict == Verdict.failed, "another one was the laboratory's"
    lot.oos(result, None, OosConclusion.invalidated)
    assert judged(lot, exclusion=error).verdict == Verdict.conforming, "that it is none leaves nothing to exclude"


def test_a_laboratory_error_excludes_nothing_of_the_process() -> None:
    lot = good()
    lot.oos(lot.result("90", **OOS), OosConclusion.invalidated)
    lot.rejected()
    lot.terminated()
    high = Setting("CPP-1", "kN", Decimal(16), None, None)
    more: dict[str, Any] = {"settings": [high], "readings": [reading("outside")]}
    failures = judged(lot, **more).failures
    assert {each.partition(":")[0] for each in failures} == {"terminated", "rejected", "parameter", "reading"}
    assert judged(lot, exclusion=Exclusion(FailureCause.laboratory_error, failures), **more).verdict == Verdict.failed


def test_a_batch_split_from_a_bulk_is_judged_by_both() -> None:
    bulk, part = good("BULK"), Telling("PART")
    link = BatchesLinked(
        link_id=part.lot.id,
        kind=LinkKind.split,
        parent_id=bulk.lot.id,
        parent_lot=bulk.lot,
        child_id=part.lot.id,
        child_lot=part.lot,
        quantity=Quantity(value=Decimal(1), unit="kg"),
        occurred_at="2026-03-02T00:00:00Z",
    )
    part.facts.append(link)
    known = known_of(part.lot.id, told_of([*bulk.facts, *part.facts]))
    assert known.bulk == bulk.lot.id
    assert judge(known, [ASSAY], [FORCE]).why == ("it is not released",), "the release is the bulk's alone"
    part.released()
    assert (
        judge(known_of(part.lot.id, told_of([*bulk.facts, *part.facts])), [ASSAY], [FORCE]).verdict
        == Verdict.conforming
    )
    confirmed(bulk)
    assert judge(known_of(part.lot.id, told_of([*bulk.facts, *part.facts])), [ASSAY], [FORCE]).verdict == Verdict.failed


def _eventful() -> Telling:
    lot = good()
    lot.oos(lot.result("90", **OOS), OosConclusion.confirmed, None, OosConclusion.invalidated)
    lot.deviation(proposed_classification=MAJOR)
    lot.deviation(DeviationClassified, classification=MINOR, before=MAJOR, reason="r")
    lot.rejected()
    return lot


EVENTFUL = _eventful()
TOLD = EVENTFUL.told


@given(st.permutations(TOLD), st.lists(st.sampled_from(TOLD)))
def test_the_order_and_the_number_of_tellings_change_nothing(order: list[Any], again: list[Any]) -> None:
    assert known_of(EVENTFUL.lot.id, [*order, *again]) == known_of(EVENTFUL.lot.id, TOLD)
