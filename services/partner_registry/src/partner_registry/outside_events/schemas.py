"""What is said about an event outside of our records: bodies of requests, what is stored, and answers."""

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import HappenedAt
from contracts.oversight import OutsideEventKind
from partner_registry.metadata import INSTANT
from runtime.bodies import Body, Digest, Line, Words
from serving.shown import Ref, Shown


class OutsideEventState(StrEnum):
    """Whether it is held to have happened."""

    recorded = "recorded"
    withdrawn = "withdrawn"


class RecordOutsideEvent(Body):
    """What happened, where that is known from, and the document that shows it."""

    partner_id: UUID
    kind: OutsideEventKind = Field(examples=["insolvency_notice"])
    site_ids: list[UUID] = Field(default_factory=list, max_length=100)
    """None: all of the partner's sites, also those that are registered later."""
    happened_at: HappenedAt = Field(examples=["2026-03-02T08:00:00Z"])
    source: Line = Field(examples=["Official gazette of 2026-03-02"])
    description: Words = Field(examples=["proceedings were opened at the court of Graz"])
    evidence: Digest = Field(examples=["0b" * 32])
    """SHA-256 of the document."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({*self.site_ids}) < len(self.site_ids):
            raise ValueError("site_ids name a site twice: each once")
        return self


class OutsideEventFields(SQLModel):
    """What readers see of an event as it is stored."""

    number: str
    state: OutsideEventState = Column(default=OutsideEventState.recorded, sa_type=String)
    partner_id: UUID = Column(foreign_key="partner.id")
    kind: OutsideEventKind = Column(sa_type=String)
    site_ids: list[UUID] = Column(sa_type=ARRAY(Uuid))
    """None: all of the partner's sites."""
    happened_at: datetime = Column(sa_type=INSTANT)
    source: str
    description: str
    evidence: str
    recorded_by: str
    withdrawn_by: str | None = None
    reason: str | None = None
    """Why it was withdrawn."""


class OutsideEventRead(OutsideEventFields, Shown):
    """An event as its readers see it."""

    partner: Ref
