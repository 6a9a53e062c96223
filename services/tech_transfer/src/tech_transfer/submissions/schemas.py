"""Bodies of requests and answers about submissions."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Field as Column
from sqlmodel import String

from contracts import Day
from contracts.changes import ChangeCategory
from runtime.bodies import Body, Country, Line, Words
from serving.shown import Answer
from tech_transfer.metadata import INSTANT
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class SubmissionState(StrEnum):
    """Where a submission stands."""

    planned = "planned"
    filed = "filed"
    questions = "questions"
    """The authority has asked something, and it was not answered."""
    approved = "approved"
    refused = "refused"
    not_needed = "not_needed"
    """Nothing is submitted in this market: regulatory has said why."""
    withdrawn = "withdrawn"


class SubmissionStep(StrEnum):
    """What passed between regulatory and an authority."""

    not_needed = "not_needed"
    filed = "filed"
    asked = "asked"
    answered = "answered"
    approved = "approved"
    refused = "refused"
    withdrawn = "withdrawn"


class PlanSubmission(Body):
    """What is to be submitted in one market of a transfer, or why nothing is."""

    transfer_id: UUID
    market: Country = Field(examples=["AT"])
    """One of the transfer's."""
    kind: ChangeCategory = Field(examples=["ib"])
    """How the change of the site is reported there; `none` where it is not at all."""
    planned_on: Day | None = Field(None, examples=["2036-03-31"])
    """By which day it is to be filed; none where nothing is."""
    reason: Words | None = None
    """Why nothing is to be submitted: needed there, and only there."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.kind == ChangeCategory.none and (self.planned_on or self.reason is None):
            raise ValueError("kind: where nothing is submitted, give the reason, and no day")
        if self.kind != ChangeCategory.none and (self.planned_on is None or self.reason):
            raise ValueError("planned_on: say by which day it is to be filed; a reason is only for where nothing is")
        return self


class FileSubmission(Body):
    """When it was filed, and under which reference."""

    happened_on: Day = Field(examples=["2026-03-31"])
    reference: Line = Field(examples=["AT/H/0042/IB/007"])


class AskSubmission(Body):
    """When the authority asked something, and what."""

    happened_on: Day = Field(examples=["2026-05-02"])
    text: Words = Field(examples=["Give the stability data of the new site"])
    reference: Line | None = None


class AnswerSubmission(Body):
    """When it was answered, and what."""

    happened_on: Day = Field(examples=["2026-05-20"])
    text: Words = Field(examples=["Three months of three batches were sent"])
    reference: Line | None = None


class ApproveSubmission(Body):
    """When the authority approved it, and on which conditions."""

    happened_on: Day = Field(examples=["2026-06-30"])
    reference: Line = Field(examples=["AT/H/0042/IB/007/A"])
    conditions: Words | None = Field(None, examples=["stability is reported each year"])
    """What the authority asks besides, in words; null where it is nothing."""


class RefuseSubmission(Body):
    """When the authority refused it or took its approval back, and why."""

    happened_on: Day = Field(examples=["2026-06-30"])
    text: Words = Field(examples=["the data do not cover the shelf life"])
    reference: Line | None = None


class SubmissionFields(OfTransfer):
    """What readers see of a submission: which market, how far it is, and when."""

    number: str
    state: SubmissionState = Column(default=SubmissionState.planned, sa_type=String)
    market: str
    kind: ChangeCategory = Column(sa_type=String)
    planned_on: date | None = None
    filed_on: date | None = None
    last_on: date | None = None
    """The day of the last step between regulatory and the authority."""
    decided_on: date | None = None
    stands_since: datetime = Column(sa_type=INSTANT)
    """When it was recorded that it stands so."""


class SubmissionEntryRead(Answer):
    """What passed between regulatory and an authority."""

    step: SubmissionStep
    happened_on: date | None
    """The day by the paper; null of what has none."""
    reference: str | None
    text: str | None
    written_by: str
    written_at: datetime


class SubmissionRead(SubmissionFields, PartRead):
    """A submission as its readers see it."""

    entries: Sequence[SubmissionEntryRead]
    """What passed between regulatory and the authority, the oldest first: the sponsor's alone, and empty for others."""
