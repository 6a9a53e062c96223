"""Lifecycles: no sequence of transitions escapes the table, and what has ended stays."""

from collections.abc import Callable, Collection
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import Classification, Quantity, Side
from contracts.audits import AuditOutcome
from contracts.batches import LinkKind
from contracts.changes import ChangeCategory, ChangeClass
from contracts.complaints import ComplaintCategory
from contracts.impacts import ImpactOutcome
from quality_events.audits.model import SiteAudit
from quality_events.audits.schemas import AuditState
from quality_events.batches.model import Batch
from quality_events.batches.terms import BatchState, Completion, Source, Start
from quality_events.capas.model import Capa
from quality_events.capas.schemas import CLOSED, CapaState
from quality_events.changes.model import Change
from quality_events.changes.schemas import MarketAssessment
from quality_events.changes.terms import ChangeState, FilingKind, Told
from quality_events.complaints.model import Complaint
from quality_events.complaints.schemas import ComplaintState
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import OPEN, DeviationState, Results
from quality_events.excursions.model import ProcessExcursion
from quality_events.excursions.terms import ExcursionOutcome, ExcursionState
from quality_events.findings.model import AuditFinding
from quality_events.findings.schemas import FindingAction, FindingState
from quality_events.genealogy.model import Lineage
from quality_events.holds.model import BatchHold
from quality_events.holds.terms import HoldState
from quality_events.impacts.model import DistributionImpact
from quality_events.impacts.schemas import ImpactState
from quality_events.limit_explanations.model import LimitExplanation
from quality_events.limit_explanations.schemas import ExplanationState
from quality_events.notifications.model import AuthorityNotification
from quality_events.notifications.rules import Choice
from quality_events.notifications.schemas import NotificationState
from quality_events.oos_investigations.fields import OosState
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oot_investigations.model import OotInvestigation
from quality_events.oot_investigations.terms import OotState
from quality_events.process_limits.model import ProcessLimits
from quality_events.process_limits.terms import LimitsState
from quality_events.product_reviews.model import ProductReview
from quality_events.product_reviews.terms import ReviewState
from quality_events.recalls.model import Recall
from quality_events.recalls.schemas import RecallState
from quality_events.stages.model import PartnerStage
from quality_events.stages.terms import PartnerStageState
from runtime.lifecycle import NotAllowedNow, table
from runtime.problems import RuleViolated
from tests.investigation_moves import OOS_MOVES, OOT_MOVES
from tests.process_limits import EXPLANATION_MOVES, LIMITS_MOVES, explanation, process_limits
from tests.quality_records import (
    ACTION,
    LOT,
    NOW,
    SPONSOR,
    STAGE,
    TARGET,
    TEAM,
    audit,
    change,
    complaint,
    deviation,
    excursion,
    finding,
    given_to,
    hold,
    impact,
    investigation,
    linkable,
    notification,
    of_a_biologic,
    partner_stage,
    recall,
    report,
    trend,
)
from tests.review_moves import REVIEW_MOVES, covered_review
from tests.stage_moves import STAGE_MOVES

INITIAL: dict[type, StrEnum] = {
    Batch: BatchState.announced,
    Deviation: DeviationState.reported,
    OosInvestigation: OosState.phase_1,
    OotInvestigation: OotState.phase_1,
    Capa: CapaState.open,
    BatchHold: HoldState.open,
    ProcessExcursion: ExcursionState.open,
    SiteAudit: AuditState.planned,
    AuditFinding: FindingState.raised,
    Change: ChangeState.proposed,
    Complaint: ComplaintState.received,
    AuthorityNotification: NotificationState.due,
    DistributionImpact: ImpactState.open,
    ProductReview: ReviewState.draft,
    PartnerStage: PartnerStageState.planned,
}
ANSWERED_ALREADY = {NotificationState.submitted, NotificationState.not_required}
CAPA_ENDS = CLOSED | {CapaState.cancelled}
LATE = {"file", "link", "notify", "reopen", "reassess", "end_refused", "learn_awareness"}
LATE |= {"add_late_start", "amend_start"}
"""What may still be told of a record that has ended: it stays ended."""

Moves = dict[str, Callable[[Any], object]]


