"""A slip of the pen is refused, and what nothing judges is said before it is signed."""

from typing import Any

import pytest

from contracting.agreement_versions.schemas import ClauseRead
from contracting.clauses.catalogue import defaults, is_executed
from contracting.clauses.moments import faults, unjudged
from contracting.clauses.terms import Clause
from contracting.obligations.told import MOMENTS
from contracts.contracting import ClauseKind
from services.contracting.tests.agreeing import DEVIATIONS
from services.contracting.tests.obliging import clauses


def clause(**said: Any) -> Clause:
    return Clause.model_validate(DEVIATIONS | said)


@pytest.mark.parametrize(
    ("said", "field", "right"),
    [
        ({"start": "Devation.partner_aware_at"}, "start", "Deviation.partner_aware_at"),
        ({"start": "Deviation.partner_awar_at"}, "start", "Deviation.partner_aware_at"),
        ({"start": "Deviations.partner_aware_at"}, "start", "Deviation.partner_aware_at"),
        ({"start": "OOS.opened_at", "amounts": {"": 24}}, "start", "Oos.opened_at"),
        ({"end": "Deviation"}, "end", "Deviation.closed_at"),
        ({"start": "OosOpened.detected_at", "amounts": {"": 24}}, "start", "Oos.opened_at"),
        ({"unit": "working_days", "calendar": "Mars"}, "calendar", "there is no calendar 'Mars'; known are"),
        ({"end": "Deviation.partner_aware_at"}, "end", "what has to have happened"),
        ({"start": "Deviation.sponsor_aware_at", "end": "Deviation.partner_aware_at"}, "end", "a later moment"),
        ({"start": "Batch.completed_at", "end": "Oos.notified_at", "amounts": {"": 24}}, "end", "a moment of that"),
        ({"amounts": {"Critical": 24, "major": 72}}, "amounts", "critical, major, minor"),
        ({"amounts": {"": 24, "moderate": 72}}, "amounts", "critical, major, minor"),
        ({"classes": ["crit"]}, "classes", "critical, major, minor"),
        ({"classes": ["minor"]}, "amounts", "no amount"),
        ({"start": "Oos.opened_at", "end": "Oos.notified_at"}, "amounts", "no classes"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_would_be_right(said: Any, field: str, right: str) -> None:
    found = [(name, why) for name, why in faults(clause(**said)) if name == field]
    assert len(found) == 1
    assert right in found[0][1]


def test_the_catalogue_and_what_no_fact_tells_yet_are_taken() -> None:
    for each in clauses(*(default.code for default in defaults())):
        assert [*faults(each)] == [], each.code
    assert [*faults(clause(start="Pallet.left_at", end="Pallet.arrived_at"))] == []
    classify = clause(amounts={"": 5}, start="Change.implemented_at", end="Change.classified_at")
    assert [*faults(classify)] == [], "in an emergency a change is made first"


def test_what_nothing_judges_is_said_by_clause_and_by_class() -> None:
    all_classes = clause(code="all", amounts={"": 24})
    waits = clause(code="waits", start="Pallet.left_at", end="Pallet.arrived_at")
    some = clause(code="some", classes=["major"], amounts={"": 24})
    assert unjudged([clause(), all_classes, waits, some]) == [
        "notify_deviation: it asks nothing of the class minor",
        "waits: nothing judges it yet, it waits for a fact that tells Pallet.left_at and Pallet.arrived_at",
        "some: it asks nothing of the class critical, minor",
    ]


@pytest.mark.parametrize(
    ("said", "waits_for"),
    [
        ({}, None),
        ({"end": "Product.recalled_at"}, "a fact that tells Product.recalled_at"),
        ({"kind": "recurring"}, "a rule by which clauses of the kind recurring are judged"),
    ],
)
def test_each_clause_shows_whether_it_is_judged_and_what_it_waits_for(said: Any, waits_for: str | None) -> None:
    read = ClauseRead.model_validate(DEVIATIONS | said)
    assert (read.executed, read.waits_for, read.left_out_classes) == (waits_for is None, waits_for, ["minor"])


def test_a_clause_over_two_subjects_is_judged_by_nobody() -> None:
    kind = ClauseKind.deadline
    assert is_executed(kind, "Oos.opened_at", "Oos.notified_at")
    assert not is_executed(kind, "Batch.completed_at", "Oos.notified_at")
    assert {"Batch.completed_at", "Oos.notified_at"} <= MOMENTS
