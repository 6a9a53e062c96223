"""Words of excursions, and what one report says of one."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from contracts import Lot


class ExcursionState(StrEnum):
    """Whether somebody said what it means."""

    open = "open"
    decided = "decided"


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
    reported_by: UUID | None
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

    @property
    def seen_by(self) -> list[UUID]:
        """Whose batch it is, and another partner whose system told of it."""
        return list(dict.fromkeys(each for each in (self.lot.partner_id, self.reported_by) if each))
