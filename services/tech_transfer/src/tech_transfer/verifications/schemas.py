"""What is said about a process verification: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column

from contracts.transfer_batches import RunRule
from runtime.bodies import Body, Line
from serving.shown import Answer
from tech_transfer.metadata import INSTANT
from tech_transfer.ppq_series.schemas import CapabilityRead
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class Verify(Body):
    """Look at the PPQ batches and at what was made since a transfer was closed, by the limits of a series' protocol."""

    series_id: UUID
    strength: Line | None = Field(default=None, examples=["10 mg"])
    """Which lots are looked at; needed where the series is of several."""


class ProcessVerificationFields(OfTransfer):
    """What readers see of a process verification as it is stored."""

    number: str
    strength: str | None = None
    """Of the lots that were looked at."""
    series_id: UUID = Column(foreign_key="ppq_series.id")
    verified_at: datetime = Column(sa_type=INSTANT)
    """When the lots were looked at."""
    verified_by: str
    attributes: list[Any] = Column(sa_type=JSONB)
    left_out: list[Any] = Column(default_factory=list, sa_type=JSONB)


class SignalRead(Answer):
    """A lot at which a run rule was broken."""

    rule: RunRule
    lot: str


class VerifiedAttributeRead(Answer):
    """What the lots show of one attribute."""

    capability: CapabilityRead
    signals: list[SignalRead]


class LeftOutLot(Answer):
    """A lot that is no part of a verification."""

    lot: str
    why: str


class ProcessVerificationRead(ProcessVerificationFields, PartRead):
    """A process verification as its readers see it."""

    attributes: list[VerifiedAttributeRead]
    left_out: list[LeftOutLot]
    """Lots of the product with results that are no part of it, each with why."""
