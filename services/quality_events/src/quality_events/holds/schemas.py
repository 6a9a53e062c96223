"""What is said about a hold: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Side
from quality_events.holds.terms import HoldState
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Country, Words
from serving.shown import Ref, Shown


class PlaceHold(Body):
    """A batch is not to go on, in these markets or, where none is named, in any."""

    batch_id: UUID
    markets: list[Country] = Field(default=[], max_length=200, examples=[["DE", "AT"]])
    reason: Words = Field(examples=["the seal of a container was broken on arrival"])


class HoldFields(SQLModel):
    """What readers see of a hold as it is stored."""

    number: str
    state: HoldState = Column(default=HoldState.open, sa_type=String)
    batch_id: UUID
    lot_id: UUID
    site_id: UUID
    partner_id: UUID
    by_side: Side = Column(sa_type=String)
    """Which side placed it: only that side lifts it. The sponsor's is what a partner placed that turned out to have no
    part in the making."""
    markets: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """ISO 3166-1 alpha-2; empty is every market."""
    reason: str
    placed_by: str
    lifted_by: str | None = None
    lifted_at: datetime | None = Column(default=None, sa_type=INSTANT)
    lift_reason: str | None = None


class HoldRead(HoldFields, Shown):
    """A hold as its readers see it."""

    batch: Ref
    """Its number is the lot's, its name the material."""
    site: Ref | None
    partner: Ref | None
