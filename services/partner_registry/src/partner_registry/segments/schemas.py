"""What is said about a partner's segment: bodies of requests, what is stored, and answers."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.oversight import Segment, SegmentCriterion
from partner_registry.metadata import INSTANT
from partner_registry.segments.scoring import TOTAL, WEIGHTS
from runtime.bodies import Body, Plain, Words
from serving.shown import Answer, Ref, Shown

Weight = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2), Plain]


class SegmentationState(StrEnum):
    """How far a segmentation is."""

    proposed = "proposed"
    confirmed = "confirmed"
    superseded = "superseded"
    rejected = "rejected"


class ScoreCriterion(Body):
    """One criterion from 0 to 10, and why."""

    criterion: SegmentCriterion
    points: Annotated[int, Field(ge=0, le=10, examples=[7]), Plain]
    rationale: Words = Field(examples=["the only source of two products with market criticality 9"])


class ProposeSegment(Body):
    """How much the partner matters. A criterion that nobody can say is left out: it never counts 0.

    What goes before the score follows from facts: qualifications that are recorded, and batches that were released to
    a market. A laboratory's year begins with the first order that it completed of such a batch. Who is qualified by
    facts, and of whom none of these is told, has no commercial year yet. Of the time before them it is said here:
    ``commercially_qualified``, and ``first_commercial_on`` or that there was no commercial batch yet.
    """

    partner_id: UUID
    criteria: list[ScoreCriterion] = Field(max_length=len(SegmentCriterion))
    weights: dict[SegmentCriterion, Weight] = Field(
        default_factory=lambda: dict(WEIGHTS), examples=[{key: str(each) for key, each in WEIGHTS.items()}]
    )
    commercially_qualified: bool | None = None
    commercially_supplied: bool | None = None
    first_commercial_on: Day | None = Field(None, examples=["2023-07-03"])
    regardless_of_edges: bool = False
    """The score's segment counts, also within 3 points of an edge; whoever confirms decides that too."""

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if (total := sum(self.weights.values(), Decimal())) != TOTAL:
            raise ValueError(f"weights must total {TOTAL}, and these total {total}")
        named = [each.criterion for each in self.criteria]
        if twice := sorted({each for each in named if named.count(each) > 1}):
            raise ValueError(f"scored twice: {', '.join(twice)}")
        if self.first_commercial_on and self.commercially_supplied is False:
            raise ValueError("first_commercial_on names a batch, and commercially_supplied says there was none")
        return self


class CriterionRead(Answer):
    """One criterion, and why."""

    criterion: SegmentCriterion
    points: int
    rationale: str


class SegmentationFields(SQLModel):
    """What readers see of a segmentation as it is stored."""

    number: str
    state: SegmentationState = Column(default=SegmentationState.proposed, sa_type=String)
    partner_id: UUID = Column(foreign_key="partner.id")
    criteria: list[Any] = Column(sa_type=JSONB)
    weights: dict[SegmentCriterion, Any] = Column(sa_type=JSONB)
    commercially_qualified: bool | None = None
    commercially_supplied: bool | None = None
    first_commercial_on: date | None = None
    regardless_of_edges: bool = False
    proposed_by: str
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    segment: Segment | None = Column(default=None, sa_type=String)
    """As confirmed; null before, and where the partner never was segmented."""
    score: Decimal | None = None
    by_score: Segment | None = Column(default=None, sa_type=String)
    why: str | None = None
    stale: bool = False
    """A criterion is missing, or a year has passed."""
    missing: list[SegmentCriterion] = Column(default_factory=list, sa_type=ARRAY(String))
    unknown: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """What goes before the score, and nobody said."""
    review_due_at: datetime | None = Column(default=None, sa_type=INSTANT)


class SegmentationRead(SegmentationFields, Shown):
    """A segmentation as its readers see it. What a proposal would come to is shown as if it were confirmed now."""

    partner: Ref
    criteria: list[CriterionRead]
    weights: dict[SegmentCriterion, Decimal]
