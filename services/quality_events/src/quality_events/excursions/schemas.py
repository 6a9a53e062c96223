"""What is said about an excursion: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Moment
from quality_events.excursions.terms import ExcursionOutcome, ExcursionState
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Plain, Words
from serving.shown import Ref, Shown


class DecideExcursion(Body):
    """What an excursion means for its batch, as its source told it in this revision."""

    source_revision: Annotated[int, Plain] = Field(ge=1, examples=[1])
    outcome: ExcursionOutcome = Field(examples=[ExcursionOutcome.no_impact])
    reason: Words = Field(examples=["the press was stopped: no tablet was made in these seconds"])
    deviation_id: UUID | None = None
    """The deviation that deals with it, where the outcome is one."""


class ExcursionFields(SQLModel):
    """What readers see of an excursion as it is stored."""

    number: str
    state: ExcursionState = Column(default=ExcursionState.open, sa_type=String)
    batch_id: UUID
    lot_id: UUID
    site_id: UUID
    partner_id: UUID
    source: str
    source_revision: int
    told_at: datetime = Column(sa_type=INSTANT)
    """When this revision came here."""
    event_id: str
    """As the maker's system names it."""
    step: str | None = None
    kind: str
    """The maker's word, such as Alarm or Exception."""
    text: str = ""
    value: Decimal | None = None
    limit: Decimal | None = None
    unit: str | None = None
    """UCUM, of value and limit."""
    risk: str | None = None
    """The maker's own word for how grave it may be."""
    status: str | None = None
    """The maker's own word."""
    occurred_at: str
    outcome: ExcursionOutcome | None = Column(default=None, sa_type=String)
    decision: str | None = None
    """Why it means that."""
    deviation_id: UUID | None = None
    decided_by: str | None = None
    decided_at: datetime | None = Column(default=None, sa_type=INSTANT)
    reopened_because: str | None = None
    """Why what was decided before does not hold, or that its source names another lot since."""


class ProcessExcursionRead(ExcursionFields, Shown):
    """An excursion as its readers see it."""

    occurred_at: Moment  # type: ignore[assignment]  # stored as it was given, and shown as what it is
    batch: Ref
    """Its number is the lot's, its name the material."""
    deviation: Ref | None
    site: Ref | None
    partner: Ref | None
