"""What is said about a CAPA: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy import Numeric
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String
from uuid_utils.compat import uuid7

from contracts import Day
from quality_events import clocks
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Digest, Line, Plain, Reason, Words
from serving.shown import Answer, Ref, Shown


class CapaState(StrEnum):
    """Where a CAPA stands."""

    open = "open"
    planned = "planned"
    implementing = "implementing"
    awaiting_effectiveness = "awaiting_effectiveness"
    closed_effective = "closed_effective"
    closed_ineffective = "closed_ineffective"
    cancelled = "cancelled"


TO_IMPLEMENT = frozenset({CapaState.open, CapaState.planned, CapaState.implementing})
StatedSource = Literal["finding", "complaint", "change", "recall"]
"""Of what a person opens one. Deviations and results open theirs with their own steps, each at most one."""
CapaSource = Literal["manual", "deviation", "oos", "finding", "complaint", "change", "recall"]
CLOSED = frozenset({CapaState.closed_effective, CapaState.closed_ineffective})


class OpenCapa(Body):
    """A cause that a person states. Without a site it is the sponsor's own."""

    root_cause: Words = Field(examples=["The punches were used beyond their service life"])
    root_cause_category: Line | None = None
    category: Line | None = None
    site_id: UUID | None = None
    source_type: StatedSource | None = None
    source_id: UUID | None = None
    """Of the finding, complaint, change or recall that it is opened for: the partner of the site is party to it."""

    @model_validator(mode="after")
    def _names_the_record(self) -> Self:
        if (self.source_type is None) != (self.source_id is None):
            raise ValueError("source_type and source_id go together")
        return self


class PlannedAction(Body):
    """Who does what until the end of which day, local to the site."""

    owner: Line = Field(examples=["Ana Novak"])
    description: Line = Field(examples=["Replace the punches and limit their use"])
    due_on: Day


class Effectiveness(Body):
    """What is measured after implementation, on how many, and what it must come to."""

    measure: Line = Field(examples=["stops for each batch"])
    target: Annotated[Decimal, Field(max_digits=30, examples=["0.5"]), Plain]
    better: Literal["lower", "higher"]
    sample: Annotated[int, Field(ge=1, le=1_000_000, examples=[20]), Plain]
    check_days: Annotated[int, Field(ge=1, le=3650), Plain] = clocks.EFFECTIVENESS_CHECK_DAYS


class Plan(Body):
    """Who does what until when, and by what it will show that it worked."""

    actions: list[PlannedAction] = Field(min_length=1, max_length=100)
    effectiveness: Effectiveness
    root_cause_category: Line | None = None
    """Where it was not known when the CAPA was opened: by it a recurrence is seen."""
    owner: Line | None = None


class FinishAction(Body):
    """Which action is done, counted from 1, and the SHA-256 digest of what shows it."""

    action: Annotated[int, Field(ge=1, le=100, examples=[1]), Plain]
    evidence: Digest


class ExtendCapa(Reason):
    """A later last day, and why."""

    due_on: Day
    action: Annotated[int | None, Field(ge=1, le=100, examples=[1]), Plain] = None
    """Which action has until then, counted from 1. None: those that are due last, and so the whole."""


class Check(Body):
    """What the measure came to."""

    measured: Annotated[Decimal, Field(max_digits=30, examples=["0.2"]), Plain]


class Action(PlannedAction, Answer):
    """An action of the plan, and how it is known that it was done."""

    due_at: datetime | None = None
    """The end of that day; null in what was implemented before it was kept."""
    done_at: datetime | None = None
    done_by: str | None = None
    evidence: str | None = None
    overdue: bool = False
    """It is not done, and its day is over."""


class EffectivenessRead(Effectiveness, Answer):
    """By what it will show that it worked."""


class CapaFields(SQLModel):
    """What readers see of a CAPA as it is stored."""

    number: str
    state: CapaState = Column(default=CapaState.open, sa_type=String)
    source_type: CapaSource = Column(default="manual", sa_type=String)
    source_id: UUID = Column(default_factory=uuid7)
    """Of the record that it was opened for; of one opened by hand an id that its generations share."""
    generation: int = 1
    site_id: UUID | None = None
    partner_id: UUID | None = None
    """None: it is the sponsor's own."""
    product_id: UUID | None = None
    category: str | None = None
    root_cause_category: str | None = None
    root_cause: str
    owner: str | None = None
    actions: list[Any] = Column(default_factory=list, sa_type=JSONB)
    effectiveness: Any = Column(default=None, sa_type=JSONB(none_as_null=True), nullable=True)
    first_due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    implemented_at: datetime | None = Column(default=None, sa_type=INSTANT)
    check_due_at: datetime | None = Column(default=None, sa_type=INSTANT)
    measured: Decimal | None = Column(default=None, sa_type=Numeric)
    recurred_in: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """Deviations of the same site, category and root cause category after implementation."""
    effective: bool | None = None


class CapaRead(CapaFields, Shown):
    """A CAPA as its readers see it, with its clocks at the time of the answer."""

    site: Ref | None
    partner: Ref | None
    product: Ref | None
    actions: list[Action]
    effectiveness: EffectivenessRead | None
    overdue: bool
    in_time: bool | None
    """Implemented by the first due date; null before that has passed."""
    worked: bool | None
    """What the check found; null before it fell due, false where it was not done by then."""
