"""What is said about a line: bodies of requests, what is stored of it, and answers."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day, Side
from contracts.sites import Segregation
from gxp.unit_names import known_unit
from partner_registry.sites.model import Activity
from runtime.bodies import Body, Code, Line, Plain, Reason
from serving.shown import Answer, Ref, Shown


class LineState(StrEnum):
    """Whether a line is worked on."""

    in_use = "in_use"
    retired = "retired"


Unit = Annotated[Line, AfterValidator(known_unit)]
Size = Annotated[Decimal, Field(gt=0, lt=Decimal(10) ** 15, allow_inf_nan=False, examples=["250"]), Plain]


class UseLine(Body):
    """How a line is used from a local day of the site on, as a whole; it may be told late."""

    effective_on: Day = Field(examples=["2026-03-01"])
    shared: bool = Field(examples=[True])
    segregation: list[Segregation] = Field(min_length=1, max_length=6, examples=[["none"]])
    """The classes of what is made there; ``none`` stands alone."""
    batch_min: Size
    batch_max: Size
    batch_unit: Unit = Field(examples=["kg"])

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.batch_min > self.batch_max:
            raise ValueError(f"batch_min {self.batch_min} is more than batch_max {self.batch_max}")
        if len({*self.segregation}) < len(self.segregation):
            raise ValueError("segregation names a class twice: each once")
        if Segregation.none in self.segregation and len(self.segregation) > 1:
            raise ValueError("segregation says none beside a class: one or the other")
        return self


class RegisterProductionLine(UseLine):
    """A line of a site."""

    site_id: UUID
    code: Code = Field(examples=["KR-3"])
    activity: Activity


class ChangeCapacity(Body):
    """What the line can make in a year from a local day of the site on; it may be told late, or before."""

    effective_on: Day = Field(examples=["2026-03-01"])
    capacity: Annotated[Decimal, Field(ge=0, lt=Decimal(10) ** 15, allow_inf_nan=False, examples=["520"]), Plain]
    capacity_unit: Unit = Field(examples=["{batch}"])


class RetireLine(Reason):
    """The first local day on which it is not worked on any more, once that has come."""

    valid_until: Day = Field(examples=["2027-01-01"])


class LineFields(SQLModel):
    """What readers see of a line as it is stored."""

    number: str
    state: LineState = Column(default=LineState.in_use, sa_type=String)
    site_id: UUID = Column(foreign_key="site.id")
    partner_id: UUID
    code: str
    activity: Activity = Column(sa_type=String)
    valid_from: date
    valid_until: date | None = None
    """The first local day of the site on which it is not worked on any more."""
    reason: str | None = None
    """Why it was retired."""
    uses: list[Any] = Column(default_factory=list, sa_type=JSONB)
    capacities: list[Any] = Column(default_factory=list, sa_type=JSONB)


class ToldOfLine(Answer):
    """From which local day on something holds, since when that is known, and who said so."""

    effective_on: date
    recorded_at: datetime
    told_by: Side


class LineUse(ToldOfLine):
    """How a line is used from a day on."""

    shared: bool
    segregation: list[Segregation]
    batch_min: Decimal
    batch_max: Decimal
    batch_unit: str


class LineCapacity(ToldOfLine):
    """What a line can make in a year, from a day on."""

    capacity: Decimal
    capacity_unit: str


class LineOnDay(Answer):
    """What holds of a line on a day, as it was known at an instant."""

    line: Ref
    """The line, with its code."""
    on: date
    as_of: datetime
    kept: bool
    works: bool
    """Whether it is worked on on that day."""
    used: LineUse | None
    """How it is used; null where it is not worked on."""
    capacity: LineCapacity | None
    """What it can make in a year; null where nobody had said, or it is not worked on."""
    why_not: list[str]


class LineRead(LineFields, Shown):
    """A line as its readers see it."""

    site: Ref
    partner: Ref
    uses: list[LineUse]
    """All that was told, in that order."""
    capacities: list[LineCapacity]
    """All that was told, in that order."""
    used: LineUse | None
    """How it is used on the site's day of the answer; null where it is not worked on."""
    capacity: LineCapacity | None
    """What it can make in a year on that day; null where nobody has said, or it is not worked on."""
