"""Investigations of results out of trend: facts in any order end alike, people end them, and releases weigh them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.sample_tracking import Evaluation
from contracts.trend_investigations import OotConcluded, OotConclusion, OotOpened, OotWithdrawn
from quality_events import clocks
from quality_events.oot_investigations.model import OotInvestigation
from quality_events.oot_investigations.schemas import ConcludeOot, ProposeOotConclusion
from quality_events.oot_investigations.terms import AS_OOS, IN_TREND, OotState
from quality_events.readiness.terms import ConditionName, Finding, met, unmet
from quality_events.readiness.trends import with_trends
from runtime.lifecycle import allowed_now
from tests.dossiers import batch
from tests.quality_records import LOT, NOW, trend, trend_told

OOS = "oos"
"""That an investigation as OOS is there, from the moment on that it is told."""
told = st.fixed_dictionaries(
    {"holds": st.booleans(), "evaluation": st.sampled_from(Evaluation), "upper": st.decimals(100, 102, places=1)}
)


def end_of(facts: Sequence[Any]) -> dict[str, Any] | None:
    """What is kept of a result after facts came in this order."""
    one, as_oos = None, False
    for each in facts:
        if each == OOS:
            as_oos = True
            if one:
                one.give_way(NOW)
        elif one is None:
            one = OotInvestigation.open("OOT-2026-00001", replace(each, as_oos=as_oos), None)[0]
        else:
            one.take(replace(each, as_oos=as_oos))
    not_compared = {"id", "created_at", "updated_at"}
    return {name: value for name, value in dict(one).items() if name not in not_compared} if one else None


@given(facts=st.lists(told, min_size=1, max_size=4), with_oos=st.booleans(), data=st.data())
def test_facts_late_twice_and_in_any_order_end_alike(facts: Any, with_oos: bool, data: st.DataObject) -> None:
    in_order: list[Any] = [trend_told(at, **each) for at, each in enumerate(facts, 1)]
    in_order += [OOS] * with_oos
    again = data.draw(st.lists(st.sampled_from(in_order), max_size=3))
    assert end_of(data.draw(st.permutations([*in_order, *again]))) == end_of(in_order)


@pytest.mark.parametrize(
    ("fact", "state", "because"),
    [
        ({}, OotState.phase_1, None),
        ({"evaluation": Evaluation.not_evaluated}, OotState.phase_1, None),
        ({"holds": False}, OotState.withdrawn, IN_TREND),
        ({"evaluation": Evaluation.out_of_specification}, OotState.withdrawn, AS_OOS),
        ({"as_oos": True}, OotState.withdrawn, AS_OOS),
    ],
)
def test_it_is_opened_only_where_there_is_something_to_investigate(fact: Any, state: OotState, because: Any) -> None:
    one, facts = OotInvestigation.open("OOT-2026-00001", trend_told(**fact), None)
    assert (one.state, one.withdrawn_because) == (state, because)
    assert [type(each) for each in facts] == ([] if because else [OotOpened])
    assert one.due_at == clocks.due_at(trend_told().told_at, clocks.OOS_DUE_DAYS, "UTC")


def test_what_is_taken_back_drops_what_was_found_and_begins_anew_when_it_is_told_again() -> None:
    one = trend()
    one.propose_conclusion(OotConclusion.explained, "a column", "worksheet 3", "lea", NOW)
    (gone,) = one.take(trend_told(2, holds=False))
    assert isinstance(gone, OotWithdrawn)
    assert (gone.reason, one.cause, one.proposed_by, allowed_now(one)) == (IN_TREND, None, None, [])
    assert one.take(trend_told(3, holds=False)) == [], "that is told already"
    (again,) = one.take(trend_told(4, upper=Decimal(99)))
    assert isinstance(again, OotOpened)
    assert (one.state, one.upper, one.aware_at) == (OotState.phase_1, Decimal(99), trend_told(4).told_at)


def test_it_is_measured_by_when_it_was_told_first() -> None:
    one = OotInvestigation.open("OOT-2026-00001", trend_told(1, holds=False), None)[0]
    assert one.first_due_at is None, "there was nothing to conclude"
    for at, holds in ((2, True), (3, False), (4, True)):
        one.take(trend_told(at, holds=holds, upper=Decimal(99 + at)))
    first, again = (clocks.due_at(trend_told(at).told_at, clocks.OOT_DUE_DAYS, "UTC") for at in (2, 4))
    found: Any = (one.first_due_at, one.due_at)
    assert found == (first, again)
    one.count_days_in("Europe/Ljubljana", NOW)
    assert one.first_due_at == clocks.due_at(trend_told(2).told_at, clocks.OOT_DUE_DAYS, "Europe/Ljubljana")


def test_it_ends_in_phase_1_by_another_person_and_what_is_told_later_changes_no_finding() -> None:
    one = trend()
    one.propose_conclusion(OotConclusion.no_assignable_cause, None, "worksheet 3", "lea", NOW)
    concluded = one.approve_conclusion(NOW)
    assert isinstance(concluded, OotConcluded)
    assert (concluded.conclusion, concluded.lot, concluded.cause) == (OotConclusion.no_assignable_cause, LOT, None)
    assert [one.take(trend_told(2, holds=False, upper=Decimal(99))), one.give_way(NOW)] == [[], []]
    assert (one.state, one.holds, one.upper, one.withdrawn_because) == ("concluded", False, Decimal("101.9"), None)


def test_what_is_returned_says_why_and_is_proposed_anew() -> None:
    one = trend()
    one.propose_conclusion(OotConclusion.explained, "a column", "worksheet 3", "lea", NOW)
    one.return_conclusion("which column?")
    found: Any = (one.state, one.return_reason, one.conclusion, one.evidence, one.proposed_by)
    assert found == (OotState.phase_1, "which column?", None, None, None)
    one.open_phase_2("it is the granulate", "ana", NOW)
    assert allowed_now(one) == ["conclude"]


def test_phase_2_keeps_its_clock_and_is_ended_by_a_person() -> None:
    one = trend()
    due_at, aware_at = one.due_at, one.aware_at
    one.open_phase_2("it is the granulate", "ana", NOW)
    later = trend_told(1).told_at + timedelta(days=29)
    (told,) = one.take(replace(trend_told(2, upper=Decimal("101.8")), told_at=later))
    assert isinstance(told, OotOpened)
    assert one.take(replace(trend_told(3, holds=False), told_at=later)) == []
    found: Any = (one.state, one.phase_2_reason, one.due_at, one.aware_at, one.upper, one.holds, one.withdrawn_because)
    assert found == (OotState.phase_2, "it is the granulate", due_at, aware_at, Decimal("101.8"), False, None)
    assert isinstance(one.give_way(NOW)[0], OotWithdrawn), "it is investigated as OOS, by persons too"


@pytest.mark.parametrize("body", [ProposeOotConclusion, ConcludeOot])
@pytest.mark.parametrize(("conclusion", "cause"), [("explained", None), ("no_assignable_cause", "a column")])
def test_what_is_explained_has_a_cause_and_nothing_else(body: Any, conclusion: str, cause: Any) -> None:
    with pytest.raises(ValidationError, match="names its cause"):
        body(conclusion=conclusion, cause=cause, evidence="worksheet 3")


def test_a_release_weighs_what_is_open_and_is_blocked_by_none() -> None:
    dossier = replace(batch([]), trends=[seen(trend())])
    weighed = with_trends(met(ConditionName.oos_concluded, Finding("none")), dossier)
    assert (weighed.blocks, weighed.weighs, weighed.findings[-1].number) == (False, True, "OOT-2026-00001")
    assert weighed.findings[-1].reader == LOT.partner_id, "whose lot it is reads of it"
    blocked = unmet(ConditionName.oos_concluded, Finding("OOS-1"))
    assert with_trends(blocked, dossier) == blocked
    assert not with_trends(met(ConditionName.oos_concluded), batch([])).weighs


def seen(one: OotInvestigation) -> dict[str, Any]:
    return one.model_dump(mode="json", include={"id", "number", "state", "test", "value", "unit", "partner_id"})
