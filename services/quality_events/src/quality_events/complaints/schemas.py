"""What is said about a complaint: bodies of requests, what is stored of it, and answers.

Who complained, or took harm, is no field of any of them, and is not to be written into a text either: that is kept
where the complaint was received, and at drug safety.
"""

import re
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Classification, HappenedAt
from contracts.complaints import ComplaintCategory
from quality_events.metadata import INSTANT
from runtime.bodies import Because, Body, Country, Digest, Line, Words
from serving.shown import Ref, Shown

_ADDRESS: Final = re.compile(r"\S@\S")


def _impersonal(text: str) -> str:
    if _ADDRESS.search(text):
        raise ValueError("names a person's address: describe what happened, never who complained")
    return text


Impersonal = Annotated[Words, AfterValidator(_impersonal)]
"""A text about what happened, and not about who it happened to."""


class ComplaintState(StrEnum):
    """Where a complaint stands."""

    received = "received"
    triaged = "triaged"
    investigating = "investigating"
    answered = "answered"


class ReceiveComplaint(Body):
    """What was complained of, where, and when the sponsor received it. Never who complained."""

    description: Impersonal = Field(examples=["Tablets of one blister are brown at the edge"])
    market: Country
    category: ComplaintCategory
    received_at: HappenedAt
    first_aware_at: HappenedAt | None = None
    """When the first of the sponsor and its partners knew of it, where that was before."""
    product_id: UUID | None = None
    batch_id: UUID | None = None
    lot_as_printed: Line | None = Field(None, examples=["24A117"])
    """As it stands on the pack, or was told."""


class TriageComplaint(Body):
    """What quality takes it for. Critical is what may have to be recalled as class I."""

    category: ComplaintCategory
    severity: Classification


class JoinComplaint(Because):
    """The batch that it concerns; why, where the pack gives another number, or another batch was joined before."""

    batch_id: UUID


class InvestigateComplaint(Body):
    """What the maker's quality unit found."""

    findings: Impersonal = Field(examples=["The blister of this station was not sealed"])
    retention_sample: Impersonal = Field(examples=["20 tablets of the retention sample looked at: none is brown"])
    evidence: Digest = Field(examples=["0c" * 32])


class AnswerComplaint(Body):
    """Whether it is substantiated, or null where nobody can say, and what is answered."""

    substantiated: bool | None
    answer: Impersonal = Field(examples=["A heater of the sealing station was worn; it was replaced"])


class ComplaintFields(SQLModel):
    """What readers see of a complaint as it is stored."""

    number: str
    state: ComplaintState = Column(default=ComplaintState.received, sa_type=String)
    description: str
    market: str
    category: ComplaintCategory = Column(sa_type=String)
    severity: Classification | None = Column(default=None, sa_type=String)
    """Null until quality has judged it."""
    received_at: datetime = Column(sa_type=INSTANT)
    first_aware_at: datetime = Column(sa_type=INSTANT)
    due_at: datetime = Column(sa_type=INSTANT)
    """By when it is to be answered. Nothing extends it."""
    product_id: UUID | None = None
    batch_id: UUID | None = Column(default=None, foreign_key="batch.id")
    lot_as_printed: str | None = None
    lot_id: UUID | None = None
    lot_number: str | None = None
    material: str | None = None
    site_id: UUID | None = None
    partner_id: UUID | None = None
    shared_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When the maker was given it to see and to investigate."""
    safety_due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """By when a suspected adverse event is to be passed to drug safety; null where nothing is to be passed."""
    safety_passed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    findings: str | None = None
    retention_sample: str | None = None
    evidence: str | None = None
    """Its digest."""
    investigated_by: str | None = None
    investigated_at: datetime | None = Column(default=None, sa_type=INSTANT)
    substantiated: bool | None = None
    answer: str | None = None
    answered_at: datetime | None = Column(default=None, sa_type=INSTANT)


class ComplaintRead(ComplaintFields, Shown):
    """A complaint as its readers see it."""

    site: Ref | None
    partner: Ref | None
    product: Ref | None
    due_on: date | None
    """The last of the sponsor's days that is in time."""
    overdue: bool
    """It is not answered, and its time has passed."""
    safety_overdue: bool
    """It is not passed to drug safety, and the time for that has passed."""
    in_time: bool | None
    """Whether it was answered in time; null while there is time."""
