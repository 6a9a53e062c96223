"""What is known of a lot: by which specification it is judged, and what its certificate says of its making."""

from datetime import date
from uuid import UUID

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
