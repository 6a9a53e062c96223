"""The clocks of a deviation: when they start, what is due, and whether the sponsor was told in time."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

from contracts import Classification
from quality_events import clocks
from quality_events.deviations.terms import OPEN, DeviationState, Report
from quality_events.metadata import INSTANT
from runtime.deadlines import PublishedDeadline
from runtime.problems import RuleViolated


class DeviationFields(SQLModel):
    """What readers see of a deviation as it is stored."""

    number: str
    state: DeviationState = Field(default=DeviationState.reported, sa_type=String)
    title: str
    description: str
    category: str
    shared_equipment: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Equipment at the site that other lots are made on: while it is open, it counts for each that was made on it."""
    equipment_since: str | None = None
    """Since when quality says that may be so; else it is since the departure occurred."""
    site_id: UUID
    partner_id: UUID
    product_id: UUID | None = None
    """The product of its lots, where they all are of one."""
    historic: bool = False
    """It came from a feed that was loading its past."""
    discovered_at: datetime | None = Field(default=None, sa_type=INSTANT)
    partner_aware_at: datetime = Field(sa_type=INSTANT)
    sponsor_aware_at: datetime = Field(sa_type=INSTANT)
    awareness_reason: str | None = None
    """Why quality accepted a later awareness than was reported first."""
    acknowledged_at: datetime | None = Field(default=None, sa_type=INSTANT)
    reporter: str
    proposed_classification: Classification | None = Field(default=None, sa_type=String)
    classification: Classification | None = Field(default=None, sa_type=String)
    classification_reason: str | None = None
    classified_by: str | None = None
    classified_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """Since when the present class holds: what depends on it is judged from then."""
    owner: str | None = None
    root_cause_category: str | None = None
    root_cause: str | None = None
    impact: str | None = None
    capa_reference: str | None = None
    capa_justification: str | None = None
    approval_requested_by: str | None = None
    return_reason: str | None = None
    extension_requested_by: str | None = None
    requested_due_at: datetime | None = Field(default=None, sa_type=INSTANT)
    extension_reason: str | None = None
    closed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancelled_at: datetime | None = Field(default=None, sa_type=INSTANT)
    cancellation_proposed: bool = False
    """The sponsor says that it was none; the partner whose system reported it has to agree."""
    cancellation_proposed_by: str | None = None
    cancellation_reason: str | None = None
    """Why it was none, also where that is only proposed."""
    cancellation_refusal: str | None = None
    """Why the partner did not agree when it was proposed last."""


class Clocks(DeviationFields, PublishedDeadline):
    """What a deviation's clocks are set by. They start with the partner's awareness, not with the record."""

    due: ClassVar[Mapping[StrEnum, str]] = dict.fromkeys(OPEN, "due_at")
    notification_limit_hours: int | None = None
    notification_limit_revision: int = 0
    """Which revision set it: the first that proposed a class with a limit."""
    due_at: datetime = Field(sa_type=INSTANT)
    first_due_at: datetime = Field(sa_type=INSTANT)
    due_zone: str | None = None
    """By whose local days they were counted; None: by UTC, for the site was not known yet."""
    reported_aware_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """As the latest revision of the report states it. Where it is later than the start, quality has to accept it."""
    awareness_accepted_revision: int = 0
    """What earlier revisions stated counts no more."""

    @property
    def unacknowledged(self) -> bool:
        """Whether the sponsor has not confirmed yet that it was told."""
        return self.acknowledged_at is None

    @property
    def later_awareness(self) -> datetime | None:
        """The later start of the clocks that the partner's latest revision states, and that quality did not accept."""
        reported = self.reported_aware_at
        return reported if reported is not None and reported > self.partner_aware_at else None

    def accept_later_awareness(self, reason: str, revision: int) -> None:
        """Start later, as this revision states. Raises RuleViolated where none states that."""
        if (reported := self.later_awareness) is None:
            raise RuleViolated(f"{self.number}: no amendment states a later awareness than {self.partner_aware_at}")
        self.awareness_reason, self.awareness_accepted_revision = reason, revision
        self.start(reported, self.due_zone)

    def notification(self, now: datetime) -> clocks.Notification:
        """The notification clock."""
        if self.historic:
            return clocks.NO_NOTIFICATION
        return clocks.notification(self.notification_limit_hours, self.partner_aware_at, self.sponsor_aware_at, now)

    def take_clocks(self, report: Report) -> bool:
        """The earliest start, the limit that was proposed first, history for history; whether any of it is new."""
        before = self.partner_aware_at, self.notification_limit_hours, self.historic
        limit = clocks.notification_limit(report.proposed_classification)
        if limit is not None and (
            self.notification_limit_hours is None or report.revision < self.notification_limit_revision
        ):
            self.notification_limit_hours, self.notification_limit_revision = limit, report.revision
        self.historic = self.historic or report.historic
        if report.partner_aware_at < self.partner_aware_at:
            self.start(report.partner_aware_at, self.due_zone)
        return before != (self.partner_aware_at, self.notification_limit_hours, self.historic)

    def start(self, aware_at: datetime, zone: str | None) -> None:
        """Start the clocks at this instant. An extension that was approved stands."""
        extended = self.due_at != self.first_due_at
        self.partner_aware_at, self.due_zone = aware_at, zone
        self.first_due_at = clocks.due_at(aware_at, clocks.DEVIATION_DUE_DAYS, zone)
        if not extended:
            self.due_at = self.first_due_at

    def must_be_later(self, due_at: datetime) -> None:
        """Raise RuleViolated for an extension that is none."""
        if due_at <= self.due_at:
            raise RuleViolated(f"{self.number} is due at {self.due_at.isoformat()}: an extension is later than that")

    def take_extension(self, due_at: datetime, reason: str) -> None:
        """A later due date that was asked for. Raises RuleViolated for one beyond that."""
        self.must_be_later(due_at)
        if self.requested_due_at is None or due_at > self.requested_due_at:
            asked = f"until {self.requested_due_at.isoformat()}" if self.requested_due_at else "nothing"
            raise RuleViolated(f"{self.number}: {asked} was asked for; ask for it first (extension-request)")
        self.due_at, self.extension_reason = due_at, reason
        self.requested_due_at = self.extension_requested_by = None
