"""What is said about an investigation of a result that is out of trend: bodies, what is stored of it, and answers."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from sqlalchemy import Numeric
from sqlmodel import Field as Column
from sqlmodel import String

from contracts import Moment
from contracts.out_of_trend import TrendBasis
from contracts.partner_feeds import TestStage
from contracts.trend_investigations import OotConclusion
from directory.names import AT_A_SITE, Names
from quality_events.metadata import INSTANT
from quality_events.oot_investigations.terms import OotState
from quality_events.tested_results import OfAResult
from runtime.bodies import Body, Words
from serving.shown import Ref, Shown

REFERENCES = AT_A_SITE | {"laboratory": "laboratory_site_id"}


class ProposeOotConclusion(Body):
    """What the laboratory found, and by what that is shown."""

    conclusion: OotConclusion = Field(examples=[OotConclusion.explained])
    cause: Words | None = Field(None, examples=["The column was at the end of its life"])
    evidence: Words = Field(examples=["Worksheet 2026-118, page 3"])
    """What shows it, in words."""

    @model_validator(mode="after")
    def _names_its_cause(self) -> Self:
        if (self.conclusion is OotConclusion.explained) != (self.cause is not None):
            raise ValueError("cause: what is explained names its cause, and what has no assignable cause names none")
        return self


class ConcludeOot(ProposeOotConclusion):
    """What a quality unit found in the process, and the deviation that it raised of that, if it did."""

    deviation_id: UUID | None = None
    """One that names the lot: raise it first."""


class OotFields(OfAResult):
    """What readers see of an investigation as it is stored."""

    number: str
    state: OotState = Column(default=OotState.phase_1, sa_type=String)
    stage: TestStage = Column(sa_type=String)
    value: Decimal = Column(sa_type=Numeric)
    basis: TrendBasis = Column(sa_type=String)
    """By what it is out of trend."""
    lower: Decimal = Column(sa_type=Numeric)
    """The least that was to be expected, in the unit of the value."""
    upper: Decimal = Column(sa_type=Numeric)
    """The most that was to be expected, in the unit of the value."""
    points: int
    """By how many lots, or earlier results of the study."""
    holds: bool
    """Whether it is out of trend by what was told last, also after the conclusion."""
    occurred_at: str
    """When it was tested."""
    aware_at: datetime = Column(sa_type=INSTANT)
    """When it was told: the clock's start."""
    withdrawn_because: str | None = None
    """Why there is nothing to investigate; null where there is."""
    proposed_by: str | None = None
    """Who proposed the conclusion for the laboratory; null where nobody did, or it was returned."""
    proposed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When that was; null as above."""
    return_reason: str | None = None
    phase_2_at: datetime | None = Column(default=None, sa_type=INSTANT)
    phase_2_reason: str | None = None
    phase_2_by: str | None = None
    """Who opened phase 2."""
    conclusion: OotConclusion | None = Column(default=None, sa_type=String)
    """As the laboratory proposes it while that awaits its approval; it stands once the state is concluded."""
    cause: str | None = None
    evidence: str | None = None
    """What shows it, in words."""
    concluded_at: datetime | None = Column(default=None, sa_type=INSTANT)
    deviation_id: UUID | None = Column(default=None, foreign_key="deviation.id")
    """The deviation that was raised of it by hand, where one was."""


class OotClock(BaseModel):
    """The clock at the time of the answer."""

    due_at: datetime
    """The end of the last local day."""
    first_due_at: datetime | None
    """The same before it began anew: lateness is measured by it. Null where it never was out of trend, and
    of those that were withdrawn before this was kept."""
    time_zone: str | None
    """The site's time zone, by which days are counted; None where it is not known yet: by UTC until then."""
    overdue: bool


class OotRead(OotFields, Shown):
    """An investigation of a result that is out of trend as its readers see it."""

    occurred_at: Moment  # type: ignore[assignment]  # stored as it was given, and shown as what it is
    """When it was tested."""
    site: Ref | None
    partner: Ref | None
    product: Ref | None
    laboratory: Ref | None
    """The site that tested."""
    clock: OotClock

    @classmethod
    def of(cls, one: Any, names: Names, now: datetime) -> Self:
        """The readable form of a record, with its clock at ``now``."""
        clock = {
            "due_at": one.due_at,
            "first_due_at": one.first_due_at,
            "time_zone": one.due_zone,
            "overdue": one.is_overdue(now),
        }
        return cls.model_validate(dict(one) | names.of(one, one.material, REFERENCES) | {"clock": clock})
