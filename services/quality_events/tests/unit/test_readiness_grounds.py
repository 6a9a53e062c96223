"""What a release rests on is for this market, of these very findings, and of what was told last."""

from datetime import date, datetime
from itertools import permutations
from typing import Any
from uuid import uuid4

import pytest

from contracts import Fact
from contracts.sample_tracking import Evaluation, MarketEvaluation, ResultInterpreted, SpecificationFact
from quality_events.moments import span
from quality_events.readiness.conditions import judge
from quality_events.readiness.schemas import ReadinessCondition
from quality_events.readiness.terms import EVERYBODY, Condition, ConditionName, Dossier, Finding, unmet
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from quality_events.regimes import concerns, regime_of
from tests.dossiers import LOT, TODAY, WORLD, batch, condition, told, usual, verdict
from tests.releasing import effective, results_of, specified

INPUT = {"material": "API", "number": "A1", "batch_id": str(uuid4()), "partner_id": str(WORLD.maker)}


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        ((("AT", "released"),), Verdict.met),
        ((("EU", "released"),), Verdict.met),
        ((("US", "released"),), Verdict.not_met),
        ((("AT", "rejected"), ("US", "released")), Verdict.not_met),
        ((("AT", "released"), ("EU", "rejected")), Verdict.not_met),
        ((("AT", "confirmed"),), Verdict.not_met),
        ((("AT", "not_intended"), ("EU", "released")), Verdict.met),
        ((("AT", "not_intended"),), Verdict.not_met),
        ((("AT", "released_for_processing"),), Verdict.not_met),
    ],
)
def test_what_went_in_is_released_for_this_market(decided: Any, expected: Verdict) -> None:
    said = [{"market": market, "state": state, "follow_up_closed": False} for market, state in decided]
    assert verdict(batch([], inputs=[INPUT | {"dispositions": said}]), "inputs_released") == expected


def test_what_does_not_add_up_is_stated_of_which_it_is_and_not_by_how_much() -> None:
    part = INPUT | {"dispositions": [{"market": "AT", "state": "released", "follow_up_closed": False}]}
    theirs, other = (
        {"id": str(uuid4()), "number": "B7", "material": "API", "partner_id": str(uuid4()), "work": uuid4().hex}
        for _ in range(2)
    )
    nameless = dict.fromkeys(("id", "partner_id"), str(uuid4())) | {"number": "", "material": ""}

    def of(*overdrawn: Any, **more: Any) -> Condition:
        return condition(batch([], inputs=[part], overdrawn=overdrawn, **more), "inputs_released")

    found = of(theirs | {"more": "API B7: 1 kg was made, and 2 kg are told"})
    assert (found.verdict, found.stateable) == (Verdict.unknown, True)
    said = ReadinessCondition.of(found, WORLD.maker, "UTC")
    assert ("does not add up" in said.why, "B7" in said.why, said.proof) == (True, False, [])
    assert ReadinessCondition.of(of(theirs | nameless), WORLD.maker, "UTC") == said
    stated = {"statements": [statement(found)]}
    for same in (theirs | nameless, theirs | {"more": "API B7: 1 kg was made, and 9 kg are told"}):
        assert of(same, **stated).verdict == Verdict.met
    assert {of(*each, **stated).verdict for each in ((other,), (theirs, other))} == {Verdict.unknown}


def test_what_is_said_of_the_union_is_said_of_its_members() -> None:
    assert [concerns(*each) for each in (("EU", "AT"), ("AT", "EU"), ("AT", "DE"), ("EU", "US"), ("US", "US"))] == [
        *(True, True, False, False, True)
    ]
    hold = {
        "id": str(uuid4()),
        "number": "HOLD-1",
        "by_side": "sponsor",
        "partner_id": str(WORLD.maker),
        "parent": None,
    }
    held = batch([], holds=[hold | {"markets": ["EU"], "reason": "x", "since": "2018-12-04T08:00:00Z"}])
    assert [verdict(held, "not_held", market) for market in ("AT", "US")] == [Verdict.not_met, Verdict.met]


