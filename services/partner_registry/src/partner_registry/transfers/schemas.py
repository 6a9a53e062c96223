"""What is said about a site that is sold: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from partner_registry.metadata import INSTANT
from runtime.bodies import Reason
from serving.shown import Ref, Shown


class TransferState(StrEnum):
    """Whether the site belongs to the buyer by now."""

    announced = "announced"
    effective = "effective"
    called_off = "called_off"


class SellSite(Reason):
    """To whom a site is sold, and from which of its local days on it belongs to the buyer; it may be told late."""

    site_id: UUID
    buyer_id: UUID
    effective_on: Day = Field(examples=["2026-07-01"])


class SiteTransferFields(SQLModel):
    """What readers see of a transfer as it is stored."""

    number: str
    state: TransferState = Column(default=TransferState.announced, sa_type=String)
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID = Column(foreign_key="partner.id")
    """The seller."""
    buyer_id: UUID = Column(foreign_key="partner.id")
    effective_on: date
    effective_at: datetime = Column(sa_type=INSTANT)
    """When that day begins at the site."""
    reason: str
    obstacle: str | None = None
    """Why it was called off by the clock when its day had come; None where it was not."""


class SiteTransferRead(SiteTransferFields, Shown):
    """A transfer as the sponsor sees it."""

    site: Ref
    partner: Ref
    buyer: Ref
