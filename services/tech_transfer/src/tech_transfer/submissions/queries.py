"""Reads of submissions."""

from collections.abc import Sequence

from sqlmodel import col, select

from directory.names import names_of
from runtime.work import Work
from serving.listing import days, equal
from tech_transfer.submissions.model import Submission, SubmissionEntry
from tech_transfer.submissions.schemas import SubmissionRead
from tech_transfer.transfers.shown import REFERENCES

FILTERS = equal(Submission, *("number", "transfer_id", "market", "kind", "state")) | days(
    Submission.planned_on, "planned"
)


async def show(work: Work, submissions: Sequence[Submission]) -> list[SubmissionRead]:
    """The submissions with names, and for the sponsor with what the papers say."""
    known = await names_of(work, submissions, REFERENCES)
    entries = await _entries(work, submissions) if work.principal.partner_id is None else ()
    return [
        SubmissionRead.model_validate(
            dict(one)
            | known.of(one, references=REFERENCES)
            | {"entries": [dict(each) for each in entries if each.submission_id == one.id]}
        )
        for one in submissions
    ]


async def _entries(work: Work, submissions: Sequence[Submission]) -> Sequence[SubmissionEntry]:
    of_them = col(SubmissionEntry.submission_id).in_([each.id for each in submissions])
    return (await work.session.scalars(select(SubmissionEntry).where(of_them).order_by(col(SubmissionEntry.id)))).all()
