"""What is said about a proposal to hold a batch: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from quality_events.metadata import INSTANT
from runtime.bodies import Body, Country, Words
from serving.shown import Ref, Shown


class HoldProposalState(StrEnum):
    """Whether quality has answered, and how."""

    open = "open"
    placed = "placed"
    """The batch is held."""
    declined = "declined"
    """It goes on, and it is said why."""


class ProposeHold(Body):
    """Which batch is to be held, and why: what was seen at its site."""

    batch_id: UUID
    reason: Words = Field(examples=["balance 12 was not calibrated while it was made"])


class PlaceProposed(Body):
    """The batch is held, in these markets or, where none is named, in any."""

    markets: list[Country] = Field(default=[], max_length=200, examples=[["DE", "AT"]])
    reason: Words = Field(examples=["its site was suspended before it was released"])


class HoldProposalFields(SQLModel):
    """What readers see of a proposal as it is stored."""

    number: str
    state: HoldProposalState = Column(default=HoldProposalState.open, sa_type=String)
    batch_id: UUID
    site_id: UUID
    """Of which something became known: where it was made or tested."""
    reasons: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """What became known of the site. More may come while it is open."""
    proposed_by: str | None = None
    """Null where facts proposed it."""
    answered_by: str | None = None
    answered_at: datetime | None = Column(default=None, sa_type=INSTANT)
    decline_reason: str | None = None
    """Why it goes on."""
    hold_id: UUID | None = None
    """The hold that was placed."""


class HoldProposalRead(HoldProposalFields, Shown):
    """A proposal as its readers see it."""

    batch: Ref
    """Its number is the lot's, its name the material."""
    site: Ref | None
    hold: Ref | None
    """The hold that was placed; its name is its state."""
