"""What a closure report tells, and who may own what is open when a transfer is closed."""

import json
from datetime import timedelta
from typing import Any

import pytest

from contracts.changes import ChangeCategory
from contracts.tech_transfer import Gate, GateVerdict
from runtime.problems import RuleViolated
from services.tech_transfer.tests.unit.dossiers import BEGAN, at, dossier, noted, taken, transfer
from serving.canonical import sha256
from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.schemas import ActionCause, ActionState
from tech_transfer.closure.model import ClosureReport
from tech_transfer.closure.rules import changed, ownerless
from tech_transfer.closure.sections import content
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Unit
from tech_transfer.lessons.model import Lesson
from tech_transfer.lessons.schemas import LessonCategory, LessonState
from tech_transfer.submissions.model import Submission
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import TechTransferState

MONDAY = BEGAN.date()


def action(of: Transfer, owner: str | None, state: ActionState = ActionState.open) -> TransferAction:
    """An action of a first gate."""
    about: dict[str, Any] = {"gate": Gate.initiation, "rule": GateRule.team, "text": "name one", "unit": Unit.receiving}
    number = f"TTA-{owner}"
    return TransferAction(
        number=number, cause=ActionCause.condition, state=state, owner=owner, **columns_of(of), **about
    )


def told(known: Dossier) -> dict[str, list[list[str]]]:
    """The rows of each section."""
    return {each["name"]: each["rows"] for each in json.loads(content(known))}


def closing(**more: Any) -> tuple[Transfer, Dossier]:
    """A transfer that passed all gates, the first of them three days late."""
    of = transfer()
    of.state = TechTransferState.closure
    decisions = [taken(of, gate, at(17 + place)) for place, gate in enumerate(Gate)]
    row = noted(Unit.receiving, BEGAN, at(17), since=BEGAN, record_type="transfer_action", record_number="TTA-1")
    return of, dossier(of, MONDAY + timedelta(400), decisions=decisions, blocking=[row], **more)


def test_it_tells_plan_and_actual_and_the_days_of_each_side() -> None:
    _, known = closing()
    rows = told(known)
    assert rows["plan_and_actual"][0] == [
        *("initiation", "2026-01-19", "2026-01-19"),
        *("2026-01-22", "passed", "GD-1"),
    ]
    assert rows["days_by_side"] == [["initiation", "3", "receiving", "3"]]
    assert rows["days_by_record"] == [["initiation", "receiving", "team", "transfer_action", "TTA-1", "3"]]
    assert rows["lessons"] == rows["submissions"] == rows["actions"] == []
    notes = {each["name"]: each["note"] for each in json.loads(content(known))}
    assert notes["lessons"] == "Nobody has recorded a lesson."


def test_it_does_not_change_as_days_pass() -> None:
    of, known = closing()
    later = dossier(of, known.today + timedelta(999), decisions=known.decisions, blocking=known.blocking)
    assert content(later) == content(known)


def test_lessons_that_count_and_submissions_stand_in_it() -> None:
    of, _ = closing()
    said: dict[str, Any] = {"title": "x", "text": "y", "recommendation": "z", "recorded_by": "ana"}
    said |= columns_of(of) | {"category": LessonCategory.package}
    lessons = [Lesson(number="LL-1", **said), Lesson(number="LL-2", state=LessonState.withdrawn, **said)]
    submission = Submission.plan(of, BEGAN, number="SUB-1", market="AT", kind=ChangeCategory.ib, planned_on=MONDAY)
    submission.file(MONDAY, BEGAN)
    of, known = closing(lessons=lessons, submissions=[submission], actions=[action(of, "Ana")])
    rows = told(known)
    assert rows["lessons"] == [["LL-1", "package", "x", "y", "z"]]
    assert rows["submissions"] == [["SUB-1", "AT", "ib", "filed", "2026-01-05", ""]]
    assert rows["actions"][0][-3:] == ["open", "Ana", ""]


def test_what_is_open_has_an_owner_who_stays() -> None:
    of = transfer()
    actions = [
        action(of, None),
        action(of, " ana  NOVAK"),
        action(of, "Bor"),
        action(of, "Ana Novak", ActionState.done),
    ]
    team = [{"person": "Ana Novak", "unit": "MSAT", "role": "lead"}]
    assert ownerless(actions, team) == ["TTA-None", "TTA- ana  NOVAK"]
    assert ownerless(actions, []) == ["TTA-None"]


def test_what_was_written_before_is_compared_by_sections() -> None:
    _, known = closing()
    text = content(known)
    assert changed(text, text) == []
    known.decisions[0].verdict = GateVerdict.conditional
    assert changed(text, content(known)) == ["plan_and_actual"]
    assert "lessons" in changed(text, "[]")


def test_nobody_signs_what_changed_or_leaves_actions_without_an_owner() -> None:
    of, _ = closing()
    given: dict[str, Any] = columns_of(of) | {"content": "[]", "digest": sha256("[]"), "written_at": BEGAN}
    report = ClosureReport(number="TCR-1", **given)
    with pytest.raises(RuleViolated, match="refresh"):
        report.sign(["lessons"], [], "bor", BEGAN)
    with pytest.raises(RuleViolated, match="TTA-1"):
        report.sign([], ["TTA-1"], "bor", BEGAN)
    report.refresh('["x"]', "ana", BEGAN)
    assert (report.digest, report.prepared_by) == (sha256('["x"]'), ["ana"])
    report.sign([], [], "bor", BEGAN)
    assert report.signed_by == "bor"
