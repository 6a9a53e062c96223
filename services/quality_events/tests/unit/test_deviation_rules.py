"""When a deviation may close, and what keeps its clocks."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Classification, Lot, Moment
from quality_events import clocks
from quality_events.deviations.lots import DeviationLot
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import DeviationState, Report, Results
from runtime.lifecycle import NotAllowedNow
from runtime.problems import RuleViolated

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=5)
DUE = datetime(2026, 3, 31, 22, tzinfo=UTC)
"""The end of the thirtieth local day in Ljubljana, where summer time has begun by then."""
SITE, PARTNER = uuid4(), uuid4()


def lot(product: bool = True) -> Lot:
    """A lot of a product, or of a raw material."""
    return Lot(
        id=uuid4(), number="1", material="P", product_id=uuid4() if product else None, site_id=SITE, partner_id=PARTNER
    )


def report(*lots: Lot, **more: Any) -> tuple[Deviation, list[DeviationLot]]:
    """A deviation on lots."""
    given: dict[str, Any] = {
        "title": "Press stopped",
        "category": "equipment",
        "sponsor_aware_at": NOW,
        "partner_aware_at": NOW,
        "zone": "Europe/Ljubljana",
        "reporter": "ana",
    } | more
    told = Report(
        site_id=SITE,
        partner_id=PARTNER,
        occurred_at=NOW,
        lots=lots,
        batches={one.id: uuid4() for one in lots if one.product_id},
        **given,
    )
    deviation, its_lots, _ = Deviation.report(told, "DEV-2026-00001")
    return deviation, its_lots


def awaiting(classification: Classification, *lots: Lot) -> tuple[Deviation, list[DeviationLot]]:
    """A deviation that waits for its approval."""
    deviation, its_lots = report(*lots)
    deviation.classify(classification, None, "tom", NOW)
    deviation.investigate("ana", "ana")
    deviation.request_approval("ana")
    return deviation, its_lots


COMPLETE = {"root_cause_category": "equipment", "root_cause": "worn punch", "capa_justification": "punch replaced"}


@pytest.mark.parametrize("left_out", sorted(COMPLETE))
@pytest.mark.parametrize("classification", [Classification.major, Classification.critical])
def test_major_and_critical_need_cause_and_capa(classification: Classification, left_out: str) -> None:
    one = lot()
    deviation, lots = awaiting(classification, one)
    deviation.return_to_investigation("incomplete")
    stated = {name: value for name, value in COMPLETE.items() if name != left_out}
    deviation.record_results(Results(**stated, impacts={one.id: "none"}), lots, "ana")
    deviation.request_approval("ana")
    with pytest.raises(RuleViolated, match="cannot close without"):
        deviation.close(lots, NOW)
    assert deviation.state == DeviationState.awaiting_approval


def test_the_impact_is_stated_for_every_batch_and_only_for_batches() -> None:
    first, second, raw = lot(), lot(), lot(product=False)
    deviation, lots = awaiting(Classification.major, first, second, raw)
    deviation.return_to_investigation("incomplete")
    deviation.record_results(Results(**COMPLETE, impact="see batches", impacts={first.id: "none"}), lots, "ana")
    deviation.request_approval("ana")
    with pytest.raises(RuleViolated, match="the impact on 1"):
        deviation.close(lots, NOW)
    lots[1].impact = "none"
    assert deviation.close(lots, NOW).first_due_at == DUE


def test_a_minor_one_may_close_without() -> None:
    deviation, lots = awaiting(Classification.minor, lot())
    assert deviation.close(lots, NOW).classification is Classification.minor


def test_impacts_are_stated_for_its_own_lots_only() -> None:
    deviation, lots = report(lot())
    deviation.classify(Classification.minor, None, "tom", NOW)
    deviation.investigate("ana", "ana")
    with pytest.raises(RuleViolated, match="does not concern"):
        deviation.record_results(Results(impacts={uuid4(): "none"}), lots, "ana")


def revised(*lots: Lot, revision: int = 2, occurred_at: Moment = LATER, **more: Any) -> Report:
    """A later revision of the partner's record."""
    given: dict[str, Any] = {"partner_aware_at": LATER, "proposed_classification": Classification.minor} | more
    return Report(
        title="x",
        category="y",
        site_id=SITE,
        partner_id=PARTNER,
        occurred_at=occurred_at,
        sponsor_aware_at=LATER,
        zone="Europe/Ljubljana",
        reporter="ana",
        lots=lots,
        batches={one.id: uuid4() for one in lots if one.product_id},
        revision=revision,
        **given,
    )


