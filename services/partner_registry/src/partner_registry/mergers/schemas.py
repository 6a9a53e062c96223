"""What is said about a merger: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from partner_registry.metadata import INSTANT
from runtime.bodies import Digest, Reason
from serving.shown import Ref, Shown


class MergerState(StrEnum):
    """Whether two people agreed on it, and whether its day has come."""

    proposed = "proposed"
    agreed = "agreed"
    effective = "effective"
    called_off = "called_off"


class ProposeMerger(Reason):
    """Which partner merges into which, and from which day on there is only the successor; it may be told late."""

    partner_id: UUID
    successor_id: UUID
    effective_on: Day = Field(examples=["2036-01-01"])
    evidence: Digest = Field(examples=["0b" * 32])


class PartnerMergerFields(SQLModel):
    """What readers see of a merger as it is stored."""

    number: str
    state: MergerState = Column(default=MergerState.proposed, sa_type=String)
    partner_id: UUID = Column(foreign_key="partner.id")
    """Which ceases to be."""
    successor_id: UUID = Column(foreign_key="partner.id")
    effective_on: date
    effective_at: datetime = Column(sa_type=INSTANT)
    """When that day has begun in each time zone."""
    reason: str
    evidence: str
    """The digest of what the register of companies says."""
    proposed_by: str
    agreed_by: str | None = None
    agreed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    obstacle: str | None = None
    """What stands against it though its day has come: to remove that, or to call it off, is the sponsor's turn. Of one
    that was called off, what stood against it then; null where nothing does."""


class PartnerMergerRead(PartnerMergerFields, Shown):
    """A merger as the sponsor sees it."""

    partner: Ref
    successor: Ref
    missing: list[str]
    """What stands against it now, in words; of one that is over nothing does."""