BATCH_MOVES: Moves = {
    "start": lambda batch: batch.start(Start(Source("a"), "2018-11")),
    "add_start": lambda batch: batch.add_start(Start(Source("a"), "2018-11")),
    "amend_start": lambda batch: batch.amend_start(Start(Source("a", 2), "2018-10")),
    "complete": lambda batch: batch.complete(Completion(Source("a"), "2018-12")),
    "add_late_start": lambda batch: batch.add_late_start(Start(Source("a"), "2018-11")),
    "terminate": lambda batch: batch.terminate("the granulate is wet", NOW),
    "describe": lambda batch: batch.describe("WO-1", ["A-1"], "2026-02", "2028-02", None, merged=False),
    "intend": lambda batch: batch.intend(["AT"], True),
    "descend": lambda batch: batch.descend(Lineage(LinkKind.packed, [], "bor")),
    "record_stage": lambda batch: batch.record_stage(STAGE, None, "bor"),
    "record_late_stage": lambda batch: batch.record_late_stage(STAGE, None, "bor"),
    "descend_late": lambda batch: batch.descend_late(Lineage(LinkKind.packed, [], "bor")),
    "take_record": lambda batch: batch.take_record([], "1", "0" * 64, True, [], "bor", NOW),
    "review_record": lambda batch: batch.review_record("ana", NOW),
    "review_record_as_sponsor": lambda batch: batch.review_record_as_sponsor("qa", NOW),
    "revise_record": lambda batch: batch.revise_record(uuid4().hex, uuid4().hex * 2, True, [], "bor", NOW),
    "set_aside_record": lambda batch: batch.set_aside_record(*given_to(batch), "a test of the line", "ana", NOW),
    "decide": lambda batch: batch.decide(),
    "amend_completion": lambda batch: batch.amend_completion(Completion(Source("a", 2), "2018-12")),
}
DEVIATION_MOVES: Moves = {
    "amend": lambda one: one.amend(report(2), []),
    "take_earlier_revision": lambda one: one.take_earlier_revision(report(1), []),
    "answer_late_amendment": lambda one: one.answer_late_amendment(2, "a copy", [], "ana", NOW),
    "name_equipment": lambda one: one.name_equipment(["PRESS-1"], NOW.date(), [], NOW),
    "accept_awareness": lambda one: one.accept_awareness("the machine's date", [], NOW),
    "link": lambda one: one.link([], NOW),
    "count_days_in": lambda one: one.count_days_in("Europe/Vienna", [], NOW),
    "acknowledge": lambda one: one.acknowledge(NOW),
    "classify": lambda one: one.classify(Classification.minor, None, "tom", NOW),
    "reclassify": lambda one: one.reclassify(Classification.major, "worse", "tom", NOW),
    "investigate": lambda one: one.investigate("ana", "ana"),
    "record_results": lambda one: one.record_results(Results("a", "b", "c", {}, "CAPA-1"), [], "ana"),
    "request_approval": lambda one: one.request_approval("ana"),
    "return_to_investigation": lambda one: one.return_to_investigation("no"),
    "close": lambda one: one.close([], NOW),
    "cancel": lambda one: one.cancel("none", NOW),
    "propose_cancellation": lambda one: one.propose_cancellation("none", "tom"),
    "withdraw_cancellation": lambda one: one.withdraw_cancellation(),
    "agree_to_cancellation": lambda one: one.agree_to_cancellation(NOW),
    "refuse_cancellation": lambda one: one.refuse_cancellation("it was one"),
    "link_event": lambda one: one.link_event(linkable(one.partner_id), "ana", Side.owner),
    "withdraw_link": lambda one: one.withdraw_link([], "another's", "ana", Side.owner, NOW),
    "request_extension": lambda one: one.request_extension(one.due_at + timedelta(1), "wait", "ana"),
    "extend": lambda one: one.extend(one.requested_due_at or one.due_at + timedelta(1), "wait"),
    "fall_overdue": lambda one: one.fall_overdue(one.due_at + timedelta(1)),
}
CAPA_MOVES: Moves = {
    "plan": lambda one: one.plan([ACTION], TARGET, None, None, "Europe/Vienna", "ana"),
    "approve_plan": lambda one: one.approve_plan(NOW),
    "finish_action": lambda one: one.finish_action(1, "0" * 64, "ana", NOW),
    "extend": lambda one: one.extend(ACTION.due_on + timedelta(30), "Europe/Vienna"),
    "implement": lambda one: one.implement("Europe/Vienna", NOW),
    "check": lambda one: one.check(Decimal(0), [], NOW),
    "cancel": lambda one: one.cancel("a drill", NOW),
    "fall_overdue": lambda one: one.fall_overdue(NOW + timedelta(400)),
}
HOLD_MOVES: Moves = {
    "lift": lambda one: one.lift(LOT, "tested again", "qa", NOW),
    "lift_as_maker": lambda one: one.lift_as_maker(LOT, "tested again", "ana", NOW),
}
EXCURSION_MOVES: Moves = {
    "decide": lambda one: one.decide(ExcursionOutcome.no_impact, "none", None, one.source_revision, "ana", NOW),
    "reopen": lambda one: one.reopen("which tablets?", NOW),
    "amend": lambda one: one.amend("told otherwise"),
    "lapse": lambda one: one.lapse("its deviation was cancelled", NOW),
    "withdraw": lambda one: one.withdraw(2),
}
AUDIT_MOVES: Moves = {
    "confirm": lambda one: one.confirm("ana", NOW),
    "postpone": lambda one: one.postpone(one.planned_on + timedelta(7), "a strike", "tom", NOW),
    "follow_plan": lambda one: one.follow_plan(NOW.date() + timedelta(7), NOW),
    "name_team": lambda one: one.name_team([TEAM], "tom", quality=False),
    "conduct": lambda one: one.conduct(NOW.date() - timedelta(1), "UTC", "tom", NOW),
    "report_findings": lambda one: one.report_findings(AuditOutcome.acceptable, "0" * 64, [], NOW, "UTC", NOW),
    "close": lambda one: one.close(NOW),
}
FINDING_MOVES: Moves = {
    "respond": lambda one: one.respond([FindingAction(cause="a", action="b", due_on=NOW.date())], "UTC", "ana", NOW),
    "accept": lambda one: one.accept("tom", NOW),
    "reject": lambda one: one.reject("no cause", "UTC", None, "tom", NOW),
    "verify": lambda one: one.verify(None, None, None, "tom", NOW),
    "fall_overdue": lambda one: one.fall_overdue(NOW + timedelta(40)),
}
CHANGED = [MarketAssessment(market="AT", category=ChangeCategory.ib)]
CHANGE_MOVES: Moves = {
    "classify": lambda one: one.classify(ChangeClass.minor, NOW),
    "assess": lambda one: one.assess(CHANGED, "none"),
    "reassess": lambda one: one.reassess(CHANGED, {}),
    "file": lambda one: one.file("AT", Told(FilingKind.submitted, NOW.date()), []),
    "approve": lambda one: one.approve("qa", NOW),
    "approve_as_maker": lambda one: one.approve_as_maker("ana", NOW),
    "refuse": lambda one: one.refuse("no", NOW),
    "refuse_as_maker": lambda one: one.refuse_as_maker("no", NOW),
    "implement": lambda one: one.implement(Batch.announce(LOT), "ana", NOW),
    "implement_in_emergency": lambda one: one.implement_in_emergency(Batch.announce(LOT), "x", uuid4(), "ana", NOW),
    "check": lambda one: one.check("effective", "x", None, NOW),
    "end_refused": lambda one: one.end_refused(NOW.date(), NOW),
}
COMPLAINT_MOVES: Moves = {
    "triage": lambda one: one.triage(ComplaintCategory.quality, Classification.major, SPONSOR, NOW),
    "join": lambda one: one.join(Batch.announce(LOT), None, NOW),
    "share": lambda one: one.share(NOW),
    "investigate": lambda one: one.investigate("a seal", "whole", "0" * 64, "ana", NOW),
    "pass_to_safety": lambda one: one.pass_to_safety(NOW),
    "give_answer": lambda one: one.give_answer(None, "replaced", NOW),
}
NOTIFICATION_MOVES: Moves = {
    "learn_awareness": lambda one: one.learn_awareness(NOW - timedelta(1), NOW),
    "submit": lambda one: one.submit("FAR 1", NOW, "rex", NOW),
    "propose_waiver": lambda one: one.propose_waiver("never distributed", "rex"),
    "waive": lambda one: one.waive("qa", NOW),
    "rest_on": lambda one: one.rest_on(Choice(one.kind, assumed=True), NOW),
    "replace": lambda one: one.replace(of_a_biologic(), NOW),
    "ask_again": lambda one: one.ask_again(NOW - timedelta(1), NOW),
}
RECALL_MOVES: Moves = {
    "approve_as_quality": lambda one: one.approve_as_quality("qa", NOW),
    "approve_as_regulatory": lambda one: one.approve_as_regulatory("ra", NOW),
    "decline": lambda one: one.decline("no hazard"),
    "include": lambda one: one.include([Batch.announce(LOT)]),
    "account": lambda one: one.account([], (uuid4(), "AT"), Quantity(value=Decimal(1), unit="kg"), None, None, NOW),
    "reconcile": lambda one: one.reconcile([], [], "all answered", "qa", NOW),
    "close": lambda one: one.close([], "qa", NOW),
}
IMPACT_MOVES: Moves = {"assess": lambda one: one.assess(ImpactOutcome.stopped, "x", False, "qa", NOW)}
CASES: list[tuple[type, Callable[[], Any], Moves, Collection[str]]] = [
    (Batch, lambda: Batch.announce(LOT), BATCH_MOVES, {BatchState.terminated}),
    (Deviation, deviation, DEVIATION_MOVES, set(DeviationState) - OPEN),
    (OosInvestigation, investigation, OOS_MOVES, {OosState.concluded}),
    (OotInvestigation, trend, OOT_MOVES, {OotState.concluded}),
    (Capa, lambda: Capa.open("CAPA-2026-10001", NOW, None, root_cause="worn punch")[0], CAPA_MOVES, CAPA_ENDS),
    (BatchHold, hold, HOLD_MOVES, {HoldState.lifted}),
    (ProcessExcursion, excursion, EXCURSION_MOVES, set()),
    (ProcessLimits, process_limits, LIMITS_MOVES, {LimitsState.rejected, LimitsState.withdrawn}),
    (LimitExplanation, explanation, EXPLANATION_MOVES, {ExplanationState.withdrawn}),
    (SiteAudit, audit, AUDIT_MOVES, {AuditState.closed}),
    (AuditFinding, finding, FINDING_MOVES, {FindingState.closed}),
    (Change, change, CHANGE_MOVES, {ChangeState.effective, ChangeState.reverted, ChangeState.refused}),
    (Complaint, complaint, COMPLAINT_MOVES, {ComplaintState.answered}),
    (AuthorityNotification, notification, NOTIFICATION_MOVES, ANSWERED_ALREADY),
    (Recall, recall, RECALL_MOVES, {RecallState.declined, RecallState.closed}),
    (DistributionImpact, impact, IMPACT_MOVES, {ImpactState.assessed}),
    (ProductReview, covered_review, REVIEW_MOVES, {ReviewState.signed, ReviewState.cancelled}),
    (PartnerStage, partner_stage, STAGE_MOVES, {PartnerStageState.withdrawn}),
]


@pytest.mark.parametrize(("model", "make", "moves", "final"), CASES)
@given(data=st.data())
def test_no_sequence_escapes_the_table(
    model: type, make: Callable[[], Any], moves: Moves, final: Collection[str], data: st.DataObject
) -> None:
    rows = {row.name: row for row in table(model)}
    assert rows.keys() == moves.keys(), "a transition without a move here"
    record = make()
    for name in data.draw(st.lists(st.sampled_from(sorted(moves)), max_size=25)):
        before, state, row = dict(record), record.state, rows[name]
        refusal = _refusal(moves[name], record)
        assert isinstance(refusal, NotAllowedNow) == (state not in row.source)
        if refusal:
            assert dict(record) == before, f"{name} was refused and changed the record"
            continue
        assert state not in final or name in LATE, f"{name} changed what had ended"
        assert record.state in row.targets[state]


def _refusal(move: Callable[[Any], object], record: Any) -> Exception | None:
    try:
        move(record)
    except (NotAllowedNow, RuleViolated) as refusal:
        return refusal
    return None
