"""What is amended after a deviation has ended waits where it says more than the record, and than what was answered."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts import Classification, Lot, Side
from quality_events.deviations.late import gravest, waiting
from quality_events.deviations.lots import DeviationLot
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import DeviationState, LateAmendment
from quality_events.readiness.terms import ReadinessVerdict
from runtime.problems import RuleViolated
from tests.dossiers import batch, condition
from tests.quality_records import NOW, report

SITE, PARTNER = uuid4(), uuid4()
OWN, OTHER, THIRD = (
    Lot(id=UUID(int=at), number=f"B-{at}", material="AMLO-5", site_id=SITE, partner_id=PARTNER) for at in (1, 2, 3)
)


def said(revision: int, *lots: Lot, grave: Classification | None = None, answered: bool = False) -> LateAmendment:
    given: dict[str, Any] = {"revision": revision, "reported_at": NOW, "title": "x", "description": "", "category": "x"}
    answer = {"answer": "a copy", "answered_by": "ana", "answered_at": NOW} if answered else {}
    return LateAmendment(**given | answer, proposed_classification=grave, lots=lots)


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ([said(2, OWN)], []),
        ([said(2, OWN, grave=Classification.minor)], []),
        ([said(2, OWN, OTHER)], [OTHER]),
        ([said(2, OWN, grave=Classification.critical)], [OWN]),
        ([said(2, OTHER, grave=Classification.critical)], [OWN, OTHER]),
        ([said(2, OTHER), said(3, OWN)], [OTHER]),
        ([said(2, OTHER, answered=True), said(3, OTHER, THIRD)], [THIRD]),
        ([said(2, OWN, grave=Classification.critical, answered=True), said(3, OWN, grave=Classification.critical)], []),
        ([said(2, OTHER, answered=True)], []),
    ],
)
def test_it_waits_for_the_lots_of_which_it_says_more(late: list[LateAmendment], expected: list[Lot]) -> None:
    assert waiting([OWN.id], ["minor", "major"], late) == [lot.id for lot in expected]


def test_the_gravest_class_of_all_is_asked_about() -> None:
    two = [said(2, grave=Classification.major), said(3, grave=Classification.minor)]
    assert gravest([*two, said(4)]) is Classification.major
    assert gravest([said(2)]) is None


def test_quality_answers_what_it_read_and_nothing_of_the_record_changes() -> None:
    one = Deviation.report(report(1), "DEV-2026-00001")[0]
    one.state = DeviationState.closed
    before, lots = one.model_dump(include={"title", "classification"}), list[DeviationLot]()
    for revision in (2, 3):
        one.add_late_amendment(replace(report(revision), title="Worse", lots=(OWN, OTHER)), lots)
    assert (one.late_lot_ids, one.turn()) == ([OWN.id, OTHER.id], {Side.sponsor})
    with pytest.raises(RuleViolated, match="the newest that nobody answered is 3") as refused:
        one.answer_late_amendment(2, "a copy", lots, "ana", NOW)
    assert refused.value.extensions == {"fields": ["revision"]}
    one.answer_late_amendment(3, "a copy", lots, "ana", NOW)
    assert [(each.answer, each.answered_by, each.answered_at) for each in one.late] == [("a copy", "ana", NOW)] * 2
    assert (one.late_lot_ids, one.turn(), one.state) == (None, (), "closed")
    assert one.model_dump(include={"title", "classification"}) == before
    with pytest.raises(RuleViolated, match="nothing waits"):
        one.answer_late_amendment(3, "again", lots, "ana", NOW)


def test_it_stands_against_the_release_and_a_stranger_learns_no_number() -> None:
    since = "2026-05-09T08:00:00+00:00"
    late = {"id": uuid4(), "number": "DEV-1", "state": "closed", "since": since, "reader": "everybody"}
    found = condition(replace(batch([]), late=[late]), "deviations_settled")
    assert (found.verdict, found.owner, found.since) == (ReadinessVerdict.not_met, "sponsor", since)
    assert found.findings[0].text.startswith("DEV-1: it was amended after it was closed")
    hidden = dict.fromkeys(late, None)
    found = condition(replace(batch([]), late=[hidden]), "deviations_settled")
    assert (found.verdict, found.findings[0].reader, found.since) == (ReadinessVerdict.not_met, None, None)
