"""What is said about a product quality review: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from typing import Any, Final, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from quality_events.metadata import INSTANT
from quality_events.product_reviews.terms import ReviewState, SectionName
from runtime.bodies import Body, Digest, Words
from serving.shown import Answer, Ref, Shown

FIRST_DAY: Final = date(1990, 1, 1)
YEARS: Final = 5
"""Usual: EU GMP 1.10 asks for one each year, and an older period or a longer one is a slip of the pen."""


class OpenProductReview(Body):
    """Which product of which sites of one partner is reviewed, and for which days; both ends belong to it."""

    site_ids: list[UUID] = Field(min_length=1, max_length=50)
    product_id: UUID
    period_from: Day = Field(examples=["2026-01-01"])
    period_to: Day = Field(examples=["2026-06-30"])
    """A local day of the sponsor, like the first: it has ended."""

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        first, last = self.period_from, self.period_to
        if first < FIRST_DAY:
            raise ValueError(f"period_from: name {FIRST_DAY} or later")
        if first > last:
            raise ValueError(f"period_from: {first} lies after period_to, which is {last}")
        if (last.year - YEARS, last.month, last.day) >= (first.year, first.month, first.day):
            before = f"{first.year + YEARS}-{first:%m-%d}"
            raise ValueError(f"period_to: a review is of at most {YEARS} years: name a day before {before}")
        return self


class AddReviewPart(Body):
    """What people say of a section, and the digest of the document that shows it."""

    section: SectionName = Field(examples=["stability"])
    text: Words = Field(examples=["Three lots are on stability; no result is out of trend"])
    evidence: Digest | None = None


class ProductReviewFields(SQLModel):
    """What readers see of a review as it is stored."""

    number: str
    state: ReviewState = Column(default=ReviewState.draft, sa_type=String)
    partner_id: UUID
    site_ids: list[UUID] = Column(sa_type=ARRAY(Uuid))
    product_id: UUID
    material: str
    """The product's code."""
    period_from: date
    period_to: date
    time_zone: str
    """The sponsor's when it was opened: by its local days the period is counted."""
    due_at: datetime = Column(sa_type=INSTANT)
    opened_by: str
    round: int = 1
    """How often its sections were computed."""
    refreshed_at: datetime = Column(sa_type=INSTANT)
    covered: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """The sections to which the maker wrote a part."""
    reviewed_by: str | None = None
    reviewed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    seal: str | None = None
    """SHA-256 of the sections that are the sponsor's alone, which nobody else can find by trial."""
    digest: str | None = None
    """SHA-256 of the whole, the seal included: both sides sign it."""
    return_reason: str | None = None
    maker_signed_by: str | None = None
    maker_signed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    sponsor_signed_by: str | None = None
    sponsor_signed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    cancel_reason: str | None = None
    """Why it was opened by mistake."""
    cancelled_by: str | None = None
    cancelled_at: datetime | None = Column(default=None, sa_type=INSTANT)
    signed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When the second of both signed."""


class EntryFields(SQLModel):
    """What is stored of an answer or of a part; nothing of it changes."""

    section: SectionName = Column(sa_type=String)
    question: str | None = None
    """By which it was answered; null of a part that somebody wrote."""
    parameters: dict[str, Any] | None = Column(default=None, sa_type=JSONB(none_as_null=True))
    round: int | None = None
    """Of an answer: when it was computed. A later round's goes before it."""
    content: str
    """The answer as canonical JSON, or what somebody wrote."""
    digest: str
    """SHA-256 of the content."""
    evidence: str | None = None
    author: str
    written_at: datetime = Column(sa_type=INSTANT)


class ProductReviewRead(ProductReviewFields, Shown):
    """A review as its readers see it."""

    partner: Ref | None
    product: Ref | None
    sites: list[Ref]
    overdue: bool
    """It is not signed by both, and its time has passed."""
    in_time: bool | None
    """Whether both signed in time; null while there is time."""


class ProductReviewAnswer(Answer):
    """What records told when they were asked last."""

    question: str
    parameters: dict[str, Any]
    answer: Any
    digest: str
    answered_at: datetime


class ProductReviewPart(Answer):
    """What somebody wrote."""

    text: str
    digest: str
    evidence: str | None
    author: str
    written_at: datetime


class ProductReviewSection(Answer):
    """A section of EU GMP 1.10."""

    name: SectionName
    clause: str
    title: str
    withheld: bool
    """It is the sponsor's alone: a partner sees no more of it than that."""
    unjudged: str | None
    """What no fact tells: a part is written about it before the review goes on."""
    answers: list[ProductReviewAnswer]
    parts: list[ProductReviewPart]


class ProductReviewDetail(ProductReviewRead):
    """A review with its sections."""

    sections: list[ProductReviewSection]


class VerifiedAnswer(Answer):
    """Whether a question that was kept gives the same answer today."""

    section: SectionName
    question: str
    kept: str
    """The digest of the answer that was kept."""
    today: str | None
    """Null of a question that is not asked any more."""
    same: bool | None


class ProductReviewVerification(Answer):
    """Whether what is kept is what was signed, and whether the records say the same today. It rewrites nothing."""

    intact: bool | None
    """Whether what is kept has the digest that is signed; null of a draft."""
    same: bool
    """Whether each answer is the same today."""
    answers: list[VerifiedAnswer]