def test_a_statement_is_of_what_was_found_and_of_nothing_else() -> None:
    said: dict[str, Any] = {
        "market": "AT",
        "condition": "yield_explained",
        "stated_by": "x",
        "statement": "x",
        "number": "RST-1",
    }
    said |= {"id": str(LOT.id), "stated_of": condition(batch([], yield_percent="97.5"), "yield_explained").stated_of}
    same, other = (batch([], yield_percent=each, statements=[said]) for each in ("97.5", "61.0"))
    assert [verdict(each, "yield_explained") for each in (same, other)] == [Verdict.met, Verdict.unknown]
    assert "RST-1 was stated of something else" in condition(other, "yield_explained").texts[0]
    before = batch([], yield_percent="97.5", statements=[said | {"stated_of": None}])
    assert verdict(before, "yield_explained") == Verdict.unknown, "of what it was is not known"


def statement(of: Condition) -> dict[str, Any]:
    """What quality stated of a condition as it was found."""
    said = {"market": "AT", "condition": str(of.name), "stated_by": "x", "statement": "x", "number": "RST-1"}
    return said | {"id": str(LOT.id), "stated_of": of.stated_of}


def test_a_statement_is_of_the_result_that_was_there() -> None:
    """Of the next one nobody can say more than of that one, in the same words."""
    first: Any = results_of(WORLD, LOT, reportable=None, not_reportable="W")
    said = statement(_tests(*first))
    again = _tests(*first, statements=[said])
    of_it: dict[str, Any] = {"reportable": None, "not_reportable": "W", "supersedes": first[0].results[0].result_id}
    amended: Any = results_of(WORLD, LOT, **of_it)
    elsewhere = amended[0].model_copy(update={"laboratory_site_id": WORLD.site})
    for other in (amended, [elsewhere, amended[1]]):
        now = _tests(*first, *other, statements=[said])
        assert (again.verdict, now.verdict) == (Verdict.met, Verdict.unknown)
        assert now.texts[0] == "RST-1 was stated of something else: stages, sites or results are other ones now"


@pytest.mark.parametrize("name", ["within_times", "agreement_effective", "yield_explained", "confirmations"])
def test_a_statement_is_of_the_stages_that_were_there(name: str) -> None:
    stage = {"step": "granulation", "site_id": str(WORLD.site), "started_at": "2018-11-05", "ended_at": "2018-11-06"}
    others = {"confirmed_stages": ["granulation", "coating"]}
    coated = stage | {"step": "coating", "site_id": str(WORLD.laboratory_site)}
    of_it: dict[str, Any] = {"dispositions": [CONFIRMED | others]} if name == "confirmations" else {}
    before = batch([], stages=[stage, coated], **of_it)
    said = statement(judged_alone(before, name))
    assert verdict(batch([], stages=[stage, coated], statements=[said], **of_it), name) == Verdict.met
    longer = coated | {"ended_at": "2018-12-28"}
    for stages in ([stage, longer], [stage, coated, stage | {"step": "compression"}]):
        assert verdict(batch([], stages=stages, statements=[said], **of_it), name) != Verdict.met


def judged_alone(dossier: Dossier, name: str) -> Condition:
    """A condition that nobody stated."""
    found = condition(dossier, name)
    assert found.verdict == Verdict.unknown
    return found


CONFIRMED = {
    "id": str(LOT.id), "number": "DISP-1", "market": "AT", "confirmed_at": "2026-01-01", "confirmed_deviations": [],
    "confirmed_stages": ["making"], "confirmed_record_version": "1.0",
}  # fmt: skip


def test_a_confirmation_is_of_its_stages_and_its_record() -> None:
    assert verdict(batch([], dispositions=[CONFIRMED]), "confirmations") == Verdict.met
    revised = batch([], dispositions=[CONFIRMED], record_version="2.0")
    assert "by version 1.0 of its record" in condition(revised, "confirmations").texts[0]
    stage = {"site_id": str(WORLD.site), "started_at": "2018-11-05", "ended_at": "2018-11-06"}
    later = batch([], dispositions=[CONFIRMED], stages=[stage | {"step": each} for each in ("making", "coating")])
    assert condition(later, "confirmations").texts == ["coating: the confirmation of AT does not name it"]
    elsewhere = [stage | {"step": "making"}, stage | {"step": "packing", "site_id": str(WORLD.laboratory_site)}]
    found = condition(batch([], dispositions=[CONFIRMED], stages=elsewhere), "confirmations")
    assert (found.verdict, found.texts[0].startswith("packing: no fact tells")) == (Verdict.unknown, True)


