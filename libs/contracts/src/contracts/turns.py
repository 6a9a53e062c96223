"""Who owes the next step of a record, told by the service that owns it."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact


class Holder(StrEnum):
    """Whom a record waits for."""

    sponsor = "sponsor"
    partner = "partner"
    both = "both"
    """Either of them may take the next step."""
    outside = "outside"
    """An authority, or a carrier."""
    unknown = "unknown"
    """It waits, and for whom cannot be said: never counted as the partner."""
    nobody = "nobody"
    """It waits no longer."""


class BallHeld(Fact):
    """A record waits for somebody else from ``occurred_at`` on. Each service that has such records publishes its own.

    The times from one such fact about a record to the next add up to the time that the record took.
    """

    subject_type: str
    """What kind of record it is, such as ``deviation``."""
    subject_id: UUID
    number: str | None
    """What people call the record, where they do."""
    side: Holder
    awaited_partner_id: UUID | None
    """Which partner, where it waits for one."""
    why: str
    """The state in which the record is."""
