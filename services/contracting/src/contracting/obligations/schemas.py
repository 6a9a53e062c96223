"""What is said about an obligation: request and response bodies."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field as Said
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

from contracting.metadata import INSTANT
from contracting.obligations.told import SubjectType
from contracts import Holder
from contracts.contracting import ClauseKind, Owes
from contracts.contracting_obligations import Duty
from runtime.bodies import Body, Words
from serving.shown import Answer, Ref, Shown


class ObligationState(StrEnum):
    """Where an obligation stands: its verdict, unless it was waived."""

    pending = "pending"
    met = "met"
    breached = "breached"
    unknown = "unknown"
    not_covered = "not_covered"
    void = "void"
    waived = "waived"


class JudgedFields(SQLModel):
    """What a verdict says, as it is kept."""

    verdict: Duty = Field(sa_type=String)
    why: str | None = None
    """Why it cannot be judged, why no agreement covers it, or why nothing is owed."""
    agreement_id: UUID | None = None
    """The agreement that asks for it; null where none covers it."""
    agreement_version: int | None = None
    """Of that agreement the version in force when it started: that judges."""
    start_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """Of an act that is to be announced, when it is made or planned."""
    first_due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """As it was due by what was told first: it stays when that is corrected."""
    due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    done_at: datetime | None = Field(default=None, sa_type=INSTANT)
    judged_as: str | None = None
    """The class that counted; null where the clause does not ask for one."""
    late_seconds: int | None = None
    """By how much it was done late."""
    remarks: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """What is to be known beside the verdict, such as that it was done before it started."""
    proof: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))
    """The ids of the events that prove it."""


class ObligationFields(JudgedFields):
    """What readers see of an obligation."""

    number: str
    state: ObligationState = Field(sa_type=String)
    clause: str
    """Its code."""
    kind: ClauseKind = Field(sa_type=String)
    owes: Owes = Field(sa_type=String)
    """Which side owes it."""
    gmp: bool
    """Whether it is a matter of GMP: quality waives it, else who trades."""
    statutory: bool = False
    """Whether the law asks for it, so that nobody waives it."""
    agreement_number: str | None = None
    """What people call that agreement; null where none covers it."""
    partner_id: UUID
    site_id: UUID
    product_id: UUID | None = None
    subject_type: SubjectType = Field(sa_type=String)
    """What it is about, such as a deviation."""
    subject_id: UUID
    """The id of the record that it is about."""
    subject_number: str | None = None
    """What people call the record that it is about; of a batch the lot's number."""
    waived_by: str | None = None
    waived_at: datetime | None = Field(default=None, sa_type=INSTANT)
    waiver_reason: str | None = None
    """Why it was waived; both sides read it."""


class WaiveObligation(Body):
    """That a breach, or what is owed still, is not held against the other side."""

    reason: Words = Said(examples=["The site's network was down, and the sponsor knew by telephone."])


class ObligationRead(ObligationFields, Shown):
    """An obligation as its readers see it."""

    partner: Ref | None
    site: Ref | None
    product: Ref | None
    overdue: bool
    """Whether it is not done and its due instant has passed."""
    overdue_seconds: int | None
    """For how long it has been overdue; null where it is not."""


class VerdictRead(JudgedFields, Answer):  # type: ignore[misc]
    """One verdict, as it was when it was given."""

    place: int
    """Its place among the verdicts of the obligation, from 1."""
    cause: str
    """What led to it: the type of a fact, ``clock``, or ``agreement``."""
    cause_id: UUID | None
    judged_at: datetime


class ProvingFact(Answer):
    """A fact about the subject: what it says of the moments that clauses speak of."""

    id: UUID
    """The event's."""
    type: str
    recorded_at: datetime
    says: dict[str, Any]
    """Moments by name, and the class."""
    proves: bool
    """Whether the verdict rests on it."""


class BallHeldRead(Answer):
    """Whose turn it was with the subject, from when on."""

    side: Holder
    partner_id: UUID | None
    """Which partner; null where it is none, or another one than who reads this."""
    since: datetime
    why: str


class ObligationOpenedUp(ObligationRead):
    """An obligation opened down to the facts."""

    verdicts: list[VerdictRead]
    """In the order in which they were given."""
    facts: list[ProvingFact]
    """All that was told of the subject, in its order."""
    turns: list[BallHeldRead]
    """Who held the ball, as far as it is known; no clock stops for that."""
