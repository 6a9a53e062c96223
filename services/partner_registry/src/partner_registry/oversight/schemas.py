"""What is said about a site's oversight: bodies of requests, what is stored, and answers."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, StrictBool, model_validator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from partner_registry.metadata import INSTANT
from partner_registry.oversight.rules import SCALES, strictness
from runtime.bodies import Line, Plain, Reason
from serving.shown import Answer, Ref, Shown

ValueName = Literal[
    "audit_months", "audit_on_site", "audit_for_cause_within_days", "batch_records", "body", "business",
    "continuity_plan_test", "invalidated_oos_review", "operational", "raw_data_in_audit", "scorecard", "strategic",
    "survey", "turnaround",
]  # fmt: skip


class PlanState(StrEnum):
    """How far a plan is."""

    derived = "derived"
    in_force = "in_force"
    superseded = "superseded"


class TightenPlan(Reason):
    """One value that is to be stricter than derived, until the end of a day."""

    name: ValueName = Field(examples=["audit_months"])
    value: StrictBool | Annotated[int, Field(ge=1, le=24), Plain] | Line = Field(examples=[12])
    until: Day = Field(examples=["2027-06-30"])

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        try:
            strictness(self.name, self.value)
        except ValueError:
            possible = ", ".join(str(each) for each in SCALES[self.name])
            raise ValueError(f"{self.name} is one of {possible}; not {self.value}") from None
        return self


class NoteAudit(Reason):
    """The last day of the site's last audit, from which the interval runs."""

    last_audit_on: Day = Field(examples=["2026-03-31"])


class PlannedValue(Answer):
    """A value that holds, and the rules it comes from."""

    name: str
    value: bool | int | str
    rules: list[str]
    refused_by_hand: bool | int | str | None = None
    """What was asked for by hand and is looser than derived: it does not hold."""


class Tightening(Answer):
    """A value that somebody made stricter."""

    name: str
    value: bool | int | str
    until: date
    reason: str
    by: str
    at: datetime


class OversightPlanFields(SQLModel):
    """What readers see of a plan as it is stored."""

    number: str
    state: PlanState = Column(default=PlanState.derived, sa_type=String)
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    cause: str
    """What it was derived after."""
    caused_by_id: UUID | None = None
    """The fact after which it was derived; null where none led to it, or nobody kept which."""
    caused_by_type: str | None = None
    situation: dict[str, Any] = Column(sa_type=JSONB)
    """From what it was derived."""
    unknown: list[str] = Column(sa_type=ARRAY(String))
    """What would decide, and nobody knows: it matched no rule."""
    tightenings: list[Any] = Column(default_factory=list, sa_type=JSONB)
    last_audit_on: date | None = None
    next_audit_on: date | None = None
    """Null while no last audit is known: the first one is held before the first commercial batch."""
    next_cycle_on: date | None = None
    """From when on looser cadences hold; that of audits follows their dates."""
    for_cause_by: date | None = None
    """Until when an audit for cause is held; a signature does not call it off."""
    acknowledge_by: datetime = Column(sa_type=INSTANT)
    """It is in force as derived where quality has not acknowledged it until then."""
    acknowledged_by: str | None = None
    in_force_at: datetime | None = Column(default=None, sa_type=INSTANT)


class OversightPlanRead(OversightPlanFields, Shown):
    """A plan as its readers see it, with what holds today."""

    site: Ref
    partner: Ref
    tightenings: list[Tightening]
    values: list[PlannedValue]
    """Those that hold today. What the plan before had stricter holds until the next cycle."""
    derived: list[PlannedValue]
    """Those that the rules give."""
