"""What is said about an inspection: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day, HappenedAt
from contracts.partner_registry import InspectionKind, InspectionOutcome, InspectionState, Letter, LetterKind
from partner_registry.certificates.schemas import Scope, ScopeRead
from partner_registry.metadata import INSTANT
from runtime.bodies import Body, Country, Digest, Line, Plain, Words
from serving.shown import Answer, Ref, Shown


class AnnounceInspection(Body):
    """An authority said that it comes, or stands at the door."""

    site_id: UUID
    authority: Line = Field(examples=["FDA"])
    kind: InspectionKind
    announced_at: HappenedAt = Field(examples=["2026-02-02T09:00:00+01:00"])
    told_sponsor_at: HappenedAt | None = Field(None, examples=["2026-02-02T15:30:00+01:00"])
    """When the partner told the sponsor; none where that is by this."""
    starts_on: Day = Field(examples=["2026-03-09"])
    products: list[Line] = Field(default_factory=list, max_length=100, examples=[["AMLO-5"]])
    """That the authority named."""


class BeginInspection(Body):
    """The day on which it began."""

    began_on: Day = Field(examples=["2026-03-09"])


class Observation(Body):
    """One thing that the inspectors noted."""

    text: Words = Field(examples=["Cleaning of the coater is not validated for the second product"])
    classification: Literal["critical", "major", "other"] | None = None
    """Where the authority gives one; FDA does not."""
    ours: bool | None = None
    """Whether it concerns what is made for the sponsor; none where nobody has judged it."""


class RecordObservations(Body):
    """What the inspectors left behind on their last day."""

    ended_on: Day = Field(examples=["2026-03-13"])
    observations: list[Observation] = Field(max_length=200)
    form_483: bool = False
    """Whether they stand on FDA's Form 483, whose answer is due within 15 working days."""


class AnswerObservations(Body):
    """When they were answered, and the SHA-256 digest of the answer."""

    answered_on: Day = Field(examples=["2026-03-30"])
    digest: Digest = Field(examples=["0b" * 32])


class PromiseCommitment(Body):
    """What the site promised the authority, and the last day for it."""

    text: Words = Field(examples=["Validate the cleaning of the coater"])
    due_on: Day = Field(examples=["2026-09-30"])


class KeepCommitment(Body):
    """Which promise was kept, counted from 1, and the SHA-256 digest of what shows it."""

    commitment: Annotated[int, Field(ge=1, le=1000, examples=[1]), Plain]
    evidence: Digest = Field(examples=["0b" * 32])


class ReceiveLetter(Body):
    """A letter of the authority after the inspection."""

    letter: LetterKind
    issued_on: Day = Field(examples=["2026-06-15"])
    reference: Line = Field(examples=["WL 320-26-41"])


class ClassifyInspection(Body):
    """What the authority decided."""

    outcome: InspectionOutcome
    classified_on: Day = Field(examples=["2026-06-10"])


class CoverInspection(Scope):
    """What an authority's decision covers, as somebody of the sponsor has read it in the report."""

    country: Country
    """Of the authority."""
    product_kind: Line = Field(examples=["chemical"])
    """The kind of product that it inspected, as rows of mutual recognition name kinds."""


class InspectionScope(ScopeRead):
    """What was inspected, by an authority of which country, and who of the sponsor has read that."""

    country: str
    product_kind: str
    by: str
    at: datetime


class ObservationRead(Observation, Answer):
    """What the inspectors noted."""


class Commitment(Answer):
    """A promise to the authority."""

    text: str
    due_on: date
    due_at: datetime
    """The end of that day at the site."""
    done_at: datetime | None = None
    done_by: str | None = None
    evidence: str | None = None
    overdue: bool


class InspectionFields(SQLModel):
    """What readers see of an inspection as it is stored."""

    number: str
    state: InspectionState = Column(default=InspectionState.announced, sa_type=String)
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    authority: str
    kind: InspectionKind = Column(sa_type=String)
    products: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    announced_at: datetime = Column(sa_type=INSTANT)
    told_sponsor_at: datetime = Column(sa_type=INSTANT)
    starts_on: date
    began_on: date | None = None
    ended_on: date | None = None
    observations: list[Any] = Column(default_factory=list, sa_type=JSONB)
    form_483: bool = False
    answer_due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """None where no norm says by when."""
    answered_on: date | None = None
    answer_digest: str | None = None
    outcome: InspectionOutcome | None = Column(default=None, sa_type=String)
    classified_on: date | None = None
    letters: list[Any] = Column(default_factory=list, sa_type=JSONB)
    commitments: list[Any] = Column(default_factory=list, sa_type=JSONB)


class InspectionRead(InspectionFields, Shown):
    """An inspection as its readers see it, with what is overdue at the time of the answer."""

    site: Ref
    partner: Ref
    observations: list[ObservationRead]
    letters: list[Letter]
    commitments: list[Commitment]
    covered: InspectionScope | None
    """What the last decision covers, where somebody of the sponsor has read that: by it, recognised, it counts."""
    overdue: bool
    """The answer to a Form 483, or a promise, is beyond its last day."""
