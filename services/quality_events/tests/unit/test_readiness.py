"""Conditions of release, judged from facts without a database: whatever their order, and what is unknown blocks."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Side
from contracts.qualifications import QualificationState
from contracts.sample_tracking import Evaluation
from quality_events.readiness.conditions import JUDGES, blocking, judge
from quality_events.readiness.model import check_intended, check_stateable
from quality_events.readiness.schemas import ReadinessCondition
from quality_events.readiness.terms import STATEABLE, ConditionName, Dossier, Finding, unknown, unmet
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from runtime.problems import RuleViolated
from tests.dossiers import LOT, TODAY, WORLD, batch, condition, told, usual, verdict
from tests.releasing import named, qualified, results_of, specified


def test_what_is_in_order_waits_for_what_no_fact_tells_and_for_the_maker() -> None:
    found = blocking(judge(batch(told(*usual())), "AT", TODAY))
    expected = STATEABLE - {ConditionName.tests_approved, ConditionName.numbers_joined}
    assert set(found) == expected | {ConditionName.confirmations}


def test_each_condition_has_its_judge() -> None:
    assert [each.__name__ for each in JUDGES] == [*ConditionName]


@pytest.mark.parametrize("market", ["AT", "GB", "US", "CH", "JP"])
def test_of_nothing_known_nothing_is_met_that_facts_decide(market: str) -> None:
    bare = batch([], started_at=None, completed_at=None, reviewed_side=None, record_version=None)
    assert not {each.name for each in judge(bare, market, TODAY) if each.verdict == Verdict.met} - {
        *(ConditionName.oos_concluded, ConditionName.deviations_settled, ConditionName.not_held),
        *(ConditionName.facts_read, ConditionName.impacts_assessed, ConditionName.not_recalled),
    }


@pytest.mark.parametrize("market", ["AT", "GB", "US"])
def test_whatever_blocks_says_since_when(market: str) -> None:
    made = datetime(2026, 3, 1, 8, tzinfo=UTC)
    for dossier in (batch([]), batch(told(*usual()))):
        waits = [each for each in judge(replace(dossier, waits_since=made), market, TODAY) if each.blocks]
        assert waits
        assert [each.name for each in waits if each.since is None] == []
        assert {each.since for each in waits if each.name == ConditionName.samples_retained} == {made.isoformat()}


def test_while_facts_are_read_once_more_nobody_can_say_and_nobody_states() -> None:
    found = replace(batch(told(*usual())), unread=["sample-tracking.result"])
    condition = next(each for each in judge(found, "AT", TODAY) if each.name == "facts_read")
    assert (condition.verdict, condition.blocks) == (Verdict.unknown, True)
    with pytest.raises(RuleViolated, match="facts decide facts_read"):
        check_stateable(condition)
    why = ReadinessCondition.of(condition, WORLD.maker, "UTC").why
    assert why == "sample-tracking.result is being read again: what was told there last may not be known yet"


def test_a_hold_on_what_it_came_of_stops_it_where_that_is_stopped() -> None:
    hold = {
        "id": str(uuid4()),
        "number": "HOLD-1",
        "by_side": "sponsor",
        "partner_id": str(WORLD.maker),
        "parent": "L0",
    }
    of_us = hold | {"markets": ["US"], "reason": "a seal", "since": "2018-12-04T08:00:00Z"}
    found = batch([], holds=[of_us])
    assert [verdict(found, "not_held", market) for market in ("US", "AT")] == [Verdict.not_met, Verdict.met]
    assert next(each for each in judge(found, "US", TODAY) if each.name == "not_held").findings[0].text == (
        "HOLD-1: on L0, of which it came, placed by the sponsor, a seal"
    )


LATER = {"before": QualificationState.approved, "after": QualificationState.suspended}


def test_a_suspension_counts_from_its_local_day_on_and_not_before() -> None:
    first = qualified(WORLD, WORLD.site, "drug_product")
    # 23:30 in UTC of the 3rd is the 4th at the site: the last day of the making was still covered.
    for instant, expected in (("2018-12-03T23:30:00Z", Verdict.met), ("2018-12-03T22:30:00Z", Verdict.not_met)):
        ended = qualified(
            WORLD, WORLD.site, "drug_product", **LATER, occurred_at=instant, qualification_id=first.qualification_id
        )
        facts = [each for each in usual() if getattr(each, "activity", "") != "drug_product"]
        dossier = batch(told(*facts, first, ended))
        assert verdict(dossier, "site_qualified") == expected
        (why,) = [each for each in judge(dossier, "AT", TODAY) if each.name == "site_qualified"]
        says = "a hold is proposed" if expected is Verdict.met else "on 2018-12-03: QUAL-1 was suspended, x"
        assert says in why.findings[0].text, why


@pytest.mark.parametrize(
    ("evaluation", "conclusion", "expected"),
    [
        (Evaluation.passed, None, Verdict.met),
        (Evaluation.out_of_specification, None, Verdict.not_met),
        (Evaluation.out_of_specification, "inconclusive", Verdict.not_met),
        (Evaluation.out_of_specification, "invalidated", Verdict.met),
        (Evaluation.not_evaluated, None, Verdict.met),
    ],
)
def test_a_passing_retest_does_not_undo_a_result(evaluation: Any, conclusion: Any, expected: Verdict) -> None:
    second = results_of(WORLD, LOT, "assay", evaluation)
    (result,) = second[0].results  # type: ignore[attr-defined]
    oos: dict[str, Any] = {
        "id": str(LOT.id),
        "number": "OOS-1",
        "partner_id": str(WORLD.maker),
        "result_id": str(result.result_id),
    }
    oos |= {"state": "concluded", "conclusion": conclusion, "own": True, "since": "2026", "awaited_side": None}
    dossier = batch(told(*usual(), *second), investigations=[oos] if conclusion else [])
    assert verdict(dossier, "specification_met") == expected


def test_the_work_on_an_invalidated_result_is_not_the_lot_s() -> None:
    early, approved = results_of(WORLD, LOT, "assay", Evaluation.out_of_specification)
    early = early.model_copy(update={"occurred_at": "1999-12-31"})  # when nobody was qualified for anything
    (result,) = early.results  # type: ignore[attr-defined]
    oos: dict[str, Any] = {"id": str(LOT.id), "number": "OOS-1", "partner_id": str(WORLD.maker)}
    oos |= {
        "state": "concluded",
        "own": True,
        "since": "2026",
        "awaited_side": None,
        "result_id": str(result.result_id),
    }
    for conclusion, expected in (("confirmed", Verdict.not_met), ("invalidated", Verdict.met)):
        found = batch(told(*usual(), early, approved), investigations=[oos | {"conclusion": conclusion}])
        assert verdict(found, "site_qualified") == expected
        assert verdict(found, "registered") == expected


def test_a_specification_of_the_market_goes_before_one_for_all() -> None:
    dossier = batch(told(*usual(), specified(WORLD, "EU", "assay", "dissolution")))
    assert verdict(dossier, "tests_approved") == Verdict.not_met
    assert verdict(dossier, "tests_approved", "US") == Verdict.met


DEVIATION: dict[str, Any] = {
    "id": str(LOT.id), "number": "DEV-1", "partner_id": str(WORLD.maker), "state": "classified", "own": True,
    "classification": "minor", "impact": "none", "since": "2026-01-01", "due": None, "awaited_side": "partner",
    "left_out_by_revision": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, Verdict.met),
        ({"impact": None}, Verdict.not_met),
        ({"classification": None, "state": "reported"}, Verdict.not_met),
        ({"classification": "major"}, Verdict.not_met),
        ({"classification": "critical", "state": "closed"}, Verdict.met),
    ],
)
def test_deviations(change: dict[str, Any], expected: Verdict) -> None:
    assert verdict(batch([], deviations=[DEVIATION | change]), "deviations_settled") == expected


def test_a_confirmation_that_leaves_out_a_deviation_is_none() -> None:
    said: dict[str, Any] = {"id": str(LOT.id), "number": "DISP-1", "market": "AT", "confirmed_at": "2026-01-01"}
    said |= {"confirmed_stages": ["making"], "confirmed_record_version": "1.0"}
    for named_, expected in (([], Verdict.not_met), (["DEV-1"], Verdict.met)):
        dossier = batch([], deviations=[DEVIATION], dispositions=[said | {"confirmed_deviations": named_}])
        assert verdict(dossier, "confirmations") == expected


@settings(max_examples=200, deadline=None)
@given(st.permutations(range(len(usual()) + 2)), st.data())
def test_whatever_the_order_and_however_often(order: list[int], data: Any) -> None:
    facts = _FACTS
    several = [*order, *data.draw(st.lists(st.sampled_from(order), max_size=3))]
    kept = list({facts[at]["id"]: facts[at] for at in several}.values())
    assert _said(batch(kept)) == _WHOLE


def _said(dossier: Dossier) -> list[Any]:
    return [
        ReadinessCondition.of(each, None, "Europe/Vienna")
        for market in ("AT", "US")
        for each in judge(dossier, market, TODAY)
    ]


_SUSPENDED = qualified(WORLD, WORLD.site, "drug_product", **LATER, occurred_at="2018-12-01T08:00:00Z")
_FACTS = told(*usual(), _SUSPENDED, named(WORLD, "ana"))
_WHOLE = _said(batch(_FACTS))


def test_a_partner_reads_of_a_condition_what_is_its_own() -> None:
    rival = UUID(int=1)
    condition = unmet(
        ConditionName.deviations_settled,
        Finding("DEV-1: major", "deviation", LOT.id, "DEV-1", WORLD.maker),
        Finding("DEV-2: major", "deviation", LOT.id, "DEV-2", rival),
        since="2026-01-01T00:00:00Z",
    )
    seen = ReadinessCondition.of(condition, WORLD.maker, "UTC")
    assert (seen.verdict, seen.why, [each.number for each in seen.proof], seen.since) == (
        *(Verdict.not_met, "DEV-1: major", ["DEV-1"], None),
    )
    assert "DEV" not in ReadinessCondition.of(condition, UUID(int=2), "UTC").why


@pytest.mark.parametrize(
    ("state", "awaited", "owner"),
    [
        ("phase_1", "partner", Side.laboratory),
        ("phase_1", "unknown", Side.sponsor),
        ("phase_2", "partner", Side.maker),
        ("awaiting_approval", "both", Side.maker),
    ],
)
def test_whose_turn_it_is_with_an_investigation(state: str, awaited: str, owner: Side) -> None:
    oos = DEVIATION | {"number": "OOS-1", "result_id": str(LOT.id), "state": state, "conclusion": None}
    dossier = batch(told(*usual()), investigations=[oos | {"awaited_side": awaited}])
    (one,) = [each for each in judge(dossier, "AT", TODAY) if each.name == ConditionName.oos_concluded]
    assert (one.verdict, one.owner) == (Verdict.not_met, owner)


def test_a_deviation_of_what_went_in_is_its_owners_turn() -> None:
    major = DEVIATION | {"classification": "major"}
    for partner, owner in ((str(WORLD.maker), Side.maker), (str(UUID(int=7)), Side.owner)):
        dossier = batch([], deviations=[major | {"partner_id": partner}])
        (one,) = [each for each in judge(dossier, "AT", TODAY) if each.name == ConditionName.deviations_settled]
        assert one.owner == owner


def test_only_what_no_fact_decides_is_stated() -> None:
    check_stateable(unknown(ConditionName.samples_retained))
    for wrong in (unknown(ConditionName.registered), unmet(ConditionName.within_times, Finding("it expired"))):
        with pytest.raises(RuleViolated):
            check_stateable(wrong)


def test_nothing_is_stated_for_a_market_for_which_a_batch_is_not_meant() -> None:
    check_intended("L-1", ["AT", "US"], "US")
    for markets, told_ in ((["AT", "US"], "L-1 is meant for AT, US, and not for FR"), ([], "for no market yet")):
        with pytest.raises(RuleViolated, match=told_) as refused:
            check_intended("L-1", markets, "FR")
        assert refused.value.extensions["markets"] == markets


def test_a_statement_goes_before_no_fact() -> None:
    said = [
        {"market": "AT", "condition": each.name, "stated_by": "x", "statement": "x", "number": "RST-1"}
        | {"id": str(LOT.id), "stated_of": each.stated_of}
        for each in judge(batch([]), "AT", TODAY)
    ]
    late = batch([], statements=said, expiry_date="2026-04")
    settled = {
        each.name
        for each in judge(late, "AT", TODAY)
        if each.verdict == Verdict.met and "stated" in each.findings[0].text
    }
    assert settled == STATEABLE - {
        ConditionName.within_times,
        ConditionName.confirmations,
        ConditionName.numbers_joined,
    }
    assert verdict(late, "samples_retained", "US") == Verdict.unknown


@pytest.mark.parametrize(
    ("on", "more", "expected"),
    [
        ("2017-03-01", {}, Verdict.unknown),
        ("2018-11-03", {}, Verdict.unknown),
        ("2018-11-04", {}, Verdict.met),  # it may be the same day, elsewhere
        ("2018-11", {}, Verdict.met),
        ("2017-03-01", {"started_at": None}, Verdict.met),
        ("2017-03-01", {"came_by": ["packed"]}, Verdict.met),
    ],
)
def test_what_was_tested_before_the_batch_began_is_not_of_it(on: str, more: Any, expected: Verdict) -> None:
    facts = [each.model_copy(update={"occurred_at": on}) if hasattr(each, "stage") else each for each in usual()]
    found = condition(batch(told(*facts), **more), "specification_met")
    assert (found.verdict, found.stateable) == (expected, False)
