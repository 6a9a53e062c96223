"""Use cases of submissions: each step keeps what the papers say, which no partner reads."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.submissions.model import OPEN, Submission, SubmissionEntry
from tech_transfer.submissions.schemas import (
    AnswerSubmission,
    ApproveSubmission,
    AskSubmission,
    FileSubmission,
    PlanSubmission,
    RefuseSubmission,
    SubmissionState,
    SubmissionStep,
)
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer


async def plan(work: Work, body: PlanSubmission) -> Submission:
    """Something is to be submitted in a market, or nothing. Raises RuleViolated where one is open there already."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    same = select(Submission.number).where(
        Submission.transfer_id == transfer.id, Submission.market == body.market, col(Submission.state).in_(OPEN)
    )
    if number := await work.session.scalar(same):
        raise RuleViolated(f"market: {number} is open for {body.market}: withdraw it first", fields=["market"])
    number = await next_number(work, "SBM", "submission_number")
    given = body.model_dump(exclude={"transfer_id", "reason"})
    submission = work.add(Submission.plan(transfer, work.now, number=number, **given))
    await work.session.flush()
    if submission.state == SubmissionState.not_needed:
        _enter(work, submission, SubmissionStep.not_needed, text=body.reason)
    await marks.follow(work, transfer)
    return submission


async def file(work: Work, submission_id: UUID, body: FileSubmission) -> Submission:
    """It is with the authority, under a reference."""
    submission, transfer = await transfers.part(work, Submission, submission_id, live=True)
    work.publish(submission.file(body.happened_on, work.now), of=submission)
    return await _kept(work, transfer, submission, SubmissionStep.filed, body.model_dump())


async def ask(work: Work, submission_id: UUID, body: AskSubmission) -> Submission:
    """The authority asks something."""
    submission, transfer = await transfers.part(work, Submission, submission_id)
    submission.ask(body.happened_on, work.now)
    return await _kept(work, transfer, submission, SubmissionStep.asked, body.model_dump())


async def answer(work: Work, submission_id: UUID, body: AnswerSubmission) -> Submission:
    """The authority has its answer."""
    submission, transfer = await transfers.part(work, Submission, submission_id)
    submission.answer(body.happened_on, work.now)
    return await _kept(work, transfer, submission, SubmissionStep.answered, body.model_dump())


async def approve(work: Work, submission_id: UUID, body: ApproveSubmission) -> Submission:
    """The authority agrees, on conditions or without."""
    submission, transfer = await transfers.part(work, Submission, submission_id)
    work.publish(submission.approve(body.happened_on, work.now), of=submission)
    said = {"happened_on": body.happened_on, "reference": body.reference, "text": body.conditions}
    return await _kept(work, transfer, submission, SubmissionStep.approved, said)


async def refuse(work: Work, submission_id: UUID, body: RefuseSubmission) -> Submission:
    """The authority does not agree, or not any more. A gate that was passed by its approval is marked."""
    submission, transfer = await transfers.part(work, Submission, submission_id)
    work.publish(submission.refuse(body.happened_on, work.now), of=submission)
    return await _kept(work, transfer, submission, SubmissionStep.refused, body.model_dump())


async def withdraw(work: Work, submission_id: UUID, body: Reason) -> Submission:
    """It does not count any more."""
    submission, transfer = await transfers.part(work, Submission, submission_id)
    submission.withdraw(work.now)
    return await _kept(work, transfer, submission, SubmissionStep.withdrawn, {"text": body.reason})


async def _kept(
    work: Work, transfer: Transfer, submission: Submission, step: SubmissionStep, said: dict[str, Any]
) -> Submission:
    _enter(work, submission, step, **said)
    await marks.follow(work, transfer)
    return submission


def _enter(work: Work, submission: Submission, step: SubmissionStep, **said: Any) -> None:
    given = {"written_by": work.principal.subject, "written_at": work.now, **said}
    work.session.add(SubmissionEntry(submission_id=submission.id, step=step, **given))
