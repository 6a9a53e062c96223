"""What a closure report tells, and who may own what is open when a transfer is closed."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from contracts.changes import ChangeCategory
from contracts.method_transfers import CriterionKind
from contracts.tech_transfer import Gate, GateVerdict
from runtime.problems import RuleViolated
from services.tech_transfer.tests.package_moves import gap
from services.tech_transfer.tests.unit.dossiers import BEGAN, at, dossier, noted, taken, transfer
from serving.canonical import sha256
from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.schemas import ActionCause, ActionState
from tech_transfer.closure.model import ClosureReport
from tech_transfer.closure.rules import changed, ownerless, unended
from tech_transfer.closure.sections import content
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Unit
from tech_transfer.lessons.model import Lesson
from tech_transfer.lessons.schemas import LessonCategory, LessonState
from tech_transfer.method_transfers.criteria import Criterion
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.protocol import written
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.submissions.model import Submission
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import TechTransferState
from tests.qualifying_batches import ASSAY

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
    submission = Submission.plan(of, BEGAN, number="SBM-1", market="AT", kind=ChangeCategory.ib, planned_on=MONDAY)
    submission.file(MONDAY, BEGAN)
    of, known = closing(lessons=lessons, submissions=[submission], actions=[action(of, "Ana")])
    rows = told(known)
    assert rows["lessons"] == [["LL-1", "package", "x", "y", "z"]]
    assert rows["submissions"] == [["SBM-1", "AT", "ib", "filed", "2026-01-05", ""]]
    assert rows["actions"][0][-3:] == ["open", "Ana", ""]


def found_in(of: Transfer) -> dict[str, list[Any]]:
    """A method, a series with one of its batches, and a comparison."""
    own: dict[str, Any] = columns_of(of)
    verdict = {"attribute": "assay", "verdict": "passed", "difference": "0.1", "ci90": ["-0.4", "0.6"]}
    method = own | {"number": "MT-1", "method": "HPLC-014", "method_version": "2.1", "state": "passed"}
    method |= {"laboratory_site_id": uuid4(), "laboratory_partner_id": uuid4(), "planned_by": "ana"}
    method |= {"attributes": [verdict], "entitled_from": MONDAY}
    limits = [ASSAY | {"text": None, "criticality": "critical"}]
    ppq = own | {"number": "PPQ-1", "state": "running", "planned_by": "ana", "protocol": "PPQ-1 version 1"}
    series = PpqSeries(**ppq, strengths=["10 mg"], limits=limits, required=3, count=1)
    result = {"attribute": "Assay", "unit": "%", "value": "100.2", "qualifier": None, "counts": True}
    batch = own | {"number": "TB-1", "kind": "ppq", "lot_id": uuid4(), "lot_number": "L-1", "material": "TAB"}
    batch |= {"strength": "10 mg", "scale": "200 kg", "state": "conforming", "bulk_id": uuid4(), "limits": limits}
    batch |= {"series_id": series.id, "design": 1, "run": 1, "results": [result | {"determinations": []}]}
    compared = own | {"number": "CMP-1", "state": "accepted", "attribute": "Assay", "unit": "%", "acceptance": "n is 1"}
    compared |= {"compared_at": BEGAN, "compared_by": "ana", "sending_lots": 10, "receiving": [{}]}
    compared |= {"difference": Decimal("0.2"), "limit": Decimal("0.5"), "ci90": [Decimal("-0.4"), Decimal("0.8")]}
    return {
        "method_transfers": [MethodTransfer(**method)],
        "ppq_series": [series],
        "transfer_batches": [TransferBatch(**batch)],
        "comparabilities": [Comparability(**compared)],
    }


def test_what_was_found_of_methods_batches_and_series_stands_in_it() -> None:
    of, _ = closing()
    found: dict[str, Any] = {"attribute": "assay", "verdict": "passed", "difference": "0.1", "ci90": ["-0.38", "0.6"]}
    found |= {"limit": ["-2.0", "2.0"], "why": None, "criterion": "assay"}
    sites: dict[str, Any] = {"laboratory_site_id": uuid4(), "laboratory_partner_id": uuid4(), "planned_by": "ana"}
    sites |= {"number": "MT-1", "method": "HPLC-014", "method_version": "2.1", "state": "passed", "attributes": [found]}
    sites |= {"criteria": [written(Criterion.usual("assay", CriterionKind.assay, "%"))], "concluded_at": BEGAN}
    method = MethodTransfer(entitled_from=MONDAY, **columns_of(of), **sites)
    limits = [ASSAY | {"text": None, "criticality": "critical"}]
    made = columns_of(of) | {"strengths": ["10 mg"], "limits": limits, "protocol": "PPQ-1 version 1", "required": 3}
    series = PpqSeries(number="PPQ-1", **made | {"count": 1, "state": "running", "planned_by": "ana"})
    result = {"attribute": "Assay", "unit": "%", "value": "100.2", "qualifier": None, "counts": True}
    lot: dict[str, Any] = {"lot_id": uuid4(), "lot_number": "L-1", "material": "TAB", "scale": "200 kg", "run": 1}
    lot |= {"limits": limits, "results": [result | {"determinations": []}], "design": 1, "bulk_id": uuid4()}
    lot |= {"number": "TB-1", "kind": "ppq", "strength": "10 mg", "state": "conforming", "series_id": series.id}
    one = TransferBatch(**lot, **columns_of(of))
    compared = columns_of(of) | {"attribute": "Assay", "unit": "%", "compared_at": BEGAN, "compared_by": "ana"}
    compared |= {"number": "CMP-1", "state": "accepted", "sending_lots": 10, "receiving": [{}], "acceptance": "n is 1"}
    compared |= {"difference": Decimal("0.2"), "limit": Decimal("0.5"), "ci90": [Decimal("-0.4"), Decimal("0.8")]}
    same = Comparability(**compared)
    known = {"method_transfers": [method], "ppq_series": [series], "transfer_batches": [one], "comparabilities": [same]}
    rows = told(closing(**known)[1])
    method.concluded_at = None
    assert told(closing(method_transfers=[method])[1])["methods"][0][5:8] == [""] * 3, "nothing that is not concluded"
    assert rows["methods"] == [["MT-1", "HPLC-014", "2.1", "1", "passed", "assay", "passed", "", MONDAY.isoformat()]]
    assert rows["batches"] == [["TB-1", "ppq", "L-1", "10 mg", "200 kg", "conforming", ""]]
    assert rows["ppq"] == [["PPQ-1", "PPQ-1 version 1", "10 mg", "running", "3", "1", "0", ""]]
    too_few = "1 results are fewer than 10"
    assert rows["capability"] == [["PPQ-1", "Assay", "1", "", "", "1.0", "not_assessed", too_few]]
    assert rows["comparability"] == [["CMP-1", "Assay", "10", "1", "accepted", "n is 1"]]


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


def test_critical_gaps_are_closed_or_accepted() -> None:
    found = []
    for number, severity, was_critical, state in (
        ("GAP-1", "critical", True, "identified"),
        ("GAP-2", "critical", True, "mitigation_agreed"),
        ("GAP-3", "critical", True, "closed"),
        ("GAP-4", "critical", True, "accepted"),
        ("GAP-5", "major", True, "mitigation_agreed"),
        ("GAP-6", "major", False, "identified"),
    ):
        of_it: dict[str, Any] = {"severity": severity, "was_critical": was_critical, "state": state}
        one = gap(transfer())
        for name, value in {"gap_number": number, **of_it}.items():
            setattr(one, name, value)
        found.append(one)
    assert unended(found) == ["GAP-1", "GAP-2", "GAP-5"], "one that was critical is ended by two as well"


def test_what_was_written_before_is_compared_by_sections() -> None:
    _, known = closing()
    text = content(known)
    assert changed(text, text) == []
    known.decisions[0].verdict = GateVerdict.conditional
    assert changed(text, content(known)) == ["plan_and_actual"]
    assert "lessons" in changed(text, "[]")


def test_nobody_signs_what_changed_or_leaves_actions_without_an_owner_or_critical_gaps() -> None:
    of, _ = closing()
    given: dict[str, Any] = columns_of(of) | {"content": "[]", "digest": sha256("[]"), "written_at": BEGAN}
    report = ClosureReport(number="TCR-1", **given)
    with pytest.raises(RuleViolated, match="refresh"):
        report.sign(["lessons"], [], [], "bor", BEGAN)
    with pytest.raises(RuleViolated, match="TTA-1"):
        report.sign([], ["TTA-1"], [], "bor", BEGAN)
    with pytest.raises(RuleViolated, match=r"GAP-1, GAP-2: .*MSAT endorses") as refused:
        report.sign([], [], ["GAP-1", "GAP-2"], "bor", BEGAN)
    assert refused.value.extensions["gaps"] == ["GAP-1", "GAP-2"]
    report.refresh('["x"]', "ana", BEGAN)
    assert (report.digest, report.prepared_by) == (sha256('["x"]'), ["ana"])
    report.sign([], [], [], "bor", BEGAN)
    assert report.signed_by == "bor"
