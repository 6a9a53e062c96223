"""Lifecycles: no sequence of transitions escapes the table, and what has ended stays."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.changes import ChangeCategory
from contracts.method_transfers import AttributeOutcome, AttributeVerdict, CriterionKind
from contracts.tech_transfer import Gate, GateVerdict
from contracts.transfer_batches import TransferBatchVerdict as Verdict
from services.tech_transfer.tests.design_moves import design_moves
from services.tech_transfer.tests.designing import cqa
from services.tech_transfer.tests.package_moves import package_moves
from tech_transfer.actions.model import TransferAction
from tech_transfer.actions.schemas import ActionCause, ActionState
from tech_transfer.closure.model import ClosureReport
from tech_transfer.closure.schemas import ClosureState
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.comparabilities.schemas import ComparabilityState
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import DecisionState, ProposeDecision
from tech_transfer.gates.terms import GateRule, Unit
from tech_transfer.lessons.model import Lesson
from tech_transfer.lessons.schemas import LessonCategory, LessonState
from tech_transfer.method_transfers.judging import Judged
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.terms import MethodTransferState
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.ppq_series.rules import Count, SeriesBatch, count
from tech_transfer.ppq_series.schemas import Protocol
from tech_transfer.statements.model import Statement
from tech_transfer.statements.schemas import TransferStatementState
from tech_transfer.submissions.model import Submission
from tech_transfer.submissions.schemas import SubmissionState
from tech_transfer.transfer_batches.known import Known
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.schemas import ProcessParameter
from tech_transfer.transfer_batches.verdicts import FailureCause
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import GateDay, PackageEnd, TechTransferState
from tests import qualifying_batches
from tests.lifecycles import Moves, assert_a_move_each, assert_the_table_holds

NOW = datetime(2026, 2, 2, 9, tzinfo=UTC)
JUDGED = Judged(AttributeVerdict(attribute="assay", criterion=CriterionKind.assay, verdict=AttributeOutcome.passed))


def transfer(**more: Any) -> Transfer:
    """A transfer between two partners' sites."""
    given: dict[str, Any] = {"title": "x", "product_id": uuid4(), "strengths": ["10 mg"], "kind": "process"}
    given |= {"purpose": "commercial", "sending_unit": "x", "sending_site_id": uuid4(), "sending_partner_id": uuid4()}
    given |= {"receiving_site_id": uuid4(), "receiving_partner_id": uuid4(), "markets": ["AT"]}
    started, _ = Transfer.start("TT-1", NOW, NOW.date(), None, planned=[], team=[], **given | more)
    return started


def decision() -> GateDecision:
    """A decision that waits for its signatures."""
    of = transfer()
    body = ProposeDecision(transfer_id=of.id, gate=Gate.initiation, verdict=GateVerdict.passed)
    return GateDecision.propose(of, body, [], number="GD-1", by="ana")


def action(**more: Any) -> TransferAction:
    """An action that is open."""
    about: dict[str, Any] = {"gate": Gate.initiation, "rule": GateRule.team, "text": "x", "unit": Unit.receiving} | more
    return TransferAction(number="TTA-1", cause=ActionCause.no_longer_true, **columns_of(transfer()), **about)


def method_transfer() -> MethodTransfer:
    """A method transfer whose protocol is planned."""
    given = columns_of(transfer()) | {"laboratory_site_id": uuid4(), "laboratory_partner_id": uuid4()}
    given |= {
        "method": "M",
        "method_version": "1.0",
        "kind": "comparative",
        "protocol": "x",
        "protocol_digest": "0" * 64,
    }
    given |= {"sending_last_run_on": NOW.date()}
    given |= {"analysts": 1, "runs": 3, "replicates": 1, "planned_by": "ana", "sending_laboratory_partner_id": uuid4()}
    return MethodTransfer(number="MT-1", **given)


def statement() -> Statement:
    """A statement that counts."""
    said: dict[str, Any] = {"rule": GateRule.protocols, "evidence": "x", "digest": "0" * 64, "stated_by": "ana"}
    return Statement(**columns_of(transfer()), **said)


def submission() -> Submission:
    """A submission that is planned."""
    given: dict[str, Any] = {"market": "AT", "kind": ChangeCategory.ib, "planned_on": date(2036, 1, 31)}
    return Submission.plan(transfer(), NOW, number="SBM-1", **given)


