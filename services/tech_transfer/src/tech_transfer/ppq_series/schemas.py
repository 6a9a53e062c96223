"""What is said about a PPQ series: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import String

from contracts.transfer_batches import CapabilityVerdict
from runtime.bodies import Body, Digest, Line, Plain, Words
from serving.shown import Answer
from tech_transfer.metadata import INSTANT
from tech_transfer.ppq_series import bracketing
from tech_transfer.ppq_series.rules import DEFAULT_REQUIRED
from tech_transfer.transfer_batches.schemas import AttributeLimitsRead, Limits
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class SeriesState(StrEnum):
    """Where a PPQ series stands."""

    planned = "planned"
    running = "running"
    conforming = "conforming"
    failed = "failed"
    reported = "reported"


class Basis(StrEnum):
    """By what the number of batches is justified."""

    consecutive = "consecutive"
    """Three in a row, as is usual."""
    risk = "risk"
    """By points of risk, which the justification sums up."""
    tolerance_interval = "tolerance_interval"
    """The lowest number at which mean +- k s of the engineering batches fits the limits (USP <1210>)."""


class Protocol(Body):
    """By what protocol the series is made, of which strengths, and how many batches it takes of each."""

    protocol: Line = Field(examples=["PPQ-0042 version 1"])
    protocol_digest: Digest
    strengths: list[Line] = Field(min_length=1, max_length=50, examples=[["10 mg"]])
    """Those that are made."""
    bracketed: list[Line] = Field(default_factory=list, max_length=50)
    """Those in the middle, for which the extremes that are made stand."""
    bracketing_why: Words | None = None
    limits: Limits = Field(min_length=1)
    """The protocol's own, tighter than the specification."""
    basis: Basis = Basis.consecutive
    """By what it is decided how many batches of each strength it takes."""
    required: Annotated[int | None, Field(ge=1, le=1000, examples=[3]), Plain] = None
    """Of each strength that is made: three, or what risk points ask; by tolerance intervals it is worked out."""
    justification: Words | None = None
    """What the points of risk are and sum up to; needed where the number is justified by risk."""

    @model_validator(mode="after")
    def _says_how_many_and_why(self) -> Self:
        risk = self.basis is Basis.risk
        if risk and (self.required is None or self.justification is None):
            raise ValueError("required and justification: state the number that the risk points ask, and their sum")
        if not risk and self.required not in (None, DEFAULT_REQUIRED if self.basis is Basis.consecutive else None):
            raise ValueError("required: it follows from the basis; another number is justified by risk")
        return self

    @model_validator(mode="after")
    def _brackets_by_extremes(self) -> Self:
        named = [*self.strengths, *self.bracketed]
        if len(set(named)) < len(named):
            raise ValueError("strengths and bracketed: name each strength once")
        if bool(self.bracketed) != (self.bracketing_why is not None):
            raise ValueError("bracketing_why: say why the extremes stand for what is bracketed, and only then")
        if self.bracketed and len(self.strengths) < 2:
            raise ValueError("bracketed: two extremes are made, that stand for what lies between them")
        if self.bracketed and (why := bracketing.why_not(self.strengths, self.bracketed)):
            raise ValueError(f"bracketed: {why}")
        return self


class PlanSeries(Protocol):
    """A series for a transfer."""

    transfer_id: UUID


class Restart(Body):
    """Why the run failed, and the CAPA by which that cause is taken away."""

    root_cause: Words = Field(examples=["The granulator's impeller speed was scaled wrongly"])
    """What made the run fail."""
    capa_id: UUID
    """The CAPA by which that cause is taken away."""


class Redesign(Protocol):
    """Another protocol, as the process or the limits are other ones: what was made before counts no more."""

    root_cause: Words = Field(examples=["The granulator's impeller speed was scaled wrongly"])
    """Why it is another one."""
    capa_id: UUID | None = None
    """By which the cause is taken away of a failure that ended the run; not needed where nothing failed."""


