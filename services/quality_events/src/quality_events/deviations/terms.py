"""What is said about a deviation: its states, the report of it, and the results of its investigation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts import Classification, Grant, HappenedAt, Lot, Moment, Role, Side
from contracts.quality_events import Recurrence
from quality_events import clocks
from serving.shown import Answer


class DeviationState(StrEnum):
    """Where a deviation stands."""

    reported = "reported"
    classified = "classified"
    under_investigation = "under_investigation"
    awaiting_approval = "awaiting_approval"
    closed = "closed"
    cancelled = "cancelled"


OPEN = frozenset(DeviationState) - {DeviationState.closed, DeviationState.cancelled}
SPONSOR = frozenset({Role.quality})
PARTNER = frozenset({Side.owner(Role.partner_quality)})
INVESTIGATORS: frozenset[Role | Grant] = frozenset({Role.quality, *PARTNER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is told about a departure when it is recorded."""

    title: str
    description: str = ""
    category: str
    shared_equipment: list[str] = field(default_factory=list)
    site_id: UUID
    partner_id: UUID
    occurred_at: Moment
    discovered_at: datetime | None = None
    partner_aware_at: datetime
    sponsor_aware_at: datetime
    zone: str | None
    """The site's time zone, by which days are counted; None where it is not known yet."""
    historic: bool = False
    """From a feed that loads its past: there is no clock that anybody could have kept."""
    reporter: str
    proposed_classification: Classification | None = None
    lots: tuple[Lot, ...] = ()
    batches: Mapping[UUID, UUID]
    """The batches' ids by lot id; a raw material's lot has none."""
    source: str | None = None
    """How the partner's own system knows it, so that amendments find it."""
    revision: int = 1

    @property
    def makers(self) -> set[UUID]:
        """Who made the lots, and learns of it by that.

        No other owner of the site whose system tells of it: what stands against its lots it learns from their readiness
        alone, and what the one says of its own lots never.
        """
        return {lot.partner_id for lot in self.lots if self.source is None or lot.site_id != self.site_id}

    def take(self, *names: str) -> dict[str, Any]:
        """What it says under some of these names."""
        return {name: getattr(self, name) for name in names if hasattr(self, name)}


class LateAmendment(Answer):
    """A revision of the partner's record that came after the deviation had ended."""

    revision: int
    reported_at: HappenedAt
    """When the sponsor heard of it."""
    title: str
    description: str
    category: str
    occurred_at: Moment | None = None
    """None in what was kept before this was kept too."""
    partner_aware_at: HappenedAt | None = None
    """None in what was kept before this was kept too."""
    proposed_classification: Classification | None
    lots: tuple[Lot, ...]
    answer: str | None = None
    """Why it changes nothing, or which deviation deals with it; null while nobody said so."""
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """What an investigation found. None leaves what was stated before."""

    root_cause_category: str | None = None
    root_cause: str | None = None
    impact: str | None = None
    impacts: Mapping[UUID, str] | None = None
    """The impact on each lot, by lot id."""
    capa_reference: str | None = None
    capa_justification: str | None = None
    """Why no corrective or preventive action is needed."""


def recurrence(earlier: int) -> Recurrence | None:
    """What follows from how many deviations of its kind came before one (ICH Q10 3.2.2)."""
    if earlier == 0:
        return None
    return Recurrence.proposes_capa if earlier < clocks.RECURRENCES_BEFORE_ESCALATION else Recurrence.escalates
