"""An investigation of an out-of-specification result, in two phases (FDA OOS guidance, 2022)."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from sqlalchemy import DateTime, Numeric, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, String

from contracts import Lot, Role
from contracts.quality_events import OosConcluded, OosConclusion, OosNotified, OosOpened
from contracts.sample_tracking import OosDetected
from quality_events import clocks, moments
from quality_events.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Versioned

INSTANT: Any = DateTime(timezone=True)
LABORATORY = frozenset({Role.partner_lab, Role.partner_quality, Role.lab, Role.quality})
QUALITY_UNITS = frozenset({Role.partner_quality, Role.quality})


class State(StrEnum):
    """Where an investigation stands."""

    phase_1 = "phase_1"
    """The laboratory looks for an error of its own."""
    phase_2 = "phase_2"
    """The manufacturer's quality unit looks at the whole process."""
    concluded = "concluded"


@dataclass(frozen=True, slots=True)
class Finding:
    """What an investigation found, and by what that is shown."""

    conclusion: OosConclusion
    cause: str | None = None
    evidence: str | None = None


class OosInvestigation(Table, Versioned, table=True):
    """The investigation of one result. Passing retests beside the result do not undo it."""

    __tablename__ = "oos_investigation"

    number: str
    state: State = Field(default=State.phase_1, sa_type=String)
    result_id: UUID
    batch_id: UUID | None = Field(default=None, foreign_key="batch.id")
    """None for a raw material's lot."""
    lot_id: UUID
    lot_number: str
    material: str
    product_id: UUID | None = None
    site_id: UUID
    partner_id: UUID
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    test: str
    stage: str
    role: str
    value: Decimal | None = Field(default=None, sa_type=Numeric)
    text: str | None = None
    unit: str
    limit: dict[str, Any] = Field(sa_type=JSONB)
    detected: str
    """When the result was found, as given: an instant, a day or a month."""
    aware_at: datetime = Field(sa_type=INSTANT)
    """When the clocks start."""
    opened_at: datetime = Field(sa_type=INSTANT)
    due_at: datetime = Field(sa_type=INSTANT)
    notified_at: datetime | None = Field(default=None, sa_type=INSTANT)
    phase_2_at: datetime | None = Field(default=None, sa_type=INSTANT)
    phase_2_reason: str | None = None
    conclusion: OosConclusion | None = Field(default=None, sa_type=String)
    cause: str | None = None
    evidence: str | None = None
    concluded_at: datetime | None = Field(default=None, sa_type=INSTANT)
    deviation_id: UUID | None = Field(default=None, foreign_key="deviation.id")
    """The deviation that a confirmed result opened."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def open(
        cls, detected: OosDetected, *, number: str, batches: Mapping[UUID, UUID], recorded_at: datetime
    ) -> tuple[Self, OosOpened]:
        """Open the investigation of a result.

        The clocks start when the laboratory found it, or, where only a day or a month is given, when it was recorded.
        """
        lot, found = detected.lot, detected.occurred_at
        aware_at = min(found, recorded_at) if isinstance(found, datetime) else recorded_at
        investigation = cls(
            number=number,
            batch_id=batches.get(lot.id),
            lot_id=lot.id,
            lot_number=lot.number,
            detected=moments.written(found),
            aware_at=aware_at,
            opened_at=recorded_at,
            due_at=aware_at + clocks.OOS_DUE,
            limit=detected.limit.model_dump(mode="json"),
            parties=sorted({lot.partner_id, detected.laboratory_partner_id}),
            **lot.model_dump(include={"material", "product_id", "site_id", "partner_id"}),
            **detected.model_dump(include=_TAKEN_OVER),
        )
        opened = OosOpened(**investigation._common(recorded_at), due_at=investigation.due_at)
        return investigation, opened

    @transition(source={State.phase_1, State.phase_2}, target=None, by=LABORATORY)
    def notify(self, now: datetime) -> OosNotified:
        """The sponsor is told of the result."""
        if self.notified_at is not None:
            raise RuleViolated(f"the sponsor was told of {self.number} at {self.notified_at.isoformat()}")
        self.notified_at = now
        return OosNotified(**self._common(now), notified_at=now)

    @transition(source={State.phase_1}, target=State.phase_2, by=QUALITY_UNITS)
    def open_phase_2(self, reason: str, now: datetime, partner_id: UUID | None) -> None:
        """The laboratory found no error of its own: the manufacturer's quality unit investigates the process."""
        if partner_id not in (None, self.partner_id):
            raise RuleViolated("the manufacturer's quality unit opens phase 2, not the laboratory's")
        self.phase_2_reason, self.phase_2_at = reason, now

    @transition(source={State.phase_1, State.phase_2}, target=State.concluded, by=LABORATORY)
    def conclude(self, finding: Finding, now: datetime, partner_id: UUID | None, roles: Set[str]) -> OosConcluded:
        """Confirm, invalidate or leave open. ``partner_id`` is the partner whose person concludes, if it is one's.

        A laboratory, also the manufacturer's or the sponsor's own, may only invalidate, and only in phase 1: anything
        else needs a role of the manufacturer's or the sponsor's quality unit (21 CFR 211.22(a), 211.192). A result is
        invalidated for an assignable laboratory cause with evidence and for nothing else; inconclusive, it stands and
        weighs in the disposition.
        """
        invalidated = finding.conclusion is OosConclusion.invalidated
        if invalidated and not (finding.cause and finding.evidence):
            raise RuleViolated("a result is invalidated only for an assignable laboratory cause, with evidence of it")
        of_quality_unit = partner_id in (None, self.partner_id) and not QUALITY_UNITS.isdisjoint(roles)
        if not of_quality_unit and not (invalidated and self.state == State.phase_1):
            raise RuleViolated(
                "a laboratory concludes phase 1 by invalidating its result; anything else needs the manufacturer's "
                "quality unit"
            )
        self.conclusion, self.cause, self.evidence = finding.conclusion, finding.cause, finding.evidence
        self.concluded_at = now
        return OosConcluded(**self._common(now), conclusion=finding.conclusion, cause=finding.cause)

    @property
    def lot(self) -> Lot:
        """The lot as facts name it."""
        return Lot(
            id=self.lot_id,
            number=self.lot_number,
            material=self.material,
            product_id=self.product_id,
            site_id=self.site_id,
            partner_id=self.partner_id,
        )

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is not concluded beyond its target."""
        return self.state != State.concluded and self.due_at < now

    def notification(self, now: datetime) -> clocks.Notification:
        """The notification clock."""
        return clocks.notification(clocks.OOS_NOTIFICATION_HOURS, self.aware_at, self.notified_at, now)

    def _common(self, occurred_at: datetime) -> dict[str, Any]:
        return {
            "investigation_id": self.id,
            "number": self.number,
            "result_id": self.result_id,
            "batch_id": self.batch_id,
            "lot": self.lot,
            "test": self.test,
            "laboratory_site_id": self.laboratory_site_id,
            "laboratory_partner_id": self.laboratory_partner_id,
            "opened_at": self.opened_at,
            "occurred_at": occurred_at,
        }


_TAKEN_OVER = {
    "result_id",
    "test",
    "stage",
    "role",
    "value",
    "text",
    "unit",
    "laboratory_site_id",
    "laboratory_partner_id",
}