class Report(Body):
    """Why the series is reported although capability is not shown for an attribute: quality says it."""

    justification: Words | None = Field(None, examples=["Thirty lots are verified further, see PV-2036-03"])
    """Why it is reported without that; needed there."""


class RunEnded(Answer):
    """A run that was ended, by a failure or by another protocol, and what was done about it."""

    design: int
    run: int
    lots: list[str]
    """Whose failure ended it, as far as that was known then."""
    root_cause: str
    """What ended it, as it was stated."""
    capa_id: UUID | None
    """The CAPA by which the cause is taken away; null where no failure ended it."""
    redesigned: bool


class CapabilityRead(Answer):
    """How well the batches that count keep within the limits of an attribute."""

    attribute: str
    """The critical quality attribute, as its test is called."""
    unit: str
    lower: Decimal | None
    upper: Decimal | None
    lots: int
    """How many lots the values are of."""
    n: int
    values: list[Decimal]
    """One of each lot, the mean of its determinations: these are not independent lots, however many there are."""
    mean: Decimal | None
    """The mean of all values."""
    sd: Decimal | None
    ppk: Decimal | None
    """Null where it is not assessed."""
    lower95: Decimal | None
    """The lower 95 % confidence bound of Ppk (Bissell, 1990), which is what must reach ``asked``."""
    asked: Decimal
    """What the lower bound of Ppk must reach."""
    pp: Decimal | None
    cpk: Decimal | None
    """By the spread within lots; null where lots have no several values."""
    coverage: Decimal
    """How much of what is made lies within the tolerance interval, with 95 % confidence."""
    tolerance_lower: Decimal | None
    tolerance_upper: Decimal | None
    verdict: CapabilityVerdict
    """Whether the batches keep within the limits as well as it is asked."""
    not_assessed: str | None


class PpqSeriesFields(OfTransfer):
    """What readers see of a PPQ series as it is stored."""

    number: str
    state: SeriesState = Column(default=SeriesState.planned, sa_type=String)
    protocol: str
    protocol_digest: str
    strengths: list[str] = Column(sa_type=ARRAY(String))
    bracketed: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    bracketing_why: str | None = None
    limits: list[Any] = Column(sa_type=JSONB)
    """What the protocol asks of each critical quality attribute."""
    basis: Basis = Column(sa_type=String)
    """By what it is decided how many batches of each strength it takes."""
    required: int
    """Of each strength that is made."""
    justification: str | None = None
    """What the points of risk are and sum up to; null where nothing was stated."""
    planned_by: str
    protocol_approved_by: str | None = None
    protocol_approved_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """Batches whose making began before that do not count."""
    design: int = 1
    """How many protocols there were: each redesign begins the next."""
    run: int = 1
    """Of this design: each restart begins the next."""
    run_began_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When a restart began the run: batches whose making began before that do not count in it. Null in the first run,
    which begins as the protocol is approved."""
    attempt: int = 1
    """One more than runs that a failure ended, by what is known now."""
    count: int = 0
    """Batches in a row that conform, of the strength that has fewest."""
    by_strength: dict[str, int] = Column(default_factory=dict, sa_type=JSONB)
    conforms: bool = False
    """Whether the batches show it now, also where something else was reported."""
    fails: bool = False
    """Whether a failure ended the last run, also where something else was reported."""
    undecided: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """The lots behind which nothing counts yet."""
    ended_by: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """The lots whose failure ended a run: those of an earlier design, too, of which that was told later."""
    chosen_afterwards: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """The lots that count although their results were known as they were named, each with why, as quality says."""
    lacking: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """What its protocol asks less than the transfer's quality attributes do by now: it is to be redesigned."""
    runs_ended: list[Any] = Column(default_factory=list, sa_type=JSONB)
    capability: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """As it was reported."""
    report_justification: str | None = None


class PpqSeriesRead(PpqSeriesFields, PartRead):
    """A PPQ series as its readers see it."""

    limits: list[AttributeLimitsRead]
    runs_ended: list[RunEnded]
    capability: list[CapabilityRead]