def lesson() -> Lesson:
    """A lesson that counts."""
    said: dict[str, Any] = {"title": "x", "text": "x", "recommendation": "x", "recorded_by": "ana"}
    return Lesson(number="LL-1", category=LessonCategory.people, **columns_of(transfer()), **said)


def report() -> ClosureReport:
    """A closure report that was written."""
    return ClosureReport(number="TCR-1", content="[]", digest="0" * 64, written_at=NOW, **columns_of(transfer()))


def comparability() -> Comparability:
    """A comparison by which lots are not equivalent."""
    said: dict[str, Any] = {"number": "CMP-1", "state": ComparabilityState.not_equivalent, "attribute": "Assay"}
    said |= {"unit": "%", "compared_at": NOW, "compared_by": "ana", "sending_lots": 10, "receiving": []}
    return Comparability(**columns_of(transfer()), **said)


def batch() -> TransferBatch:
    """A batch whose making has not begun."""
    lot = uuid4()
    said: dict[str, Any] = {"number": "TB-1", "kind": "engineering", "lot_id": lot, "lot_number": "L1", "bulk_id": lot}
    said |= {"material": "TAB", "strength": "10 mg", "scale": "x", "at_scale": True, "limits": []}
    return TransferBatch(**columns_of(transfer()), **said)


def series() -> PpqSeries:
    """A planned series."""
    planned = PpqSeries(number="PPQ-1", planned_by="ana", **columns_of(transfer()))
    planned.describe(PROTOCOL, 3)
    return planned


def counted(verdicts: list[Verdict]) -> Count:
    """How a series with batches of such verdicts stands in its first run."""
    lots = [uuid4() for _ in verdicts]
    rows = [
        SeriesBatch(lot, lot, "10 mg", 1, n, None, verdict)
        for n, (lot, verdict) in enumerate(zip(lots, verdicts, strict=True))
    ]
    return replace(count(rows, 3, ["10 mg"]), undecided=(), ended_by=())