def judged(evaluation: Evaluation, *by: tuple[SpecificationFact, Evaluation]) -> Any:
    """A result as it is told with its verdicts."""
    first: Any = results_of(WORLD, LOT, evaluation=evaluation)[0]
    verdicts = tuple(
        MarketEvaluation(specification_id=each.specification_id, market=each.market, verdict=verdict)
        for each, verdict in by
    )
    return first.model_copy(update={"results": (first.results[0].model_copy(update={"evaluations": verdicts}),)})


def test_a_later_verdict_goes_before_what_was_read_once() -> None:
    everywhere = specified(WORLD)
    passed, oos = judged(Evaluation.passed, (everywhere, Evaluation.passed)), Evaluation.out_of_specification
    result = passed.results[0]
    of_it: dict[str, Any] = {"result_id": result.result_id, "lot": LOT, "test": "assay"}
    read = ResultInterpreted(**of_it, evaluation=Evaluation.passed, occurred_at="2018-12-05T08:00:00Z")
    verdicts = tuple(each.model_copy(update={"verdict": oos}) for each in result.evaluations)
    failed = result.model_copy(update={"evaluation": oos, "evaluations": verdicts})
    tightened = passed.model_copy(update={"results": (failed,)})
    for order in permutations(told(*usual()[:-2], passed, read, tightened)[-3:]):
        found = batch([*told(*usual()[:-2]), *order])
        assert verdict(found, "specification_met") == Verdict.not_met


def test_a_market_with_limits_of_its_own_is_not_met_by_others() -> None:
    whole, us = (specified(WORLD, market) for market in (None, "US"))
    facts = [*usual()[:-3], whole, us]
    everywhere = judged(Evaluation.passed, (whole, Evaluation.passed))
    found = batch(told(*facts, everywhere))
    assert [verdict(found, "specification_met", market) for market in ("AT", "US")] == [Verdict.met, Verdict.unknown]
    both = judged(Evaluation.passed, (whole, Evaluation.passed), (us, Evaluation.passed))
    assert verdict(batch(told(*facts, both)), "specification_met", "US") == Verdict.met


def test_a_stage_that_asks_for_more_meets_no_market_of_its_limits_whatever_else_passed_or_was_read() -> None:
    whole, us = (specified(WORLD, market) for market in (None, "US"))
    other, approved = results_of(WORLD, LOT)
    waits = judged(Evaluation.not_evaluated, (whole, Evaluation.passed), (us, Evaluation.not_evaluated))
    for unjudged in (True, False):
        result = waits.results[0].model_copy(update={"pending": True, "unjudged": unjudged})
        of_it: dict[str, Any] = {"result_id": result.result_id, "lot": LOT, "test": "assay"}
        read = ResultInterpreted(**of_it, evaluation=Evaluation.passed, occurred_at="2018-12-05T08:00:00Z")
        pending = waits.model_copy(update={"results": (result,)})
        verdicts = tuple(
            MarketEvaluation(specification_id=each.specification_id, market=each.market, verdict=Evaluation.passed)
            for each in (whole, us)
        )
        passed = other.model_copy(update={"results": (other.results[0].model_copy(update={"evaluations": verdicts}),)})  # type: ignore[attr-defined]
        found = batch(told(*usual()[:-3], whole, us, passed, approved, pending, read))
        assert verdict(found, "specification_met", "AT") == Verdict.met
        blocked = condition(found, "specification_met", "US")
        assert (blocked.verdict, blocked.texts) == (
            *(Verdict.unknown, ["assay: its result asks for the units of a further stage"]),
        )


