"""Words of excursions, and what one report says of one."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts import Lot


class ExcursionState(StrEnum):
    """Whether somebody said what it means."""

    open = "open"
    decided = "decided"
    withdrawn = "withdrawn"
    """Its source names another lot, whose own excursion it is now, and somebody had decided what it means here: it
    stands for nothing. While nobody had, it stays open."""


class ExcursionOutcome(StrEnum):
    """What an excursion means for its batch."""

    no_impact = "no_impact"
    """It departs from nothing that was approved, for the reason that is given."""
    deviation = "deviation"
    """A deviation of the batch deals with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An excursion as one revision of its source tells it."""

    lot: Lot
    batch_id: UUID
    told_at: datetime
    """When it came here."""
    source: str
    source_revision: int
    event_id: str
    step: str | None
    kind: str
    text: str
    value: Decimal | None
    limit: Decimal | None
    unit: str | None
    risk: str | None
    status: str | None
    occurred_at: str
