"""What is said about a site's risk: bodies of requests, what is stored, and answers."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts.oversight import RiskBand, RiskDimension, RiskTrajectory
from partner_registry.metadata import INSTANT
from partner_registry.risk.scoring import SCALE_VERSION
from runtime.bodies import Because, Body, Line, Plain, Words
from serving.shown import Answer, Ref, Shown

Points = Annotated[int, Field(ge=1, le=5, examples=[3]), Plain]


class RiskState(StrEnum):
    """How far an assessment is."""

    draft = "draft"
    half_signed = "half_signed"
    """Quality signed; a second function has not."""
    signed = "signed"
    superseded = "superseded"


class DraftRisk(Body):
    """Which site is assessed, and why now."""

    site_id: UUID
    occasion: Words = Field(examples=["yearly review"])


class RateDimension(Body):
    """One dimension in one rater's eyes. Who cannot say what would detect it leaves that out: it counts as 5."""

    dimension: RiskDimension
    severity: Points
    """Harm to a patient, or to supply."""
    probability: Points
    detectability: Points | None = None
    """5 is seen only at the patient."""
    rationale: Words = Field(examples=["two confirmed OOS in a year, found at release"])
    drivers: list[Line] = Field(default_factory=list, max_length=50, examples=[["OOS-2026-48151"]])
    """The records and facts behind it."""


class RateRisk(Body):
    """What one rater says; a dimension that the same person rated before is rated anew."""

    ratings: list[RateDimension] = Field(min_length=1, max_length=len(RiskDimension))

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [each.dimension for each in self.ratings]
        if twice := sorted({each for each in named if named.count(each) > 1}):
            raise ValueError(f"rated twice: {', '.join(twice)}; say one rating for each dimension")
        return self


class SettleRisk(Body):
    """What counts of a dimension in which raters are apart, and why."""

    agreed: RateDimension


class FormTeam(Body):
    """Who assesses together, all of them."""

    team: list[Line] = Field(min_length=1, max_length=50, examples=[["Ana Novak", "Petra Kos", "Jan Weiss"]])


class SignRisk(Because):
    """What the signature covers. A band above the computed one takes a reason."""

    band: RiskBand | None = None
    """None: the computed one."""
    covers: list[UUID] = Field(default_factory=list, max_length=1000)
    """The floors, by their ids, whose facts were weighed: they hold no longer then. Each other one stays."""


class RatingRead(Answer):
    """One dimension in one rater's eyes."""

    dimension: RiskDimension
    severity: int
    probability: int
    detectability: int | None
    rationale: str
    drivers: list[str]
    by: str
    at: datetime


class ScoreRead(Answer):
    """What counts of one dimension; null where it is not assessed."""

    dimension: RiskDimension
    score: int | None
    band: RiskBand | None
    floored: bool
    """Harm holds the band above what the score says."""
    detectability_unknown: bool
    apart: bool
    """Raters are too far apart: a consensus is missing."""


class RiskAssessmentFields(SQLModel):
    """What readers see of an assessment as it is stored."""

    number: str
    state: RiskState = Column(default=RiskState.draft, sa_type=String)
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    occasion: str
    scale_version: str = SCALE_VERSION
    ratings: list[Any] = Column(default_factory=list, sa_type=JSONB)
    consensus: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """What counts of dimensions in which raters were apart."""
    team: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    drafted_by: str
    band: RiskBand | None = Column(default=None, sa_type=String)
    """As signed: at least the computed one."""
    band_reason: str | None = None
    """Why it was signed above that."""
    worst_score: int | None = None
    trajectory: RiskTrajectory | None = Column(default=None, sa_type=String)
    covers: list[UUID] = Column(default_factory=list, sa_type=ARRAY(Uuid))
    """The floors whose facts the signature covers."""
    signed_by: str | None = None
    signed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    second_signed_by: str | None = None
    effective_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When the last signature was given that it takes."""


class RiskContent(RiskAssessmentFields):
    """What stands in an assessment, with what is computed from the ratings."""

    model_config = Shown.model_config

    ratings: list[RatingRead]
    consensus: list[RatingRead]
    scores: list[ScoreRead]
    computed_band: RiskBand | None
    at_least: bool
    """Some dimension is not assessed."""


class RiskAssessmentRead(RiskContent, Shown):
    """An assessment as its readers see it."""

    site: Ref
    partner: Ref


class StandingRead(Answer):
    """What is in force of one dimension."""

    dimension: RiskDimension
    score: int | None
    band: RiskBand | None
    floor: RiskBand | None


class SiteRiskFields(SQLModel):
    """What readers see of a site's risk as it is stored."""

    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    band: RiskBand | None = Column(default=None, sa_type=String)
    """In force, floors included; null where the site is not assessed and no fact set a floor."""
    at_least: bool = True
    provisional: bool = False
    signed_band: RiskBand | None = Column(default=None, sa_type=String)
    assessment_id: UUID | None = Column(default=None, foreign_key="risk_assessment.id")
    scale_version: str | None = None
    worst_score: int | None = None
    trajectory: RiskTrajectory | None = Column(default=None, sa_type=String)
    dimensions: list[Any] = Column(default_factory=list, sa_type=JSONB)
    drivers: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """By when the reassessment is to be signed that a fact asks for."""


class SiteRiskRead(SiteRiskFields, Shown):
    """A site's risk as its readers see it."""

    site: Ref
    partner: Ref
    dimensions: list[StandingRead]
    overdue: bool


class FloorRead(Answer):
    """What a fact holds up until a reassessment is signed."""

    id: UUID
    cause: str
    fact: str
    dimension: RiskDimension
    band: RiskBand
    holds_from: datetime
    due_at: datetime


class SignedRead(Answer):
    """One signed assessment of the site."""

    id: UUID
    number: str
    effective_at: datetime
    band: RiskBand
    worst_score: int
    trajectory: RiskTrajectory
    scale_version: str


class SiteRiskDetail(SiteRiskRead):
    """A site's risk with the floors that hold, and its signed assessments, oldest first."""

    floors: list[FloorRead]
    signed: list[SignedRead]
