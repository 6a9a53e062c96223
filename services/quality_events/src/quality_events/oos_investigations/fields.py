"""Where an OOS investigation stands, and what readers see of one as it is stored."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Numeric
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts.quality_events import OosConclusion
from quality_events.metadata import INSTANT
from quality_events.tested_results import OfAResult


class OosState(StrEnum):
    """Where an investigation stands."""

    phase_1 = "phase_1"
    """The laboratory looks for an error of its own."""
    awaiting_approval = "awaiting_approval"
    """The laboratory found one and proposes to invalidate its result; that is not for itself to decide."""
    phase_2 = "phase_2"
    """The manufacturer's quality unit looks at the whole process."""
    concluded = "concluded"


OPEN = frozenset(OosState) - {OosState.concluded}
TAKEN_OVER = {
    *("result_id", "test", "stage", "role", "value", "text", "unit", "laboratory_site_id", "laboratory_partner_id"),
    "historic",
}
"""What an investigation has of its result as it was told."""


class OosFields(OfAResult):
    """What readers see of an investigation as it is stored."""

    number: str
    state: OosState = Field(default=OosState.phase_1, sa_type=String)
    value: Decimal | None = Field(default=None, sa_type=Numeric)
    text: str | None = None
    historic: bool = False
    """Its result came from a feed that was loading its past: there is no clock that anybody could have kept."""
    aware_at: datetime = Field(sa_type=INSTANT)
    """When the clocks start."""
    opened_at: datetime = Field(sa_type=INSTANT)
    notified_at: datetime | None = Field(default=None, sa_type=INSTANT)
    phase_1_until: datetime | None = Field(default=None, sa_type=INSTANT)
    """When phase 2 begins by itself: twenty of the site's working days on. Null where its calendar is not known."""
    phase_2_at: datetime | None = Field(default=None, sa_type=INSTANT)
    phase_2_reason: str | None = None
    phase_2_by: str | None = None
    """Who opened phase 2; null where it began by itself, and of those from before it was kept."""
    planned_retests: int | None = None
    """Null, as the next one, before there is a plan."""
    planned_resamples: int | None = None
    original_analyst: str | None = None
    retest_analysts: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    resample_evidence: str | None = None
    """What shows that the sample, and not the lot, was wrong."""
    no_retests_reason: str | None = None
    retests_planned_by: str | None = None
    retests_planned_at: datetime | None = Field(default=None, sa_type=INSTANT)
    invalidation_proposed_by: str | None = None
    invalidation_proposed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    retest_plan: str | None = None
    """What the proposal says in words beside the plan."""
    evidence_digest: str | None = None
    return_reason: str | None = None
    conclusion: OosConclusion | None = Field(default=None, sa_type=String)
    cause: str | None = None
    evidence: str | None = None
    concluded_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reopened_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When new evidence came last after a conclusion; null too of those from before it was kept."""
    reopening_evidence: str | None = None
    """What that evidence is; why it was reopened is the reason of phase 2. Null as above."""
    deviation_id: UUID | None = Field(default=None, foreign_key="deviation.id")
    """The deviation that a confirmed result opened."""
