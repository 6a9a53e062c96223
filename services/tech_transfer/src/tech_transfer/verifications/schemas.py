"""What is said about a process verification: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column

from contracts.transfer_batches import RunRule
from runtime.bodies import Body
from serving.shown import Answer
from tech_transfer.metadata import INSTANT
from tech_transfer.ppq_series.schemas import CapabilityRead
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class Verify(Body):
    """Look at all lots that the receiving site made of the product so far, by the limits of a series' protocol."""

    series_id: UUID


class ProcessVerificationFields(OfTransfer):
    """What readers see of a process verification as it is stored."""

    number: str
    series_id: UUID = Column(foreign_key="ppq_series.id")
    verified_at: datetime = Column(sa_type=INSTANT)
    verified_by: str
    attributes: list[Any] = Column(sa_type=JSONB)


class SignalRead(Answer):
    """A lot at which a run rule was broken."""

    rule: RunRule
    lot: str


class VerifiedAttributeRead(Answer):
    """What the lots show of one attribute."""

    capability: CapabilityRead
    signals: list[SignalRead]


class ProcessVerificationRead(ProcessVerificationFields, PartRead):
    """A process verification as its readers see it."""

    attributes: list[VerifiedAttributeRead]
