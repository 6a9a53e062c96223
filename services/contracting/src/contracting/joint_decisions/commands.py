"""Use cases of joint decisions."""

from datetime import date
from uuid import UUID

from sqlmodel import select

from contracting.agreement_versions.surroundings import locked
from contracting.agreements.clock import current, refuse_unfollowed
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import IN_FORCE
from contracting.authority import side_of
from contracting.joint_decisions.model import JointDecision
from contracting.joint_decisions.schemas import DecisionSubject, JointDecisionState, ProposeTogether
from contracting.settings import today
from contracts.contracting import AgreementKind, Renewal
from runtime.bodies import Because
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def propose(work: Work, body: ProposeTogether) -> JointDecision:
    """Propose something to the other side. Raises RuleViolated where that is proposed already, or cannot be."""
    agreement = await locked(work, body.agreement_id)
    if agreement.state not in IN_FORCE:
        raise RuleViolated(f"agreement_id: {agreement.number} is not in force", fields=["agreement_id"])
    await refuse_unfollowed(work, agreement)
    _refuse_unfit(work, body, agreement)
    of_it = JointDecision.agreement_id == agreement.id, JointDecision.subject == body.subject
    waiting = select(JointDecision.id).where(*of_it, JointDecision.state == JointDecisionState.proposed)
    if await work.session.scalar(waiting):
        raise RuleViolated(f"a {body.subject} of {agreement.number} is proposed already: answer it, or take it back")
    said = body.model_dump(exclude={"agreement_id"})
    return work.add(JointDecision.propose(agreement, side_of(work), work.principal.subject, **said))


async def agree(work: Work, decision_id: UUID, _: Because | None = None) -> JointDecision:
    """Agree: the agreement goes on, ends or is reviewed. Raises RuleViolated where it cannot any more."""
    seen = await work.session.get(JointDecision, decision_id)
    if seen is None:
        raise NotFound("joint decision", decision_id)
    agreement = await locked(work, seen.agreement_id)
    await refuse_unfollowed(work, agreement)
    decision = await work.get(JointDecision, decision_id)
    decision.agree(side_of(work), work.principal.subject, work.now)
    version, day = await current(work, agreement), today(work.now)
    match decision.subject:
        case DecisionSubject.renewal if decision.last_day:
            work.publish(agreement.renew(decision.last_day, version, work.now), of=agreement)
        case DecisionSubject.termination if decision.last_day:
            _refuse_past(work, decision.last_day)
            agreement.set_end(decision.last_day, decision.reason or "")
            work.publish(of=agreement)
        case DecisionSubject.review:
            work.publish(agreement.review(decision.changes, day, version, work.now), of=agreement)
    return decision


def _refuse_unfit(work: Work, body: ProposeTogether, agreement: Agreement) -> None:
    if body.subject is DecisionSubject.review and agreement.kind != AgreementKind.quality:
        raise RuleViolated(f"subject: {agreement.number} is no quality agreement: only those are reviewed")
    if body.subject is DecisionSubject.renewal and agreement.renewal != Renewal.by_agreement:
        raise RuleViolated(f"subject: {agreement.number} is not renewed by agreement: amend it", fields=["subject"])
    if body.last_day:
        _refuse_past(work, body.last_day)


def _refuse_past(work: Work, last_day: date) -> None:
    day = today(work.now)
    if last_day < day:
        raise RuleViolated(f"last_day: {last_day} is over: it is {day}", fields=["last_day"])
