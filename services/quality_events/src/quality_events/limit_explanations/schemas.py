"""What is said about an explanation: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from quality_events.metadata import INSTANT
from runtime.bodies import Body, Words
from serving.shown import Ref, Shown


class ExplanationState(StrEnum):
    """Whether an explanation counts."""

    stands = "stands"
    withdrawn = "withdrawn"


class ExplainLimit(Body):
    """Which deviation of a batch explains that it lies outside of a limit of its process, and how."""

    batch_id: UUID
    limit_name: Words = Field(examples=["yield of compression"])
    """As the process limits, and the readiness of the batch, call it: it may name two steps, each a line long."""
    deviation_id: UUID
    explanation: Words = Field(examples=["4 kg were left in the hopper when the press was stopped"])


class LimitExplanationFields(SQLModel):
    """What readers see of an explanation as it is stored."""

    number: str
    state: ExplanationState = Column(default=ExplanationState.stands, sa_type=String)
    batch_id: UUID
    partner_id: UUID
    limit_name: str
    found: str
    """What it explains, in the words of the readiness: of another value, or another limit, it explains nothing."""
    deviation_id: UUID
    explanation: str
    explained_by: str
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = Column(default=None, sa_type=INSTANT)
    withdrawal_reason: str | None = None


class LimitExplanationRead(LimitExplanationFields, Shown):
    """An explanation as its readers see it."""

    batch: Ref
    """Its number is the lot's, its name the material."""
    deviation: Ref | None
    """Which explains it."""
