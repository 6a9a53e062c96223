"""What is said about a change: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day, HappenedAt, Side
from contracts.changes import ChangeCategory, ChangeClass
from quality_events.changes.terms import ChangeState, FilingKind, categories_of
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Code, Country, Line, Words
from serving.shown import Answer, Ref, Shown


class ProposeChange(Body):
    """What is to be made otherwise at a site, of which products, and from when on."""

    site_id: UUID
    products: list[Code] = Field(min_length=1, max_length=100, examples=[["AMLO-5"]])
    """By their codes."""
    title: Line = Field(examples=["Second supplier of lactose"])
    description: Words = Field(examples=["Lactose monohydrate also from the supplier's new plant, of the same grade"])
    effective_from: Day
    told_at: HappenedAt | None = None
    """When the other side was told, if not by this: only the sponsor's people may say so."""


class ClassifyChange(Body):
    """How much it may affect the product."""

    classification: ChangeClass


class MarketAssessment(Body):
    """How it is reported in a market, and what the regulatory unit remarks on that, which no partner reads."""

    market: Country
    category: ChangeCategory
    remark: Words | None = None

    @model_validator(mode="after")
    def _fits_the_regime(self) -> Self:
        known = categories_of(self.market)
        if self.category not in known:
            raise ValueError(f"category: {self.market} knows {', '.join(known)}, and not {self.category}")
        return self


class _Markets(Body):
    markets: list[MarketAssessment] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len({each.market for each in self.markets}) < len(self.markets):
            raise ValueError("markets: name each market once")
        return self


class AssessChange(_Markets):
    """Its category in each market, and what becomes of lots that are made already."""

    lots_already_made: Words = Field(examples=["None: it begins with new lots"])


class ReassessChange(_Markets):
    """Categories of further markets, or corrected ones, and why."""

    reason: Words = Field(examples=["the product is registered in Switzerland now"])


class ImplementChange(Body):
    """The first lot that is made so."""

    first_batch_id: UUID


class ImplementInEmergency(ImplementChange):
    """The first lot that was made so before it was approved, and why that could not wait."""

    emergency_reason: Words = Field(examples=["The only supplier stopped its deliveries"])


class CheckChange(Body):
    """Whether it has the effect that was wanted; if it was reverted, the last day on which it was made."""

    outcome: str = Field(pattern="^(effective|reverted)$", examples=["effective"])
    finding: Words = Field(examples=["Three lots were made; no result is out of trend"])
    reverted_on: Day | None = None

    @model_validator(mode="after")
    def _says_until_when(self) -> Self:
        if (self.outcome == "reverted") != (self.reverted_on is not None):
            raise ValueError("reverted_on: of a change that was reverted, and of no other, the last day is stated")
        return self


class EndRefusedChange(Body):
    """The last day on which a change was made that was refused afterwards."""

    reverted_on: Day


class RecordFiling(Body):
    """What was sent to a market's authority or came from it: the sponsor's own correspondence."""

    market: Country
    kind: FilingKind = Field(examples=["submitted"])
    happened_on: Day
    reference: Line | None = Field(None, examples=["NDA 021234/S-018"])
    remark: Words | None = None

    @model_validator(mode="after")
    def _is_correspondence(self) -> Self:
        if self.kind == FilingKind.assessment:
            raise ValueError("kind: submitted, approved or objected")
        if self.reference is None:
            raise ValueError("reference: by which number the authority knows it")
        return self


class ChangeFields(SQLModel):
    """What readers see of a change as it is stored."""

    number: str
    state: ChangeState = Column(default=ChangeState.proposed, sa_type=String)
    site_id: UUID
    partner_id: UUID
    product_ids: list[UUID] = Column(sa_type=ARRAY(Uuid))
    materials: list[str] = Column(sa_type=ARRAY(String))
    """The products' codes."""
    title: str
    description: str
    proposed_side: Side = Column(sa_type=String)
    proposed_by: str
    told_at: datetime = Column(sa_type=INSTANT)
    effective_from: date
    classification: ChangeClass | None = Column(default=None, sa_type=String)
    markets: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """Each with its category."""
    lots_already_made: str | None = None
    sponsor_approved_by: str | None = None
    sponsor_approved_at: datetime | None = Column(default=None, sa_type=INSTANT)
    maker_approved_by: str | None = None
    maker_approved_at: datetime | None = Column(default=None, sa_type=INSTANT)
    refusal_reason: str | None = None
    first_batch_id: UUID | None = None
    """From this lot on: of its site and products each one that did not start before it."""
    implemented_at: datetime | None = Column(default=None, sa_type=INSTANT)
    implemented_by: str | None = None
    emergency_reason: str | None = None
    """Why it was made before it was approved."""
    deviation_id: UUID | None = None
    finding: str | None = None
    """What the check of its effect found."""
    reverted_on: date | None = None


class ChangedMarketRead(Answer):
    """A market, as both sides see it."""

    market: str
    category: ChangeCategory
    approved_on: date | None
    releasable_from: date | None
    stopped_on: date | None
    releasable: bool | None
    """Whether what was made under it may go there today; null where that cannot be judged, which counts as no."""
    why: str


class ChangeClock(Answer):
    """The clocks at the time of the answer."""

    notice_until: date
    """The first local day on which it may be made that the other side was told of in time."""
    told_in_time: bool
    """By the earlier of the day that was stated and the one on which it was made; false is a breach."""
    approval_due_at: datetime | None
    """Of one that was made in an emergency; null also where the site's calendar is not known."""
    approved_in_time: bool | None
    """Null where there was no emergency, there is still time, or the due date is not known."""


class ChangeRead(ChangeFields, Shown):
    """A change as its readers see it."""

    site: Ref | None
    partner: Ref | None
    markets: list[ChangedMarketRead]
    clock: ChangeClock


class FilingRead(Answer):
    """What passed between the sponsor and an authority, as the sponsor's people see it."""

    id: UUID
    market: str
    kind: FilingKind
    happened_on: date
    reference: str | None
    remark: str | None
    recorded_by: str
    created_at: datetime


class BatchChange(Answer):
    """A change under which a batch was made, or may have been, and what that means in a market."""

    change: Ref
    state: ChangeState
    applies: bool | None
    """Null where nobody can tell, which counts as yes."""
    releasable: bool | None
    why: str
