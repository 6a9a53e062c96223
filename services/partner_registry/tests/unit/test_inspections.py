"""The rules of inspections: what is due when, what was promised, and who owes the next step."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Side
from contracts.partner_registry import InspectionKind, InspectionOutcome, InspectionState, LetterKind
from partner_registry.inspections.model import Inspection
from partner_registry.inspections.schemas import Observation
from runtime.lifecycle import NotAllowedNow, allowed_now, table
from runtime.problems import RuleViolated

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
ZONE = "America/New_York"
NOTED = [Observation(text="Cleaning is not validated", ours=True)]


def announced(**changes: Any) -> Inspection:
    said: dict[str, Any] = {
        "site_id": uuid4(), "partner_id": uuid4(), "number": "INSP-2026-00001", "authority": "FDA",
        "kind": InspectionKind.routine, "announced_at": NOW - timedelta(60), "told_sponsor_at": NOW - timedelta(59),
        "starts_on": date(2026, 5, 11), "now": NOW,
    }  # fmt: skip
    return Inspection.announce(**said | changes)[0]


def observed(ended_on: date = date(2026, 5, 15), *, form_483: bool = False) -> Inspection:
    one = announced()
    one.observe(ended_on, NOTED, form_483, ZONE, NOW)
    return one


def test_the_answer_to_a_form_483_is_due_after_15_working_days_of_the_federal_calendar() -> None:
    """Memorial Day, 25 May 2026, is none of them."""
    one = observed(date(2026, 5, 15), form_483=True)
    assert one.answer_due_at == datetime(2026, 6, 9, 4, tzinfo=UTC)  # the end of 8 June in New York
    assert [one.is_late(one.answer_due_at + timedelta(seconds=at)) for at in (0, 1)] == [False, True]
    one.answer(date(2026, 6, 1), "0" * 64, ZONE, NOW)
    assert not one.is_late(datetime(2027, 1, 1, tzinfo=UTC))
    assert observed().answer_due_at is None


def test_a_form_483_without_observations_is_none() -> None:
    with pytest.raises(RuleViolated, match="lists observations"):
        announced().observe(date(2026, 5, 15), [], True, ZONE, NOW)


@pytest.mark.parametrize("day", [date(2026, 6, 2), date(2027, 1, 1)])
def test_what_has_not_come_has_not_happened(day: date) -> None:
    with pytest.raises(RuleViolated, match="has not come"):
        announced().begin(day, ZONE, NOW)
    with pytest.raises(RuleViolated, match="has not come"):
        announced().observe(day, [], False, ZONE, NOW)


def test_it_does_not_end_before_it_begins_and_is_not_told_before_it_was_announced() -> None:
    one = announced()
    one.begin(date(2026, 5, 12), ZONE, NOW)
    with pytest.raises(RuleViolated, match="on which it began"):
        one.observe(date(2026, 5, 11), [], False, ZONE, NOW)
    with pytest.raises(RuleViolated, match="before announced_at"):
        announced(told_sponsor_at=NOW - timedelta(61))


def test_a_promise_is_reported_once_when_its_last_day_is_over_at_the_site() -> None:
    one = observed()
    for text, due_on in (("validate", date(2026, 6, 1)), ("train", date(2026, 6, 30)), ("repair", date(2026, 6, 1))):
        one.promise(text, due_on, ZONE)
    one.keep(3, "0" * 64, "ana", NOW)
    end = datetime(2026, 6, 2, 4, tzinfo=UTC)
    with pytest.raises(RuleViolated, match="is overdue"):
        one.fall_overdue(end - timedelta(seconds=1))
    assert (one.first_open_at, one.report_at) == (end, end)


def test_it_closes_when_every_promise_is_kept() -> None:
    one = observed()
    one.promise("validate", date(2026, 9, 30), ZONE)
    assert one.turn() == {Side.owner}
    one.classify(InspectionOutcome.vai, date(2026, 6, 1), ZONE, NOW)
    assert (one.turn(), "close" in allowed_now(one)) == ({Side.owner}, False)
    with pytest.raises(RuleViolated, match="not kept yet"):
        one.close()
    one.keep(1, "0" * 64, "ana", NOW)
    with pytest.raises(RuleViolated, match="no commitment 1"):
        one.keep(1, "0" * 64, "ana", NOW)
    assert (one.turn(), "close" in allowed_now(one)) == ({Side.sponsor}, True)
    one.close()
    letter = one.receive_letter(LetterKind.warning_letter, date(2026, 6, 1), "WL 1", ZONE, NOW)
    assert (letter.outcome, [each.reference for each in letter.letters]) == (InspectionOutcome.vai, ["WL 1"])
    assert one.state == InspectionState.closed


STEPS: dict[str, Any] = {
    "begin": lambda one: one.begin(date(2026, 5, 11), ZONE, NOW),
    "observe": lambda one: one.observe(date(2026, 5, 15), NOTED, False, ZONE, NOW),
    "answer": lambda one: one.answer(date(2026, 5, 30), "0" * 64, ZONE, NOW),
    "promise": lambda one: one.promise("validate", date(2026, 9, 30), ZONE),
    "keep": lambda one: one.keep(one.open_commitments[0], "0" * 64, "ana", NOW),
    "receive_letter": lambda one: one.receive_letter(LetterKind.snc, date(2026, 6, 1), "4", ZONE, NOW),
    "classify": lambda one: one.classify(InspectionOutcome.oai, date(2026, 6, 1), ZONE, NOW),
    "close": lambda one: one.close(),
}


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=14))
def test_no_sequence_escapes_the_table(steps: list[str]) -> None:
    one = announced()
    assert {row.name for row in table(Inspection)} == {*STEPS, "cover", "fall_overdue"}
    for step in steps:
        if step in allowed_now(one):
            STEPS[step](one)
        elif step not in ("keep", "close"):
            with pytest.raises(NotAllowedNow):
                STEPS[step](one)
        if one.state == InspectionState.closed:
            assert one.kept
