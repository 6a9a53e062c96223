"""What is said about a finding of an audit: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.audits import FindingArea, FindingClass
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Code, Words
from serving.shown import Answer, Ref, Shown


class FindingState(StrEnum):
    """Where a finding stands."""

    raised = "raised"
    responded = "responded"
    accepted = "accepted"
    closed = "closed"


class FindingAction(Body):
    """A cause, what is done about it, and until when."""

    cause: Words = Field(examples=["Entries are made at the end of the shift"])
    action: Words = Field(examples=["Terminals beside each press, and training"])
    due_on: Day


class RespondToFinding(Body):
    """What the site answers."""

    actions: list[FindingAction] = Field(min_length=1, max_length=100)


class VerifyFinding(Body):
    """What was seen. Of a critical or a major finding it is needed, with the CAPA or the day by which all is done."""

    evidence_seen: Words | None = Field(None, examples=["Photographs of the terminals, training records of 12 people"])
    capa_number: Code | None = Field(None, examples=["CAPA-2026-48151"])
    all_due_on: Day | None = None


class FindingActionRead(Answer):
    """A cause, what is done about it, and until when."""

    cause: str
    action: str
    due_on: date


class FindingRejection(Answer):
    """An answer that was not accepted, and why."""

    round: int
    actions: list[FindingActionRead]
    responded_by: str
    responded_at: datetime
    reason: str
    rejected_by: str
    rejected_at: datetime


class FindingFields(SQLModel):
    """What readers see of a finding as it is stored."""

    number: str
    state: FindingState = Column(default=FindingState.raised, sa_type=String)
    audit_id: UUID
    site_id: UUID
    partner_id: UUID
    classification: FindingClass = Column(sa_type=String)
    area: FindingArea = Column(sa_type=String)
    clause: str
    evidence: str
    round: int = 1
    first_due_at: datetime = Column(sa_type=INSTANT)
    due_at: datetime = Column(sa_type=INSTANT)
    actions: list[Any] = Column(default_factory=list, sa_type=JSONB)
    responded_by: str | None = None
    responded_at: datetime | None = Column(default=None, sa_type=INSTANT)
    rejections: list[Any] = Column(default_factory=list, sa_type=JSONB)
    accepted_by: str | None = None
    accepted_at: datetime | None = Column(default=None, sa_type=INSTANT)
    evidence_seen: str | None = None
    capa_number: str | None = None
    all_due_on: date | None = None
    closed_by: str | None = None
    closed_at: datetime | None = Column(default=None, sa_type=INSTANT)


class FindingRead(FindingFields, Shown):
    """A finding as its readers see it."""

    audit: Ref
    """Its number is the audit's, its name the audit's scope."""
    site: Ref | None
    partner: Ref | None
    actions: list[FindingActionRead]
    rejections: list[FindingRejection]
    overdue: bool
    """It waits for an answer beyond the first due date."""
