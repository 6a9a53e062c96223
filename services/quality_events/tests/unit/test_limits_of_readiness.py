"""Yields and times in the readiness: met inside of their limits, or by the closed deviation that explains them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import Side
from quality_events.batches.stages import BatchStage
from quality_events.process_limits.rules import judged_yields
from quality_events.process_limits.terms import Elsewhere, Limited, LimitExplained, LongestTime, Point, StepPoint
from quality_events.readiness.conditions import judge
from quality_events.readiness.schemas import ReadinessCondition
from quality_events.readiness.terms import Condition
from quality_events.readiness.terms import ReadinessVerdict as Verdict
from tests.dossiers import TODAY, WORLD, batch, condition, told, usual
from tests.process_limits import (
    FOR_SITE,
    FOUND,
    GOOD,
    LOW,
    PRESSED,
    V1,
    V2,
    explained,
    kg,
    limited,
    made,
    stage,
    version,
)


def judged(name: str, limited: Limited | None, **more: Any) -> Condition:
    return condition(replace(batch([], **more), limited=limited), name)


@pytest.mark.parametrize(
    ("stages", "by", "verdict", "why"),
    [
        (GOOD, [], Verdict.met, "239 kg of 240 kg"),
        (LOW, [], Verdict.not_met, f"{FOUND}: no deviation explains it"),
        (LOW, [explained()], Verdict.met, f"{FOUND}: DEV-1 explains it, LEX-1"),
        (LOW, [explained(settled=False)], Verdict.not_met, "DEV-1, which is to explain it, is not closed"),
        (LOW, [explained(found="another value")], Verdict.not_met, "LEX-1 explains something else"),
        (LOW, [explained(limit_name="yield of coating")], Verdict.not_met, "no deviation explains it"),
        (LOW, [explained(id=None, number=None, deviation=None)], Verdict.met, "a deviation explains it"),
        (GOOD[:1], [], Verdict.unknown, "nobody stated a stage compression"),
    ],
)
def test_what_lies_outside_is_met_by_a_closed_deviation_that_explains_this_very_finding(
    stages: Sequence[BatchStage], by: Sequence[LimitExplained], verdict: Verdict, why: str
) -> None:
    found = judged("yield_explained", limited(*stages, by=by))
    assert (found.verdict, why in found.texts[0]) == (verdict, True), found.texts
    seen = ReadinessCondition.of(found, WORLD.maker, "UTC")
    assert (seen.verdict, seen.why) == (verdict, found.findings[0].text), "the maker reads by what it is judged"


def test_whose_turn_it_is() -> None:
    for by, owner in (([], Side.maker), ([explained(settled=False)], Side.sponsor)):
        assert judged("yield_explained", limited(*LOW, by=by)).owner == owner


def test_where_one_limit_was_not_kept_another_that_is_not_known_does_not_hide_it() -> None:
    more = replace(PRESSED, step="coating")
    both = replace(limited(*LOW), versions=[version(yields=[more, PRESSED])])
    assert judged("yield_explained", both).verdict == Verdict.not_met


AWAY = UUID(int=7)
PACKED = replace(PRESSED, step="packaging")
WAITED = LongestTime(Point("granulation", StepPoint.end), Point("Packaging", StepPoint.start), Decimal(72))


def packed(inside: bool | None, by: Sequence[LimitExplained] = (), **more: Any) -> Limited:
    """A batch of which another partner did the packaging, of which its limits ask."""
    version_ = version(yields=[PACKED], times=[WAITED])
    of_it = {"started_at": "2018-11-07", "ended_at": "2018-11-08", "content": "0f"} | more
    away = Elsewhere(step="packaging", site_id=AWAY, inside={version_.id: inside}, **of_it)
    return Limited(making=made(GOOD[0], elsewhere=[away]), versions=[version_], explained=by)


@pytest.mark.parametrize(("holds", "verdict"), [(True, "met"), (False, "not_met"), (None, "unknown")])
def test_a_step_that_another_partner_does_is_judged_and_nothing_of_it_is_told(holds: Any, verdict: str) -> None:
    for name, found in (
        ("yield_explained", packed(holds)),
        ("within_times", packed(True, started_at={True: "2018-11-07", False: "2018-12-07", None: None}[holds])),
    ):
        one = judged(name, found, expiry_date="2090-11")
        assert (one.verdict, one.owner) == (verdict, None if holds else Side.owner)
        assert "done at another partner's site" in one.texts[-1 if name == "yield_explained" else 1], one.texts
        assert [each for each in ("2018-11", "2018-12", str(AWAY), "0f") if each in "; ".join(one.texts)] == []
    for come, verdict_ in (("238", verdict), ("1", "not_met"), (None, verdict if holds is False else "unknown")):
        own = stage("Packaging", planned=kg("240"), actual=kg(come) if come else None)
        of_both = packed(holds)
        one = judged("yield_explained", replace(of_both, making=replace(of_both.making, stages=[*GOOD, own])))
        assert (one.verdict, "kg" in one.texts[0]) == (verdict_, False), one.texts


def test_a_deviation_explains_what_another_partner_did_for_these_very_values_and_in_one_text_for_all() -> None:
    of_it = packed(False)
    (outside,) = judged_yields(of_it.versions[0], of_it.making)
    by = explained(limit_name=outside.name, found=outside.found)
    texts = []
    for known in (by, replace(by, id=None, number=None, deviation=None)):
        one = judged("yield_explained", replace(of_it, explained=[known]))
        assert one.verdict == Verdict.met
        texts.append(one.texts)
    assert texts[0] == texts[1]
    other = judged("yield_explained", packed(False, by=[by], content="0e"))
    assert (other.verdict, "explains something else" in other.texts[0]) == (Verdict.not_met, True)


def test_without_limits_it_is_as_before_and_quality_may_state_it() -> None:
    for name in ("yield_explained", "within_times"):
        for none in (
            None,
            Limited(making=made()),
            replace(limited(), versions=[version(yields=[], times=[])]),
            limited(started_at="2017-06-01"),
        ):
            one = judged(name, none)
            assert (one.verdict, one.stateable) == (Verdict.unknown, True)
            assert one.stated_of == judged(name, None).stated_of, "what was stated of it before, still is"
        unsure = judged(name, limited(*GOOD, started_at=None))
        assert unsure.verdict == Verdict.unknown
        assert [each for each in unsure.texts if each.startswith("nobody stated when it began")]


def test_hold_times_and_shelf_life_are_both_kept() -> None:
    kept = limited(*GOOD)
    assert judged("within_times", kept, expiry_date="2028-04").verdict == Verdict.met
    assert judged("within_times", kept).verdict == Verdict.unknown, "its expiry is not stated"
    assert judged("within_times", kept, expiry_date="2026-04").texts == ["it expired 2026-04"]
    late = limited(GOOD[0], stage(started_at="2018-11-20"))
    assert judged("within_times", late, expiry_date="2028-04").verdict == Verdict.not_met


def test_who_signs_reads_that_limits_were_confirmed_after_the_making_began() -> None:
    late = version(confirmed_at=datetime(2018, 12, 24, 12, tzinfo=UTC))
    texts = judged("yield_explained", replace(limited(*GOOD), versions=[late])).texts
    assert "PL-1 was confirmed on 2018-12-24, after it began" in texts
    assert not [each for each in judged("yield_explained", limited(*GOOD)).texts if "confirmed" in each]


FACTS = told(*usual())
EXPLAINED = [replace(explained(limit_name=each), id=None) for each in ("yield of compression", "x", "y")]


@settings(max_examples=40, deadline=None)
@given(st.permutations(FACTS), st.permutations([V1, V2, FOR_SITE]), st.permutations(LOW), st.permutations(EXPLAINED))
def test_readiness_is_the_same_whatever_the_order_of_facts_versions_stages_and_explanations(
    facts: Any, versions: Any, stages: Any, by: Any
) -> None:
    def said(known: Any, *of: Any) -> Any:
        making = made(*of[1], started_at="2018-07")
        return judge(
            replace(batch(known), limited=Limited(making=making, versions=of[0], explained=of[2])), "AT", TODAY
        )

    assert said(facts, versions, stages, by) == said(FACTS, [V1, V2, FOR_SITE], LOW, EXPLAINED)
