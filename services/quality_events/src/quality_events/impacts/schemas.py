"""What is said about a distribution impact: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts.impacts import ImpactCause, ImpactGround, ImpactOutcome
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Country, Words
from serving.shown import Ref, Shown


class ImpactState(StrEnum):
    """Where an impact stands."""

    open = "open"
    assessed = "assessed"


class OpenImpact(Body):
    """What became known of which batch, which is in a market; also of one that was released elsewhere, before."""

    batch_id: UUID
    market: Country
    cause_type: ImpactCause
    cause_id: UUID


class AssessImpact(Body):
    """What follows for the market, and why."""

    outcome: ImpactOutcome
    assessment: Words = Field(examples=["The deviation began after the last tablet of this batch was pressed"])
    recall_id: UUID | None = None
    """Of *recall_proposed*: the recall of this batch from this market, which is proposed or runs."""

    @model_validator(mode="after")
    def _names_a_recall(self) -> Self:
        if self.recall_id and self.outcome != ImpactOutcome.recall_proposed:
            raise ValueError("recall_id: a recall is named where the outcome is recall_proposed")
        return self


class ImpactFields(SQLModel):
    """What readers see of an impact as it is stored."""

    number: str
    state: ImpactState = Column(default=ImpactState.open, sa_type=String)
    batch_id: UUID
    market: str
    cause_type: ImpactGround = Column(sa_type=String)
    cause_id: UUID
    """The record of a *deviation*, *oos* or *complaint*; of all else the batch: this one, or one of which it came."""
    news: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """Of a batch's making: what became known, with its instants. More may come while it is open."""
    round: int = 1
    """A later one was opened because the cause was confirmed or reopened, or more of it became known, after the one
    before had been assessed."""
    sponsor_aware_at: datetime = Column(sa_type=INSTANT)
    """When the sponsor knew of the cause, confirmed or not; in a later round, of what confirmed or reopened it."""
    due_at: datetime = Column(sa_type=INSTANT)
    """A working day of the sponsor after that, or after the release where it came later."""
    opened_by: str | None = None
    """Null where facts opened it."""
    outcome: ImpactOutcome | None = Column(default=None, sa_type=String)
    recall_id: UUID | None = None
    """The recall that is proposed, or runs already; of what was answered before it was asked for it is null too."""
    assessment: str | None = None
    assessed_by: str | None = None
    assessed_at: datetime | None = Column(default=None, sa_type=INSTANT)


class ImpactRead(ImpactFields, Shown):
    """An impact as its readers see it."""

    batch: Ref
    """Its number is the lot's, its name the material."""
    cause: Ref
    """The record that became known; its name is what kind of record it is."""
    recall: Ref | None
    """The one that is proposed, or runs; its name is its class."""
    due_on: date | None
    """The last of the sponsor's days that is in time."""
    overdue: bool
    """It is open, and its time has passed."""
    in_time: bool | None
    """Whether it was assessed in time; null while there is time."""
