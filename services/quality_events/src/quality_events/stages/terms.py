"""Words of stages at another partner's site."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from contracts import Moment, Quantity
from quality_events import moments


class PartnerStageState(StrEnum):
    """How far a stage at another partner's site is."""

    planned = "planned"
    started = "started"
    ended = "ended"
    """What came of it is stated; its site's quality has not confirmed it."""
    confirmed = "confirmed"
    """Its site's qualified person or quality unit answers for it."""
    reviewed = "reviewed"
    """The sponsor's quality reviewed its record, too."""
    withdrawn = "withdrawn"
    """It was not begun, or the batch was given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """When a stage began, and on what."""

    started_at: Moment
    equipment: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Begun):
    """The whole of a stage that ended."""

    ended_at: Moment
    planned: Quantity | None = None
    """None: as it was planned."""
    actual: Quantity | None = None


def went_on(ended_at: str | None, sold_at: datetime | None, zone: str | None) -> bool:
    """Whether what began before a site was sold had not ended by then, for certain."""
    return sold_at is not None and not (ended_at and moments.ends_before(ended_at, sold_at, zone))
