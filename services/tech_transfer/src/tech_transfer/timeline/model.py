"""What is kept of what blocked gates, and of where sites are."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, String

from contracts.tech_transfer import Gate
from runtime.work import Identified
from tech_transfer.gates.terms import Unit
from tech_transfer.metadata import INSTANT, Table


class GateBlocking(Identified, Table, table=True):
    """Something blocked the gate that was to be decided next. It was noted as it was, and nobody writes it anew."""

    __tablename__ = "gate_blocking"

    transfer_id: UUID = Field(foreign_key="transfer.id")
    gate: Gate = Field(sa_type=String)
    rule: str
    """What the gate asked for; ``decision`` where it waited for that alone, ``hold`` where the transfer rested."""
    unit: Unit = Field(sa_type=String)
    record_type: str | None = None
    record_id: UUID | None = None
    record_number: str | None = None
    since: datetime | None = Field(default=None, sa_type=INSTANT)
    """Since when the unit had owed it; None where nobody could say."""
    noted_at: datetime = Field(sa_type=INSTANT)
    until: datetime | None = Field(default=None, sa_type=INSTANT)
    """When it was seen that it blocks no more; None while it does."""

    @property
    def waiting_since(self) -> datetime:
        """Since when it waited, as far as that is kept."""
        return self.since or self.noted_at

    def blocked_at(self, instant: datetime) -> bool:
        """Whether it was known to block at an instant."""
        return self.noted_at <= instant and (self.until is None or instant < self.until)


class SiteCalendar(Table, table=True):
    """In which country a site is, by whose public holidays its working days are counted. Its id is the site's."""

    __tablename__ = "site_calendar"

    id: UUID = Field(primary_key=True)
    partner_id: UUID
    country: str


class FollowedTransfer(Table, table=True):
    """When a transfer was looked at last for what only the passing of days changes. Its id is the transfer's."""

    __tablename__ = "followed_transfer"

    id: UUID = Field(primary_key=True)
    followed_at: datetime = Field(sa_type=INSTANT)
    changed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """Since when it has to be looked at again: a partner changed something, and may not note what blocks since then."""
    delay_told: int = 0
    """How much of a delay was told: see ``forecast.level``."""
