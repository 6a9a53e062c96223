"""HTTP words for submissions."""

from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.submissions import commands, queries
from tech_transfer.submissions.model import REGULATORY, Submission
from tech_transfer.submissions.schemas import (
    AnswerSubmission,
    ApproveSubmission,
    AskSubmission,
    FileSubmission,
    PlanSubmission,
    RefuseSubmission,
    SubmissionRead,
)

submissions = Actions("submissions", Submission, SubmissionRead, queries.show)
submissions.create(commands.plan, PlanSubmission, *REGULATORY)
submissions.post("filing", Submission.file, FileSubmission, commands.file)
submissions.post("question", Submission.ask, AskSubmission, commands.ask)
submissions.post("answer", Submission.answer, AnswerSubmission, commands.answer)
submissions.post("approval", Submission.approve, ApproveSubmission, commands.approve)
submissions.post("refusal", Submission.refuse, RefuseSubmission, commands.refuse)
submissions.post("withdrawal", Submission.withdraw, Reason, commands.withdraw)
submissions.get()
submissions.list(queries.FILTERS)
