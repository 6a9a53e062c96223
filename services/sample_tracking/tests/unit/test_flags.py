"""What speaks against a result's data, by rule."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.data_integrity import FlagRule
from contracts.partner_feeds import Provenance, TestStage
from contracts.sample_tracking import Evaluation
from sample_tracking.flags.evidence import Trace
from sample_tracking.flags.rules import COPIED_WITHIN, findings, not_judged

LABORATORY, OTHER, OWNER, BUYER = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
AT = datetime(2026, 3, 3, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def trace(lot: str = "B-1", **others: Any) -> Trace:
    """A result of an assay that was measured and reported on one morning."""
    lot_id = UUID(bytes=lot.ljust(16).encode())
    given: dict[str, Any] = {"id": uuid4(), "set_id": lot_id, "lot_id": lot_id, "lot_number": lot}
    given |= {"laboratory_site_id": LABORATORY, "laboratory_partner_id": OWNER, "material": "AMLO-5", "test": "assay"}
    given |= {"stage": TestStage.release}
    given |= {"unit": "%", "value": Decimal("99.21"), "occurred_at": AT.isoformat(), "evaluation": Evaluation.passed}
    return Trace(**given | {"reported_at": AT + timedelta(hours=1)} | others)


def said(**others: Any) -> Provenance:
    return Provenance(**others)


def numbers(*units: int) -> list[Decimal]:
    return [Decimal(each) for each in units]


def flagged(*traces: Trace) -> list[set[str]]:
    """Of each the rules that raise a flag on it."""
    found = findings(traces)
    return [{str(rule) for id, rule in found if id == one.id} for one in traces]


RAW = "ab" * 32
SET: dict[str, Any] = {"set_id": UUID(int=9)}
ALONE: list[tuple[str, dict[str, Any], str]] = [
    ("typed the next morning", {"by_hand": True, "reported_at": AT + DAY}, ""),
    ("typed a second too late", {"by_hand": True, "reported_at": AT + DAY + timedelta(seconds=1)}, "entered_late"),
    ("a late amendment of what was typed", {"by_hand": True, "amends": True, "reported_at": AT + 9 * DAY}, ""),
    ("a day ends with the last on Earth", {"by_hand": True, "occurred_at": "2026-03-03",
                                           "reported_at": datetime(2026, 3, 5, 12, tzinfo=UTC)}, ""),
    ("and not later", {"by_hand": True, "occurred_at": "2026-03-03",
                       "reported_at": datetime(2026, 3, 5, 12, 1, tzinfo=UTC)}, "entered_late"),
    ("a month ends with its last day", {"by_hand": True, "occurred_at": "2026-02",
                                        "reported_at": datetime(2026, 3, 2, 12, tzinfo=UTC)}, ""),
    ("sent weeks later by a system that does not say", {"reported_at": AT + 30 * DAY}, ""),
    ("sent weeks later, entered in time", {"reported_at": AT + 30 * DAY, "provenance": said(entered_at=AT)}, ""),
    ("entered late there", {"reported_at": AT + 30 * DAY, "provenance": said(entered_at=AT + 2 * DAY)},
     "entered_late"),
    ("before the making", {"lot_started_on": date(2026, 3, 4)}, "tested_before_receipt"),
    ("on its day", {"lot_started_on": date(2026, 3, 3)}, ""),
    ("a substance before it", {"lot_started_on": date(2026, 3, 4), "stage": TestStage.raw_material}, ""),
    ("after expiry", {"lot_expires": "2026-02"}, "tested_after_expiry"),
    ("in the month of expiry", {"lot_expires": "2026-03"}, ""),
    ("a study goes on", {"lot_expires": "2026-02", "stage": TestStage.stability}, ""),
    ("tested after it was reported", {"reported_at": AT - timedelta(minutes=6)}, "clock_jump"),
    ("clocks differ a little", {"reported_at": AT - timedelta(minutes=5)}, ""),
    ("entered before measured", {"provenance": said(injected_at=AT, entered_at=AT - timedelta(hours=1))}, "clock_jump"),
    ("entered after reported", {"provenance": said(entered_at=AT + timedelta(hours=2))}, "clock_jump"),
    ("the revision before was entered later", {"provenance": said(entered_at=AT), "entered_before": AT + DAY},
     "clock_jump"),
    ("raw data left out", {"raw_data_since": AT - DAY}, "raw_data_unknown"),
    ("of a test whose raw data came later", {"raw_data_since": AT + DAY}, ""),
    ("a word has none", {"raw_data_since": AT - DAY, "value": None}, ""),
    ("raw data stated", {"raw_data_since": AT - DAY, "provenance": said(raw_data_digest=RAW)}, ""),
    ("edited after review", {"edits_reviewed": True}, "edited_after_review"),
    ("further units beside those", {"units": numbers(61, 66, 61, 90), "units_before": [numbers(61, 61)]}, ""),
    ("others instead of them", {"units": numbers(90, 90), "units_before": [numbers(61, 66)]}, "units_dropped"),
    ("one of two alike left out", {"units": numbers(61, 90), "units_before": [numbers(61, 61)]}, "units_dropped"),
    ("withdrawn between", {"units_before": [numbers(61)]}, "units_dropped"),
    ("stated before, and left out", {"stated_before": {"calibration_due"}}, "provenance_dropped"),
    ("stated anew", {"stated_before": {"analyst"}, "provenance": said(analyst="bor")}, ""),
    ("calibrated until that day", {"provenance": said(calibration_due=date(2026, 3, 3))}, ""),
    ("calibrated until the day before", {"provenance": said(calibration_due=date(2026, 3, 2))}, "calibration_overdue"),
    ("its units give another value", {"contradicted": Decimal(99), "units": numbers(86, 86)}, "value_contradicted"),
    ("nobody knows who is trained", {"provenance": said(analyst="ana")}, ""),
]  # fmt: skip


@pytest.mark.parametrize(("what", "given", "rule"), ALONE, ids=[each[0] for each in ALONE])
def test_one_result(what: str, given: dict[str, Any], rule: str) -> None:
    assert flagged(trace(**given)) == [{rule} - {""}]


SEVERAL: list[tuple[str, list[Trace], list[int], str]] = [
    ("raw data of another lot", [trace("B-1", provenance=said(raw_data_digest=RAW)),
                                 trace("B-2", provenance=said(raw_data_digest=RAW))], [0, 1], "raw_data_reused"),
    ("raw data of another moment", [trace(provenance=said(raw_data_digest=RAW)),
                                    trace(**SET, provenance=said(raw_data_digest=RAW))], [0, 1], "raw_data_reused"),
    ("two tests by one measurement", [trace(provenance=said(raw_data_digest=RAW)),
                                      trace(test="impurity", provenance=said(raw_data_digest=RAW))], [], ""),
    ("the next revision", [trace(record="f r1", provenance=said(raw_data_digest=RAW)),
                           trace(**SET, record="f r1", provenance=said(raw_data_digest=RAW))], [], ""),
    ("another laboratory's", [trace("B-1", provenance=said(raw_data_digest=RAW)),
                              trace("B-2", laboratory_site_id=OTHER, provenance=said(raw_data_digest=RAW))], [], ""),
    ("its former owner's", [trace("B-1", provenance=said(raw_data_digest=RAW)),
                            trace("B-2", laboratory_partner_id=BUYER, provenance=said(raw_data_digest=RAW))], [], ""),
    ("three lots", [trace("B-1"), trace("B-2"), trace("B-3")], [0, 1, 2], "copied_values"),
    ("two lots, one of them twice", [trace("B-1"), trace("B-1", **SET), trace("B-2")], [], ""),
    ("one digit less", [trace("B-1"), trace("B-2"), trace("B-3", value=Decimal("99.210"))], [], ""),
    ("another test", [trace("B-1"), trace("B-2"), trace("B-3", test="water")], [], ""),
    ("not near in time", [trace("B-1"), trace("B-2"),
                          trace("B-3", occurred_at=(AT + COPIED_WITHIN + DAY).isoformat(),
                                reported_at=AT + COPIED_WITHIN + 2 * DAY)], [], ""),
    ("a count", [trace(lot, value=Decimal(1204)) for lot in "abc"], [], ""),
    ("a round number", [trace(lot, value=Decimal("100.00")) for lot in "abc"], [], ""),
    ("a short number", [trace(lot, value=Decimal("6.82")) for lot in "abc"], [], ""),
    ("a percentage with one decimal", [trace(lot, value=Decimal("101.3")) for lot in "abc"], [], ""),
    ("a limit of quantitation", [trace(lot, value=Decimal("0.05124"), qualified=True) for lot in "abc"], [], ""),
    ("reported after an OOS, measured before it", [
        trace(evaluation=Evaluation.out_of_specification, value=Decimal("93.00")),
        trace(**SET, occurred_at=(AT - timedelta(hours=1)).isoformat(), reported_at=AT + DAY)], [1], "after_oos"),
    ("a retest, measured after it", [
        trace(evaluation=Evaluation.out_of_specification, value=Decimal("93.00")),
        trace(**SET, occurred_at=(AT + timedelta(hours=2)).isoformat(), reported_at=AT + DAY)], [], ""),
    ("measured and reported before it", [
        trace(evaluation=Evaluation.out_of_specification, value=Decimal("93.00"), reported_at=AT + DAY),
        trace(**SET, occurred_at=(AT - timedelta(hours=1)).isoformat())], [], ""),
    ("known to the day alone", [
        trace(evaluation=Evaluation.out_of_specification, value=Decimal("93.00")),
        trace(**SET, occurred_at="2026-03-02", reported_at=AT + DAY)], [], ""),
    ("of another lot", [
        trace(evaluation=Evaluation.out_of_specification, value=Decimal("93.00")),
        trace("B-2", occurred_at=(AT - timedelta(hours=1)).isoformat(), reported_at=AT + DAY)], [], ""),
]  # fmt: skip


@pytest.mark.parametrize(("what", "traces", "of", "rule"), SEVERAL, ids=[each[0] for each in SEVERAL])
def test_several_results(what: str, traces: list[Trace], of: list[int], rule: str) -> None:
    assert flagged(*traces) == [{rule} if nth in of else set() for nth in range(len(traces))]


def test_what_nobody_stated_is_said_to_be_not_judged() -> None:
    everything = {rule for rule in not_judged([trace()])}
    assert everything == {
        *(FlagRule.entered_late, FlagRule.raw_data_reused, FlagRule.calibration_overdue),
        *(FlagRule.tested_before_receipt, FlagRule.tested_after_expiry, FlagRule.analyst_not_trained),
    }
    stated = said(entered_at=AT, raw_data_digest=RAW, calibration_due=date(2026, 3, 9))
    whole = trace(provenance=stated, lot_started_on=date(2026, 3, 1), lot_expires="2028-03")
    assert set(not_judged([whole])) == {FlagRule.analyst_not_trained}
    seen = {rule for _, _, rule in ALONE} | {rule for *_, rule in SEVERAL}
    rules = {*FlagRule} - {FlagRule.analyst_not_trained}
    assert {str(rule) for rule in rules} == seen - {""}, "each rule is seen to raise a flag"


_OF = st.builds(
    trace,
    lot=st.sampled_from(["B-1", "B-2", "B-3"]),
    value=st.sampled_from([Decimal("99.21"), Decimal("93.04"), None]),
    occurred_at=st.sampled_from(["2026-02", "2026-03-03", AT.isoformat(), (AT - DAY).isoformat()]),
    reported_at=st.sampled_from([AT + timedelta(hours=1), AT + 2 * DAY]),
    evaluation=st.sampled_from([Evaluation.passed, Evaluation.out_of_specification]),
    provenance=st.sampled_from(
        [said(), said(raw_data_digest=RAW), said(injected_at=AT), said(entered_at=AT + 3 * DAY)]
    ),
    by_hand=st.booleans(),
)


@given(st.data())
def test_in_whatever_order_and_however_often_it_is_known_the_flags_are_the_same(data: st.DataObject) -> None:
    traces = data.draw(st.lists(_OF, max_size=6))
    again = data.draw(
        st.permutations(traces + data.draw(st.lists(st.sampled_from(traces), max_size=3) if traces else st.just([])))
    )
    assert findings(traces) == findings(again)