def test_an_amendment_keeps_what_set_the_clocks() -> None:
    deviation, lots = report(proposed_classification=Classification.critical)
    added, amended = deviation.amend(revised(), lots)
    assert (added, amended.title, amended.classification) == ([], "x", None)
    assert (deviation.notification_limit_hours, deviation.partner_aware_at) == (24, NOW)
    assert (deviation.due_at, deviation.sponsor_aware_at) == (DUE, NOW)


def test_an_earlier_awareness_moves_the_start_and_a_later_one_waits_for_quality() -> None:
    deviation, lots = report()
    _, amended = deviation.amend(revised(partner_aware_at=NOW - timedelta(days=2)), lots)
    assert (amended.partner_aware_at, amended.due_at) == (NOW - timedelta(days=2), DUE - timedelta(days=2))
    assert deviation.first_due_at == deviation.due_at == amended.due_at
    deviation.amend(revised(partner_aware_at=LATER, revision=3), lots)
    assert (deviation.partner_aware_at, deviation.later_awareness) == (NOW - timedelta(days=2), LATER)
    accepted = deviation.accept_awareness("the first date was the machine's", lots, LATER)
    assert (accepted.partner_aware_at, accepted.due_at) == (LATER, DUE + timedelta(days=5))
    assert (deviation.later_awareness, deviation.awareness_reason) == (None, "the first date was the machine's")
    assert deviation.take_earlier_revision(revised(partner_aware_at=NOW), lots) == ([], None)
    with pytest.raises(RuleViolated, match="no amendment states"):
        deviation.accept_awareness("again", lots, LATER)


def test_whoever_had_a_hand_in_it_is_remembered() -> None:
    """Also who was followed by somebody else: nobody classifies, or investigates, and closes."""
    deviation, lots = report()
    deviation.classify(Classification.critical, None, "one", NOW)
    deviation.reclassify(Classification.minor, "less", "two", NOW)
    deviation.investigate("three", "ana")
    deviation.record_results(Results(**COMPLETE, impact="none", impacts={}), lots, "four")
    deviation.request_approval("five")
    assert deviation.prepared_by == ["ana", "five", "four", "one", "two"]


def test_nobody_extends_what_nobody_asked_for_nor_beyond_it() -> None:
    deviation, _ = report()
    with pytest.raises(RuleViolated, match="nothing was asked for"):
        deviation.extend(DUE + timedelta(days=9), "alone")
    deviation.request_extension(DUE + timedelta(days=9), "waiting", "ana")
    with pytest.raises(RuleViolated, match="ask for it first"):
        deviation.extend(DUE + timedelta(days=10), "more")
    deviation.extend(DUE + timedelta(days=8), "a day less")
    assert (deviation.due_at, deviation.requested_due_at) == (DUE + timedelta(days=8), None)


def test_an_extension_outlives_a_start_that_moves() -> None:
    deviation, lots = report()
    deviation.request_extension(DUE + timedelta(days=9), "waiting", "ana")
    deviation.extend(DUE + timedelta(days=9), "waiting")
    deviation.amend(revised(partner_aware_at=NOW - timedelta(days=2)), lots)
    assert (deviation.due_at, deviation.first_due_at) == (DUE + timedelta(days=9), DUE - timedelta(days=2))


@given(st.permutations(range(4)))
def test_the_clocks_are_the_same_in_whatever_order_revisions_come(order: list[int]) -> None:
    days, classes = [3, 1, 5, 4], [Classification.major, Classification.critical, None, Classification.minor]
    aware = [NOW + timedelta(days=each) for each in days]
    told = [
        revised(revision=n + 1, partner_aware_at=aware[n], proposed_classification=classes[n], historic=n == 2)
        for n in range(4)
    ]
    deviation, lots, _ = Deviation.report(told[order[0]], "DEV-2026-00001")
    for n in order[1:]:
        if told[n].revision > deviation.source_revision:
            deviation.amend(told[n], lots)
        else:
            deviation.take_earlier_revision(told[n], lots)
    assert deviation.partner_aware_at == NOW + timedelta(days=1)
    assert (deviation.later_awareness, deviation.due_at) == (NOW + timedelta(days=4), DUE + timedelta(days=1))
    assert (deviation.notification_limit_hours, deviation.historic) == (72, True), (
        "by the class proposed when it was told"
    )


def test_history_has_no_clock_that_anybody_could_have_kept() -> None:
    deviation, _ = report(historic=True, proposed_classification=Classification.critical)
    far = DUE + timedelta(days=900)
    assert deviation.notification(far) == clocks.NO_NOTIFICATION
    assert not deviation.is_overdue(far)
    with pytest.raises(RuleViolated):
        deviation.fall_overdue(far)


def test_days_are_counted_anew_when_the_sites_time_zone_is_known() -> None:
    deviation, lots = report(zone=None)
    assert deviation.due_at == datetime(2026, 4, 1, tzinfo=UTC)
    assert deviation.count_days_in("America/New_York", lots, LATER).due_at == datetime(2026, 4, 1, 4, tzinfo=UTC)
    assert deviation.first_due_at == deviation.due_at


