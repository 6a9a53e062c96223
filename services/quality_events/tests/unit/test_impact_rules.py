"""What of a cause concerns a released batch, by when it is assessed, and by whom."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Classification
from contracts.impacts import DistributionImpactAssessed, ImpactAssessed, ImpactGround, ImpactOutcome
from quality_events.copies.known import KnownFact
from quality_events.impacts.making import changed, first_told
from quality_events.impacts.rules import OF_MAKING, Known, News, of_making, unweighed, was_judged
from quality_events.recalls.model import Recall
from quality_events.recalls.schemas import RecallState
from runtime.problems import RuleViolated
from tests.quality_records import LOT, NOW, impact, recall

HOUR = timedelta(hours=1)
FRIDAY = datetime(2026, 3, 6, 15, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 9, 23, tzinfo=UTC)
"""As Monday ends in Vienna."""
BATCH = UUID(int=7)


@pytest.mark.parametrize(
    ("settled", "told", "judged"),
    [(True, -HOUR, True), (True, HOUR, False), (True, 0 * HOUR, False), (False, -HOUR, False), (False, HOUR, False)],
)
def test_a_release_weighed_what_had_ended_before_it(settled: bool, told: timedelta, judged: bool) -> None:
    assert was_judged(settled=settled, told_at=NOW + told, released_at=NOW) is judged


@pytest.mark.parametrize(
    ("severity", "concerns"), [(None, True), (Classification.minor, False), (Classification.major, True)]
)
def test_an_authority_hears_of_what_is_not_judged_and_not_of_a_minor(
    severity: Classification | None, concerns: bool
) -> None:
    cause = Known(ImpactGround.deviation, uuid4(), [], NOW, severity=severity, settled=False)
    assert cause.concerns_authorities is concerns


def test_what_is_asked_again_is_known_since_the_evidence_came() -> None:
    cause = Known(ImpactGround.oos, uuid4(), [], NOW - timedelta(90), severity=None, settled=False)
    assert [cause.known_at(round) for round in (1, 2)] == [NOW - timedelta(90)] * 2
    again = replace(cause, reopened_at=NOW)
    assert [again.known_at(round) for round in (1, 2)] == [NOW - timedelta(90), NOW]
    confirmed = replace(cause, confirmed_at=NOW)
    assert [confirmed.known_at(round) for round in (1, 2)] == [NOW - timedelta(90), NOW]
    both = [replace(again, confirmed_at=NOW + each).news_at for each in (-HOUR, HOUR)]
    assert both == [NOW, NOW + HOUR], "what came last"


def news(*hours: int, open: bool = False) -> list[News]:
    """What came so many hours after now."""
    return [News(NOW + each * HOUR, f"at {each}", open) for each in hours]


def test_a_release_weighed_what_had_come_before_it_and_nothing_that_is_open() -> None:
    assert [each.text for each in unweighed(news(-1, 0, 1), NOW)] == ["at 0", "at 1"]
    assert unweighed(news(-1, open=True), NOW) == news(-1, open=True)


@pytest.mark.parametrize("ground", sorted(OF_MAKING))
def test_what_becomes_known_of_the_making_is_no_defect_that_an_authority_hears_of(ground: ImpactGround) -> None:
    cause = of_making(ground, BATCH, news(1, 3))
    assert not cause.concerns_authorities
    assert (cause.sponsor_aware_at, cause.unasked([])) == (NOW + HOUR, news(1, 3))
    assert cause.unasked(["at 1, 2026-03-01T09:00:00.000+00:00", "at 3"]) == news(3), (
        "the same words of another instant"
    )
    one = impact(cause_type=ground, news=["at 1"])
    assert (one.learn(["at 1"]), one.learn(["at 3"]), one.news) == (False, True, ["at 1", "at 3"])
    (told,) = one.assess(ImpactOutcome.none, "x", distributed=True, by="qa", now=NOW)
    assert (type(told), told.cause_type) == (ImpactAssessed, ground), "the first version has no word for it"


def test_a_lot_went_in_when_it_was_told_of_first_and_what_is_from_before_that_was_kept_is_none() -> None:
    told = [(LOT.id, "P 1", NOW + HOUR), (LOT.id, "P 1", NOW), (BATCH, "Q 2", NOW), (BATCH, "Q 2", None)]
    for order in permutations(told):
        assert first_told(order) == [News(NOW, "P 1 went in")]


KEPT: dict[str, Any] = {"id": BATCH, "kind": "ResultsReported", "about": "lot", "key": "lot", "sequence": 1}
RESULT: dict[str, Any] = {"result_id": "r", "test": "assay"}
TOLD: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "the first": ([{}], []),
    "one that amends": ([{"supersedes": "q"}], ["amended"]),
    "it is told again": ([{"supersedes": "q"}, {"supersedes": "q", "evaluation": "pass"}], ["amended"]),
    "one that voids": ([{"supersedes": "q", "voided": True}], ["voided"]),
    "one that came after what amends it": ([{"superseded_by": "s"}], []),
    "not reportable from the beginning": ([{"reportable": False}], []),
    "not reportable any more": ([{"reportable": True}, {"reportable": False}, {"reportable": False}], ["reportable"]),
}


@pytest.mark.parametrize(("said", "expected"), TOLD.values(), ids=TOLD)
def test_a_result_that_is_amended_is_news_once_whatever_it_says(
    said: list[dict[str, Any]], expected: list[str]
) -> None:
    facts = [
        KnownFact(**KEPT, recorded_at=NOW, received_at=at, said={"results": [RESULT | each]})
        for each, at in zip(said, [None, NOW + HOUR, NOW + 2 * HOUR], strict=False)
    ]
    found = changed(facts)
    assert [word for word in expected if word in found[expected.index(word)].text] == expected
    assert [each.at for each in found] == [NOW if facts[0].said["results"][0].get("supersedes") else NOW + HOUR][
        : len(found)
    ]


def test_it_is_due_a_working_day_of_the_sponsor_later_and_not_before_there_was_a_release() -> None:
    assert impact(sponsor_aware_at=FRIDAY, released_at=FRIDAY - HOUR).due_at == TUESDAY
    late = impact(sponsor_aware_at=FRIDAY - timedelta(30), released_at=FRIDAY)
    assert (late.sponsor_aware_at, late.due_at) == (FRIDAY - timedelta(30), TUESDAY)
    assert impact(sponsor_aware_at=FRIDAY, released_at=None).due_at == TUESDAY


def test_nothing_is_called_stopped_that_may_be_distributed() -> None:
    one = impact()
    with pytest.raises(RuleViolated, match="stop its disposition first"):
        one.assess(ImpactOutcome.stopped, "x", distributed=True, by="qa", now=NOW)
    first, told = one.assess(ImpactOutcome.none, "x", distributed=True, by="qa", now=NOW)
    assert isinstance(told, ImpactAssessed)
    assert (told.outcome, told.impact_id, one.assessed_by) == ("none", one.id, "qa")
    assert isinstance(first, DistributionImpactAssessed), "in its first version too"


def test_what_was_assessed_late_stays_late() -> None:
    one = impact(sponsor_aware_at=FRIDAY, released_at=None)
    assert (one.was_in_time(TUESDAY), one.was_in_time(TUESDAY + HOUR)) == (None, False)
    one.assess(ImpactOutcome.none, "x", distributed=True, by="qa", now=TUESDAY + HOUR)
    assert (one.was_in_time(TUESDAY + HOUR), one.is_overdue(TUESDAY + HOUR)) == (False, False)


def recalled(state: RecallState, *, mock: bool = False) -> Recall:
    """A recall that stands so."""
    one = recall()
    one.state, one.mock = state, mock
    return one


@pytest.mark.parametrize(
    ("named", "why"),
    [
        (None, "propose a recall of the batch from AT"),
        (recalled(RecallState.started, mock=True), "RCL-2026-10001 is an exercise"),
        (recalled(RecallState.declined), "RCL-2026-10001 is declined"),
        (recalled(RecallState.closed), "RCL-2026-10001 is closed"),
    ],
)
def test_a_recall_is_proposed_that_somebody_waits_for(named: Recall | None, why: str) -> None:
    one = impact()
    with pytest.raises(RuleViolated, match=why):
        one.assess(ImpactOutcome.recall_proposed, "x", True, "qa", NOW, named)
    running = recalled(RecallState.proposed)
    one.assess(ImpactOutcome.recall_proposed, "x", True, "qa", NOW, running)
    assert (one.state, one.recall_id) == ("assessed", running.id)