@pytest.mark.parametrize(("completed", "revision"), [("2018-12", 1), ("2018-12-20", 2), ("2018-12-14T23:30:00Z", 1)])
def test_a_result_is_held_against_the_revision_of_the_day_of_making(completed: str, revision: int) -> None:
    """Of a month its first day, of an instant that in UTC: as results are held against revisions."""
    one, two = (
        effective(WORLD, "AT", revision=number, effective_from=day)
        for number, day in ((1, date(2018, 1, 1)), (2, date(2018, 12, 15)))
    )
    facts, asked = [*usual()[:-3], one, two], {1: one, 2: two}
    verdicts = {}
    for number, by in asked.items():
        found = batch(told(*facts, judged(Evaluation.passed, (by, Evaluation.passed))), completed_at=completed)
        verdicts[number] = condition(found, "specification_met")
    assert {number: each.verdict for number, each in verdicts.items()} == {
        number: Verdict.met if number == revision else Verdict.unknown for number in asked
    }
    why = f"never held against revision {revision} for AT"
    assert why in verdicts[3 - revision].texts[0]


def _tests(*results: Fact, **more: Any) -> Any:
    """How the required tests stand with these results alone."""
    judged = judge(batch(told(*usual()[:-2], *results), **more), "AT", TODAY)
    return {each.name: each for each in judged}[ConditionName.tests_approved]


def test_a_required_test_needs_a_reportable_result() -> None:
    """Whatever quality states: what nobody can judge may be stated, what is not reportable may not."""
    said = {"market": "AT", "condition": "tests_approved", "stated_by": "x", "statement": "x", "number": "RST-1"}
    verdicts = (
        (True, Verdict.met, Verdict.met, "approved, reportable result"),
        (False, Verdict.not_met, Verdict.not_met, "assay: its result is not reportable: W"),
        (None, Verdict.unknown, Verdict.met, "assay: it is not known whether its result is reportable: W"),
    )
    for reportable, expected, stated, text in verdicts:
        results = results_of(WORLD, LOT, reportable=reportable, not_reportable="W")
        found = _tests(*results)
        assert found.verdict == expected
        assert text in found.findings[0].text
        of_it = {"id": str(LOT.id), "stated_of": found.stated_of}
        assert _tests(*results, statements=[said | of_it]).verdict == stated
    aside = results_of(WORLD, LOT, "assay", Evaluation.out_of_specification, reportable=False)
    assert verdict(batch(told(*usual(), *aside)), "specification_met") == Verdict.met, "it counts nowhere"
    assert not batch(told(*aside)).tested


def test_of_a_result_what_was_told_last_holds_in_whatever_order_it_is_kept() -> None:
    reported: Any = results_of(WORLD, LOT)[0]
    later = [
        reported.model_copy(update={"results": (reported.results[0].model_copy(update={"reportable": each}),)})
        for each in (None, False)
    ]
    kept = told(*usual()[:-2], *later, reported)
    for order in permutations(kept[-3:]):
        found = batch([*kept[:-3], *order])
        assert [each.reportable for each in found.results.values()] == [True]
        assert not found.set_aside


@pytest.mark.parametrize(
    ("due", "zone", "day"),
    [
        ("2026-12-01T00:00:00+00:00", "UTC", date(2026, 11, 30)),
        ("2026-11-30T23:00:00+00:00", "Europe/Vienna", date(2026, 11, 30)),
        ("2026-12-01T00:00:00+00:00", "Europe/Vienna", date(2026, 11, 30)),
        ("2026-11-30T23:00:00+00:00", "America/New_York", None),
        ("2026-11-30T08:00:00+00:00", "Europe/Vienna", None),
    ],
)
def test_the_last_day_that_is_in_time_is_told_and_not_the_one_after_it(due: str, zone: str, day: Any) -> None:
    condition = unmet(ConditionName.deviations_settled, Finding("x", reader=EVERYBODY), due=due)
    seen = ReadinessCondition.of(condition, None, zone)
    assert (seen.due, seen.due_on) == (datetime.fromisoformat(due), day)


@pytest.mark.parametrize(
    ("moment", "days"),
    [
        ("2018-11", (date(2018, 11, 1), date(2018, 11, 30))),
        ("2018-11-05", (date(2018, 11, 5), date(2018, 11, 5))),
        ("2018-11-05T23:30:00Z", (date(2018, 11, 6), date(2018, 11, 6))),
    ],
)
def test_days_are_those_of_the_site(moment: str, days: Any) -> None:
    assert span(moment, "Europe/Vienna") == days


def test_regimes() -> None:
    assert [regime_of(each) for each in ("AT", "NO", "GB", "US", "CH", "JP")] == [
        *("eu_eea", "eu_eea", "gb", "us", "ch", "other")
    ]