def test_lots_of_several_other_makers_are_no_one_deviation() -> None:
    own, others = lot(), [lot().model_copy(update={"partner_id": uuid4()}) for _ in range(2)]
    deviation, lots = report(own, others[0])
    assert deviation.parties == sorted({PARTNER, others[0].partner_id})
    for refused in (lambda: report(*others), lambda: deviation.amend(revised(others[1]), lots)):
        with pytest.raises(RuleViolated, match="record one for each"):
            refused()
    assert (deviation.source_revision, deviation.parties) == (1, sorted({PARTNER, others[0].partner_id}))


def test_an_amendment_corrects_when_the_departure_occurred() -> None:
    deviation, lots = report()
    _, amended = deviation.amend(revised(occurred_at="2026-01"), lots)
    assert deviation.occurred_at == "2026-01"
    assert (amended.departure_occurred_at, amended.sponsor_aware_at, amended.occurred_at) == ("2026-01", NOW, LATER)
    deviation.classify(Classification.minor, None, "tom", NOW)
    deviation.cancel("a drill", NOW)
    deviation.add_late_amendment(revised(revision=3, occurred_at="2025-12"), lots)
    assert (deviation.occurred_at, deviation.late_amendments[0]["occurred_at"]) == ("2026-01", "2025-12")


def test_a_lot_that_an_amendment_leaves_out_concerns_it_no_longer() -> None:
    first, second = lot(), lot()
    deviation, lots = report(first, second)
    deviation.classify(Classification.major, None, "tom", NOW)
    deviation.investigate("ana", "ana")
    added, amended = deviation.amend(revised(second), lots)
    assert (added, amended.lots, amended.batch_ids) == ([], (second,), (lots[1].batch_id,))
    assert (deviation.batch_ids, deviation.product_id) == ([lots[1].batch_id], second.product_id)
    assert [one.left_out_by_revision for one in lots] == [2, None]
    with pytest.raises(RuleViolated, match="does not concern"):
        deviation.record_results(Results(impacts={first.id: "none"}), lots, "ana")
    deviation.record_results(Results(**COMPLETE, impacts={second.id: "none"}), lots, "ana")
    deviation.request_approval("ana")
    assert deviation.close(lots, NOW).batch_ids == (lots[1].batch_id,)


def test_an_impact_on_a_lot_that_is_out_stands_for_no_other() -> None:
    first, raw = lot(), lot(product=False)
    deviation, lots = report(first, raw)
    deviation.classify(Classification.major, None, "tom", NOW)
    deviation.investigate("ana", "ana")
    deviation.record_results(Results(**COMPLETE, impacts={first.id: "scrapped"}), lots, "ana")
    deviation.amend(revised(raw), lots)
    deviation.request_approval("ana")
    with pytest.raises(RuleViolated, match="the impact"):
        deviation.close(lots, NOW)


def test_a_lot_that_is_named_again_is_back_with_its_impact() -> None:
    first, second, third = lot(), lot(), lot()
    deviation, lots = report(first, second)
    lots[0].impact = "none"
    deviation.amend(revised(), lots)
    assert (deviation.batch_ids, deviation.product_id) == ([], None)
    deviation.amend(revised(second, revision=3), lots)
    assert [one.left_out_by_revision for one in lots] == [2, None], "the revision that left it out first"
    added, amended = deviation.amend(revised(first, third, revision=4), lots)
    assert [one.left_out_by_revision for one in lots] == [None, 4]
    assert [one.lot_id for one in added] == [third.id]
    assert (amended.lots, lots[0].impact) == ((first, third), "none")


def test_overdue_is_told_once_per_due_date() -> None:
    deviation, _ = report()
    late = deviation.due_at + timedelta(seconds=1)
    with pytest.raises(RuleViolated):
        deviation.fall_overdue(deviation.due_at)
    assert deviation.fall_overdue(late).due_at == deviation.due_at
    with pytest.raises(RuleViolated):
        deviation.fall_overdue(late)
    deviation.request_extension(deviation.due_at + timedelta(days=1), "waiting", "ana")
    deviation.extend(deviation.due_at + timedelta(days=1), "waiting")
    assert not deviation.is_overdue(late)
    assert deviation.fall_overdue(late + timedelta(days=1)).occurred_at == deviation.due_at


def test_the_same_class_again_is_no_reclassification() -> None:
    deviation, _ = report()
    with pytest.raises(NotAllowedNow):
        deviation.reclassify(Classification.major, "worse", "tom", NOW)
    deviation.classify(Classification.major, None, "tom", NOW)
    with pytest.raises(RuleViolated):
        deviation.reclassify(Classification.major, "again", "tom", NOW)
