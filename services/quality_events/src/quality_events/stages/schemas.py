"""What is said about a stage at another partner's site: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Moment, Quantity
from quality_events.batches.schemas import Step
from quality_events.batches.went_in import Amount
from quality_events.metadata import INSTANT
from quality_events.readiness.terms import ConditionName, ReadinessVerdict
from quality_events.stages.terms import Begun, Ended
from quality_events.stages.terms import PartnerStageState as State
from runtime.bodies import Because, Body, Code, Digest, Line
from serving.shown import Answer, Ref, Shown


class PlanStage(Body):
    """Which step of a batch another partner than its maker does, and at which of its sites."""

    batch_id: UUID
    site_id: UUID
    step: Step = Field(examples=["packaging"])
    planned_quantity: Amount | None = None


class StartStage(Body):
    """When it began, and on what."""

    started_at: Moment
    equipment: list[Code] = Field(default=[], max_length=100, examples=[["BLISTER-02"]])

    def begun(self) -> Begun:
        """What is stated, in the words of the model."""
        return Begun(started_at=self.started_at, equipment=tuple(self.equipment))


class EndStage(StartStage):
    """The stage as a whole, once it has ended, or anew until its site's quality confirms it."""

    ended_at: Moment
    planned_quantity: Amount | None = None
    """The sponsor's to say; left out it stays as it was planned."""
    actual_quantity: Amount | None = None

    def ended(self) -> Ended:
        """What is stated, in the words of the model."""
        return Ended(
            started_at=self.started_at,
            equipment=tuple(self.equipment),
            ended_at=self.ended_at,
            planned=self.planned_quantity.quantity() if self.planned_quantity else None,
            actual=self.actual_quantity.quantity() if self.actual_quantity else None,
        )


class ConfirmStage(Body):
    """The record of the stage that its site's quality reviewed, by its digest, and each deviation that it had."""

    record_version: Line = Field(examples=["1.0"])
    digest: Digest
    deviations: list[Code] = Field(default=[], max_length=500, examples=[["DEV-2026-00042"]])


class ReviewStage(Because):
    """The record of the stage that was read, by its digest."""

    digest: Digest


class PartnerStageFields(SQLModel):
    """What readers see of a stage as it is stored."""

    number: str
    state: State = Column(default=State.planned, sa_type=String)
    batch_id: UUID
    lot_id: UUID
    lot: str
    """The lot's number, which is that of the batch."""
    material: str
    step: str
    site_id: UUID
    partner_id: UUID
    equipment: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    started_at: str | None = None
    """As given: an instant, a day or a month."""
    ended_at: str | None = None
    recorded_by: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    record_version: str | None = None
    """Of the record of this stage alone, which stays with its partner."""
    record_digest: str | None = None
    """SHA-256 of that record."""
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    confirmed_deviations: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    reviewed_by: str | None = None
    reviewed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    given_back_because: str | None = None
    """Why it was confirmed once more, or is to be."""
    given_back_at: datetime | None = Column(default=None, sa_type=INSTANT)
    taken_back_because: str | None = None
    """Why its partner said that it had not begun after all; until it begins."""
    withdrawal_reason: str | None = None
    owned_from: datetime | None = Column(default=None, sa_type=INSTANT)
    """Since when its site is its partner's, where that bought it, or took its owner's place by law."""
    owned_until: datetime | None = Column(default=None, sa_type=INSTANT)
    """Until when it was."""
    sold_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When its site was sold, where that was after it began."""


class PartnerStageRead(PartnerStageFields, Shown):
    """A stage as the sponsor and its own partner see it."""

    handed_over: bool
    """Its site was sold while it went on: its partner signs for it, and who bought the site has a part in it, too."""

    started_at: Moment | None  # type: ignore[assignment]  # stored as it was given, and shown as what it is
    ended_at: Moment | None  # type: ignore[assignment]
    planned_quantity: Quantity | None
    actual_quantity: Quantity | None
    product: Ref | None
    site: Ref | None
    partner: Ref | None

    @classmethod
    def of(cls, stage: Any, **more: Any) -> Self:
        """The readable form of a stored stage."""
        given = {"planned_quantity": stage.planned, "actual_quantity": stage.actual, "handed_over": stage.handed_over}
        return cls.model_validate(dict(stage) | given | more)


class StageCondition(Answer):
    """How one condition of the batch's release stands, as far as this stage goes."""

    name: ConditionName
    verdict: ReadinessVerdict
    why: str


class PartnerStageDetail(PartnerStageRead):
    """A stage with its own part in what the batch's release waits for."""

    conditions: list[StageCondition]
