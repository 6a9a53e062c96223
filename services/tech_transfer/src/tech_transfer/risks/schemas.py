"""What is said about risks: bodies of requests, what is stored of them, and answers."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import String

from contracts.tech_transfer import Gate
from runtime.bodies import Because, Body, Plain, Words
from serving.shown import Answer
from tech_transfer.risks.scores import WORST, RiskClass
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead

Score = Annotated[int, Field(ge=1, le=WORST), Plain]


class TransferRiskState(StrEnum):
    """Where a risk stands."""

    open = "open"
    """It is scored anew at each gate."""
    closed = "closed"


class RiskScores(Body):
    """How bad it would be, how likely it is, and how hard to see: each from 1 to 5, 5 is the worst."""

    severity: Score = Field(examples=[4])
    occurrence: Score = Field(examples=[2])
    detection: Score = Field(examples=[3])


class NameRisk(RiskScores):
    """What may go wrong."""

    transfer_id: UUID
    failure_mode: Words = Field(examples=["The larger granulator leaves the granules too wet"])
    effect: Words = Field(examples=["Tablets stick, and dissolve too slowly"])
    """What would follow from it."""
    sponsor_only: bool = False
    """No partner learns of it, now or later, and no gate asks for it."""


class RescoreRisk(RiskScores, Because):
    """How it stands at the gate that is decided next. Say why where it rose."""


class RiskFields(OfTransfer):
    """What readers see of a risk."""

    number: str
    state: TransferRiskState = Column(default=TransferRiskState.open, sa_type=String)
    failure_mode: str
    """What may go wrong."""
    effect: str
    """What would follow from it."""
    sponsor_only: bool = False
    """Whether no partner learns of it; no gate asks for it then."""
    severity: int
    occurrence: int
    detection: int
    priority: int
    """Severity by occurrence by detection, from 1 to 125."""
    risk_class: RiskClass = Column(sa_type=String)
    first_priority: int
    """With which it began."""
    first_class: RiskClass = Column(sa_type=String)
    """In which it began."""
    scored_at_gate: Gate = Column(sa_type=String)
    """At which gate it was scored last."""
    series: list[Any] = Column(sa_type=JSONB)
    """All its scores, the first one first."""
    reason: str | None = None
    """Why it was closed; null while it is open."""


class RiskScoreRead(Answer):
    """How a risk was scored once."""

    gate: Gate
    severity: int
    occurrence: int
    detection: int
    priority: int
    """Severity by occurrence by detection, from 1 to 125."""
    risk_class: RiskClass
    reason: str | None
    """Why it rose, or what else was said of it; null where nothing was."""
    scored_by: str
    scored_at: datetime
    """When it was scored."""


class RiskRead(RiskFields, PartRead):
    """A risk as its readers see it."""

    series: list[RiskScoreRead]
    """All its scores, the first one first."""
