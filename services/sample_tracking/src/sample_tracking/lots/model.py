"""What is known of a lot: who made it, by which specification it is judged, and what its certificate says of that."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import DateTime
from sqlmodel import Field

from sample_tracking.metadata import Table


class KnownLot(Table, table=True):
    """A lot in the making. Its day of making is that of its completion, and that of its start until this is known."""

    __tablename__ = "known_lot"

    lot_id: UUID = Field(primary_key=True)
    started_on: date | None = None
    completed_on: date | None = None
    expiry_date: str | None = None
    """A day or a month, as its maker stated it."""
    closed: bool = False
    """Its making was given up: no later revision looks back at it."""
    site_id: UUID | None = None
    named_id: UUID | None = None
    """Whose the last fact says that it is."""
    named_in: int | None = None
    """The sequence of that fact."""
    ended: str | None = None
    """When its making was completed or given up, as precise as it was told."""
    ended_in: int | None = None
    """The sequence of the fact that told so."""
    maker_id: UUID | None = None
    """Who made it, by its facts and the sales of its site; None until both were read."""
    settled: bool = True
    """Whether that was worked out since something was told of it last."""


class SiteSale(Table, table=True):
    """A sale of a site, as it was told. Its id is the event's."""

    __tablename__ = "site_sale"

    id: UUID = Field(primary_key=True)
    site_id: UUID
    from_partner_id: UUID
    partner_id: UUID
    effective_on: date
    effective_at: datetime = Field(sa_type=DateTime(timezone=True))
