"""Bodies of requests and answers about joint decisions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracting.agreement_versions.terms import Party
from contracting.metadata import INSTANT
from contracts import Day
from contracts.contracting import AgreementKind
from runtime.bodies import Body, Words
from serving.shown import Ref, Shown


class DecisionSubject(StrEnum):
    """What both sides decide of an agreement."""

    renewal = "renewal"
    """It has a later last day."""
    termination = "termination"
    """It ends after a day."""
    review = "review"
    """Both quality units looked at it again."""


class JointDecisionState(StrEnum):
    """Where a joint decision stands."""

    proposed = "proposed"
    agreed = "agreed"
    declined = "declined"
    withdrawn = "withdrawn"
    lapsed = "lapsed"
    """Its agreement ended before it was answered."""


class ProposeTogether(Body):
    """What a side proposes to the other."""

    agreement_id: UUID
    subject: DecisionSubject = Field(examples=["review"])
    last_day: Day | None = None
    """Of a renewal and a termination: the last day from then on."""
    changes: Words | None = Field(None, examples=["name the new head of quality"])
    """Of a review: what is to be changed, by an amendment; null: nothing."""
    reason: Words | None = Field(None, examples=["the product goes to another site"])
    """Of a renewal and a termination: why."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        review = self.subject is DecisionSubject.review
        if review and self.last_day:
            raise ValueError("last_day: a review sets none")
        if not review and (self.last_day is None or self.reason is None):
            raise ValueError(f"last_day, reason: a {self.subject} says until when, and why")
        if not review and self.changes:
            raise ValueError("changes: only a review says what is to be changed")
        return self


class JointDecisionFields(SQLModel):
    """What readers see of a joint decision."""

    agreement_id: UUID = Column(foreign_key="agreement.id", index=True)
    agreement_number: str
    kind: AgreementKind = Column(sa_type=String)
    partner_id: UUID
    state: JointDecisionState = Column(default=JointDecisionState.proposed, sa_type=String)
    subject: DecisionSubject = Column(sa_type=String)
    last_day: date | None = None
    """The last day of the agreement that is proposed."""
    changes: str | None = None
    """Of a review: what is to be changed; null: nothing."""
    reason: str | None = None
    proposed_by_side: Party = Column(sa_type=String)
    proposed_by: str
    answered_by: str | None = None
    answered_at: datetime | None = Column(default=None, sa_type=INSTANT)
    decline_reason: str | None = None


class JointDecisionRead(JointDecisionFields, Shown):
    """A joint decision as both sides see it."""

    partner: Ref | None