PROTOCOL = Protocol.model_validate(qualifying_batches.PROTOCOL)
PARAMETER = ProcessParameter.model_validate(qualifying_batches.PARAMETERS["parameters"][0])
BEGUN = Known(uuid4(), "2026-03-01")
LATER = [GateDay(gate=Gate.readiness, planned_on=date(2036, 1, 31))]
MOVES: Mapping[type, Moves] = {
    Transfer: (
        transfer,
        {
            "describe": lambda it: it.describe(["x"], []),
            "fall_behind": lambda it: it.fall_behind(it.gate, NOW.date(), NOW.date(), 5, (), NOW),
            "close": lambda it: it.close(uuid4(), "0" * 64, NOW),
            "replan": lambda it: it.replan(LATER, "x", NOW),
            "advance": lambda it: it.advance(),
            "reopen": lambda it: it.reopen(Gate.initiation, "x", NOW),
            "hold": lambda it: it.hold("x", NOW),
            "resume": lambda it: it.resume(NOW),
            "request_cancellation": lambda it: it.request_cancellation("ana"),
            "withdraw_cancellation": lambda it: it.withdraw_cancellation("ana"),
            "refuse_cancellation": lambda it: it.refuse_cancellation(),
            "cancel": lambda it: it.cancel("x", NOW),
            "confirm_package": lambda it: it.confirm_package(PackageEnd.returned, "0" * 64),
        },
        {TechTransferState.cancelled, TechTransferState.closed},
    ),
    GateDecision: (
        decision,
        {
            "sign_as_sender": lambda it: it.sign_as_sender([], "a", NOW),
            "sign_for_own_unit": lambda it: it.sign_for_own_unit([], "a", NOW),
            "sign_as_receiver": lambda it: it.sign_as_receiver([], "b", NOW),
            "sign": lambda it: it.sign([], "c", NOW),
            "withdraw": lambda it: it.withdraw(),
            "avoid": lambda it: it.avoid(),
        },
        {DecisionState.withdrawn, DecisionState.void},
    ),
    TransferAction: (
        action,
        {
            "finish": lambda it: it.finish("x", "0" * 64, "ana"),
            "assign": lambda it: it.assign("ana", date(2036, 1, 31)),
            "settle": lambda it: it.settle(NOW),
            "settle_done": lambda it: it.settle_done(NOW),
        },
        {ActionState.settled},
    ),
    MethodTransfer: (
        method_transfer,
        {
            "approve_as_sender": lambda it: it.approve_as_sender("a", NOW),
            "approve_for_own_laboratory": lambda it: it.approve_for_own_laboratory("a", NOW),
            "approve_as_receiver": lambda it: it.approve_as_receiver("b", NOW),
            "approve_protocol": lambda it: it.approve_protocol("c", NOW),
            "take_results": lambda it: it.take_results(),
            "take_own_results": lambda it: it.take_own_results(),
            "follow_results": lambda it: it.follow_results(),
            "evaluate": lambda it: it.evaluate([JUDGED], [], [], "0" * 64, "a"),
            "invalidate_run": lambda it: it.invalidate_run(),
            "conclude": lambda it: it.conclude(NOW.date(), "c", NOW),
            "waive": lambda it: it.waive("x", NOW.date(), "c", NOW),
            "reevaluate": lambda it: it.reevaluate([JUDGED], NOW),
            "reopen": lambda it: it.reopen(NOW.date(), NOW),
            "investigate": lambda it: it.investigate("x"),
            "repeat": lambda it: it.repeat(uuid4(), "x", NOW),
            "amend": lambda it: it.amend(uuid4()),
            "amend_tested": lambda it: it.amend_tested(uuid4()),
            "withdraw": lambda it: it.withdraw(),
            "release_results": lambda it: it.release_results(),
        },
        {
            *(MethodTransferState.waived, MethodTransferState.repeated),
            *(MethodTransferState.amended, MethodTransferState.withdrawn),
        },
    ),
    Comparability: (comparability, {"accept": lambda it: it.accept("x")}, {ComparabilityState.accepted}),
    TransferBatch: (
        batch,
        {
            "state_parameters": lambda it: it.state_parameters([PARAMETER], "0" * 64, "ana"),
            "restate_parameters": lambda it: it.restate_parameters([PARAMETER], "0" * 64, "bor"),
            "justify_choice": lambda it: it.justify_choice("x", "bor"),
            "assign_cause": lambda it: it.assign_cause(FailureCause.process, "x", "0" * 64),
            "give_up": lambda it: it.give_up("x"),
            "start_stability": lambda it: it.start_stability("ST-1", date(2026, 4, 1)),
            "take": lambda it: it.take(replace(BEGUN, terminated=not it.parameters), NOW),
        },
        set(),
    ),
    PpqSeries: (
        series,
        {
            "approve_protocol": lambda it: it.approve_protocol("petra", NOW),
            "start": lambda it: it.start(engineering=True),
            "take": lambda it: it.take(
                counted([Verdict.failed] if it.run == 1 else [Verdict.conforming] * 3), {}, [], NOW
            ),
            "restart": lambda it: it.restart("x", uuid4(), None, NOW),
            "follow_attributes": lambda it: it.follow_attributes([] if it.lacking else [cqa(transfer())]),
            "redesign": lambda it: it.redesign(PROTOCOL, 3, "x", uuid4(), None, [], by="ana"),
            "report": lambda it: it.report([], [], None, NOW, by_quality=False),
        },
        set(),
    ),
    Statement: (statement, {"withdraw": lambda it: it.withdraw("x")}, {TransferStatementState.withdrawn}),
    **package_moves(transfer),
    **design_moves(transfer),
    Submission: (
        submission,
        {
            "file": lambda it: it.file(NOW.date(), NOW),
            "ask": lambda it: it.ask(NOW.date(), NOW),
            "answer": lambda it: it.answer(NOW.date(), NOW),
            "approve": lambda it: it.approve(NOW.date(), NOW),
            "refuse": lambda it: it.refuse(NOW.date(), NOW),
            "withdraw": lambda it: it.withdraw(NOW),
        },
        {SubmissionState.refused, SubmissionState.withdrawn},
    ),
    Lesson: (lesson, {"withdraw": lambda it: it.withdraw("x")}, {LessonState.withdrawn}),
    ClosureReport: (
        report,
        {"refresh": lambda it: it.refresh("[]", "ana", NOW), "sign": lambda it: it.sign([], [], [], "bor", NOW)},
        {ClosureState.signed},
    ),
}
"""By model: how a new one is made, a move for each transition, and the states that nothing leaves."""


@pytest.mark.parametrize("model", MOVES)
def test_each_transition_has_a_move(model: type) -> None:
    assert_a_move_each(model, MOVES[model])


@pytest.mark.parametrize("model", MOVES)
@given(data=st.data())
def test_no_sequence_of_moves_escapes_the_table(model: type, data: Any) -> None:
    assert_the_table_holds(model, MOVES[model], data)
