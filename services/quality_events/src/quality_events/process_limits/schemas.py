"""What is said about process limits: bodies of requests, what is stored of them, and answers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from quality_events.batches.schemas import Percent, Step
from quality_events.batches.works import plain
from quality_events.metadata import INSTANT
from quality_events.process_limits.terms import LimitsState, LongestTime, Point, StepPoint, YieldRange
from runtime.bodies import Body, Code, Digest, Plain, Reason
from serving.shown import Answer, Ref, Shown

MOST_HOURS = 87_600
"""Ten years: what may wait longer than that has a shelf life."""


Hours = Annotated[Decimal, Field(gt=0, le=MOST_HOURS, allow_inf_nan=False, examples=["72"]), Plain]


class YieldLimit(Body):
    """What a step has to give, in per cent of what was planned; without a step what the batch has to."""

    step: Step | None = None
    at_least: Percent = Field(examples=["95"])
    at_most: Percent = Field(examples=["101.5"])

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if self.at_most < self.at_least:
            raise ValueError(f"at_most {self.at_most} is less than at_least {self.at_least}")
        return self


class ProcessPoint(Body):
    """The start or the end of a step."""

    step: Step
    point: StepPoint


class HoldTime(Body):
    """How long it may take from one point to another: of a step, between steps, or of the batch as a whole."""

    since: ProcessPoint | None = None
    """None is the start of the batch."""
    until: ProcessPoint | None = None
    """None is its completion."""
    hours: Hours

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.since and self.since == self.until:
            raise ValueError("until: since and until are one point, from which it takes no time: name another one")
        return self


class StateProcessLimits(Body):
    """The limits of a product at its maker, or at one of its sites, from a day on, until a later version's."""

    material: Code = Field(examples=["AMLO-5"])
    """The product's code."""
    partner_id: UUID
    site_id: UUID | None = None
    """None: at each of the partner's sites that has none of its own."""
    valid_from: Day = Field(examples=["2026-02-01"])
    yields: list[YieldLimit] = Field(
        default=[], max_length=100, examples=[[{"step": "compression", "at_least": "95", "at_most": "101.5"}]]
    )
    hold_times: list[HoldTime] = Field(default=[], max_length=100)
    evidence: Digest
    """SHA-256 of the master record in which they stand."""

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        stored = self.stored
        limits: list[YieldRange | LongestTime] = [*ranges_of(stored["yields"]), *times_of(stored["hold_times"])]
        names = [plain(each.name) for each in limits]
        if not names:
            raise ValueError("yields, hold_times: state one limit at least")
        if twice := sorted({each for each in names if names.count(each) > 1}):
            raise ValueError(f"yields, hold_times: each limit once, and not twice: {', '.join(twice)}")
        return self

    @property
    def stored(self) -> Mapping[str, Any]:
        """Its limits as they are stored."""
        return self.model_dump(mode="json", include={"yields", "hold_times"})


class WithdrawProcessLimits(Reason):
    """From which day on they are to count no more: for a batch that began before they do."""

    effective_on: Day = Field(examples=["2026-03-01"])


class ProcessLimitsFields(SQLModel):
    """What readers see of process limits as they are stored."""

    number: str
    state: LimitsState = Column(default=LimitsState.proposed, sa_type=String)
    product_id: UUID
    material: str
    partner_id: UUID
    site_id: UUID | None = None
    """Null: at each of the partner's sites that has none of its own."""
    revision: int
    """Which version of the limits of this product, partner and site it is."""
    valid_from: date
    valid_to: date | None = None
    """The last day; of those that were withdrawn from their first day on, the day before that."""
    yields: list[Any] = Column(sa_type=JSONB)
    hold_times: list[Any] = Column(sa_type=JSONB)
    evidence: str
    stated_by: str
    confirmed_by: str | None = None
    confirmed_at: datetime | None = Column(default=None, sa_type=INSTANT)
    withdrawal_on: date | None = None
    withdrawal_proposed_by: str | None = None
    withdrawn_by: str | None = None
    reason: str | None = None
    """Why they were rejected or withdrawn, or are to be; or why not, where a withdrawal was refused."""


class ProcessPointRead(Answer):
    """The start or the end of a step."""

    step: str
    point: StepPoint


class YieldLimitRead(Answer):
    """A limit of a yield, and what it is called where a deviation explains that it was not kept."""

    limit_name: str
    step: str | None
    at_least: Decimal
    at_most: Decimal


class HoldTimeRead(Answer):
    """A limit of a time, and what it is called where a deviation explains that it was not kept."""

    limit_name: str
    since: ProcessPointRead | None
    until: ProcessPointRead | None
    hours: Decimal


class ProcessLimitsRead(ProcessLimitsFields, Shown):
    """Process limits as their readers see them."""

    yields: list[YieldLimitRead]
    hold_times: list[HoldTimeRead]
    product: Ref | None
    partner: Ref | None
    site: Ref | None


def ranges_of(stored: Sequence[Mapping[str, Any]]) -> list[YieldRange]:
    """Limits of yields as they were stored."""
    return [YieldRange(each["step"], Decimal(each["at_least"]), Decimal(each["at_most"])) for each in stored]


def times_of(stored: Sequence[Mapping[str, Any]]) -> list[LongestTime]:
    """Limits of times as they were stored."""
    return [LongestTime(_read(each["since"]), _read(each["until"]), Decimal(each["hours"])) for each in stored]


def _read(stored: Mapping[str, str] | None) -> Point | None:
    return Point(stored["step"], StepPoint(stored["point"])) if stored else None
