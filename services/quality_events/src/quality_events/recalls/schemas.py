"""What is said about a recall: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from pydantic import Field, ValidationInfo, field_validator, model_validator
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Lot, Quantity
from contracts.complaints import AuthorityRegime
from contracts.recalls import RecallClass, RecallDepth
from gxp import regimes
from quality_events.batches.went_in import Amount
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Country, Words
from serving.shown import Answer, Ref, Shown


class RecallState(StrEnum):
    """Where a recall stands."""

    proposed = "proposed"
    declined = "declined"
    started = "started"
    reconciled = "reconciled"
    closed = "closed"


class RecallFrom(Body):
    """A market from which it is recalled, and by whose law."""

    market: Country
    regime: AuthorityRegime = Field(examples=["eu_eea"])
    """Stated to be checked: the market has one."""

    @field_validator("regime")
    @classmethod
    def _own(cls, regime: AuthorityRegime, info: ValidationInfo) -> AuthorityRegime:
        return regimes.checked(info.data.get("market"), regime)


class ProposeRecall(Body):
    """Which batches are to be recalled, with all that they went into, from where and why."""

    batch_ids: list[UUID] = Field(min_length=1, max_length=500)
    markets: list[RecallFrom] = Field(min_length=1, max_length=200)
    classification: RecallClass
    depth: RecallDepth
    cause: Words = Field(examples=["An impurity above its limit in retained samples"])
    health_hazard: Words = Field(examples=["Long use may harm the liver; no harm was reported"])
    """The evaluation (21 CFR 7.41); of an exercise, what is assumed."""
    mock: bool = False
    """An exercise: nothing is brought back."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len({each.market for each in self.markets}) < len(self.markets):
            raise ValueError("markets: a market is named twice: name each once, with its regime")
        return self


class StateRecalled(Body):
    """How much of a batch went to a market, and how much of that came back."""

    batch_id: UUID
    market: Country
    distributed: Amount
    """Zero where nothing of it went there."""
    recovered: Amount | None = None


class ReconcileRecall(Body):
    """What the check of effectiveness found (21 CFR 7.42(b)(3))."""

    effectiveness: Words = Field(examples=["Each of 14 consignees answered within five days"])


class RecallMarket(Answer):
    """A market from which it is recalled, and by whose law."""

    market: str
    regime: str


class RecallFields(SQLModel):
    """What readers see of a recall as it is stored."""

    number: str
    state: RecallState = Column(default=RecallState.proposed, sa_type=String)
    mock: bool
    product_id: UUID | None = None
    """That of the batches which were named, where it is one and known."""
    batch_ids: list[UUID] = Column(sa_type=ARRAY(Uuid))
    """Those that were named; their children follow from the genealogy."""
    markets: list[Any] = Column(sa_type=JSONB)
    classification: RecallClass = Column(sa_type=String)
    depth: RecallDepth = Column(sa_type=String)
    cause: str
    health_hazard: str
    evaluated_by: str
    quality_approved_by: str | None = None
    quality_approved_at: datetime | None = Column(default=None, sa_type=INSTANT)
    regulatory_approved_by: str | None = None
    regulatory_approved_at: datetime | None = Column(default=None, sa_type=INSTANT)
    decline_reason: str | None = None
    started_at: datetime | None = Column(default=None, sa_type=INSTANT)
    trace_due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """Of an exercise: by when it is to be known where all went."""
    traced_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When of each line was known how much was distributed."""
    effectiveness: str | None = None
    reconciled_by: str | None = None
    reconciled_at: datetime | None = Column(default=None, sa_type=INSTANT)
    closed_by: str | None = None
    closed_at: datetime | None = Column(default=None, sa_type=INSTANT)


class RecallRead(RecallFields, Shown):
    """A recall as the sponsor sees it."""

    product: Ref | None
    batches: list[Ref]
    """Those that were named: a number is the lot's, a name the material."""
    markets: list[RecallMarket]
    traced_in_time: bool | None
    """Of an exercise; null while there is still time, and of what is none."""


class RecallLineRead(Answer):
    """A batch in a market."""

    batch_id: UUID
    number: str
    material: str
    partner_id: UUID
    market: str
    regime: str
    distributed: Quantity | None
    """Null while it is not known."""
    recovered: Quantity | None


class RecallDetail(RecallRead):
    """A recall with all that is in it."""

    lines: list[RecallLineRead]


class RecallPartFields(SQLModel):
    """What readers see of a maker's part of a recall as it is stored."""

    recall_id: UUID = Column(foreign_key="recall.id")
    number: str
    partner_id: UUID
    mock: bool
    classification: RecallClass = Column(sa_type=String)
    depth: RecallDepth = Column(sa_type=String)
    markets: list[str] = Column(sa_type=ARRAY(String))
    lots: list[Any] = Column(default_factory=list, sa_type=JSONB)
    started_at: datetime = Column(sa_type=INSTANT)
    closed_at: datetime | None = Column(default=None, sa_type=INSTANT)


class RecallPartRead(RecallPartFields, Shown):
    """A maker's lots in a recall, as the maker sees it too."""

    partner: Ref
    lots: list[Lot]


class MockRecallDue(Answer):
    """By which day a product's recall is to be exercised."""

    product: Ref
    last_mock_on: date | None
    """The day, in UTC, on which the last one that was closed began."""
    due_on: date
    """A year after that, or after the product's first batch was made."""
    overdue: bool
