"""What is said about a transfer's batches: bodies of requests, what is stored of them, and answers."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import String

from contracts import Day
from contracts.transfer_batches import TransferBatchKind, TransferBatchVerdict
from runtime.bodies import Body, Code, Digest, Line, Words
from serving.shown import Answer
from tech_transfer.measured import MeasuredUnit, Number
from tech_transfer.metadata import INSTANT
from tech_transfer.transfer_batches.verdicts import FailureCause
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class AttributeLimits(Body):
    """What the protocol asks of a critical quality attribute: inclusive bounds, or a word."""

    attribute: Line = Field(examples=["Assay"])
    """As the test is called with which it is found."""
    unit: MeasuredUnit = Field(default="%", examples=["%"])
    lower: Number | None = Field(default=None, examples=["97.0"])
    upper: Number | None = Field(default=None, examples=["103.0"])
    text: Line | None = None
    """The word that a result must say, where no number is compared."""
    criticality: Annotated[str, Field(pattern="^(critical|major|minor)$")] = "critical"
    """By it is decided how much of what is made is to lie within the limits: 99, 95 or 90 %."""

    @property
    def names(self) -> list[str]:
        """By which its results are found."""
        return [self.attribute]

    @model_validator(mode="after")
    def _asks_one_thing(self) -> Self:
        bounded = self.lower is not None or self.upper is not None
        if bounded == (self.text is not None):
            raise ValueError(f"{self.attribute}: give a lower or an upper limit, or a text")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError(f"{self.attribute}: the lower limit lies above the upper one")
        return self


class KeptLimits(AttributeLimits):
    """What a protocol asks, as it is kept with a batch or a series."""

    also_called: list[Line] = Field(default_factory=list)
    """The code and the name of the quality attribute that it is of, as these were when the batch or series was named:
    results of a test that is called so are judged by it."""

    @property
    def names(self) -> list[str]:
        """By which its results are found, its own first."""
        return [self.attribute, *self.also_called]


def each_once(limits: list[AttributeLimits]) -> list[AttributeLimits]:
    """Refuse an attribute that is named twice."""
    if len({each.attribute.casefold() for each in limits}) < len(limits):
        raise ValueError("name each attribute once")
    return limits


Limits = Annotated[list[AttributeLimits], Field(max_length=200), AfterValidator(each_once)]


class NameBatch(Body):
    """Which batch a transfer is shown by, made at the receiving site, and what its protocol asks of it."""

    transfer_id: UUID
    kind: TransferBatchKind = Field(examples=["engineering"])
    lot: Code = Field(examples=["L-0042"])
    """The number by which its maker knows it, exactly."""
    strength: Line = Field(examples=["10 mg"])
    scale: Line = Field(examples=["200 kg"])
    at_scale: bool = True
    """Whether that is the scale at which the product is to be made."""
    limits: Limits = Field(
        default_factory=list, examples=[[{"attribute": "assay", "unit": "%", "lower": "97.0", "upper": "103.0"}]]
    )
    """The protocol's own, tighter than the specification; of a PPQ batch those of its series hold."""
    series_id: UUID | None = None
    """Of a PPQ batch the series that it is made for."""

    @model_validator(mode="after")
    def _has_limits_of_its_own_or_of_a_series(self) -> Self:
        ppq = self.kind is TransferBatchKind.ppq
        if ppq != (self.series_id is not None):
            raise ValueError("series_id: a PPQ batch, and none else, belongs to a series")
        if ppq == bool(self.limits):
            raise ValueError("limits: a PPQ batch has those of its series, and any other its protocol's")
        return self


class ProcessParameter(Body):
    """What a process parameter was in this batch, and in which range it was to be.

    One that is critical for the transfer is held against its proven acceptable range there, whatever stands here.
    """

    parameter: Line = Field(examples=["CPP-FORCE"])
    unit: MeasuredUnit = Field(examples=["kN"])
    value: Number = Field(examples=["12.1"])
    lower: Number | None = Field(default=None, examples=["10"])
    upper: Number | None = Field(default=None, examples=["15"])

    @model_validator(mode="after")
    def _has_a_range(self) -> Self:
        if self.lower is None and self.upper is None:
            raise ValueError(f"{self.parameter}: give an end of its range, lower or upper")
        return self


class StateParameters(Body):
    """All critical process parameters of the batch, those that were stated before as they were stated."""

    parameters: list[ProcessParameter] = Field(min_length=1, max_length=200)
    """Each critical process parameter, what it was and in which range it was to be."""
    evidence: Digest

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        if len({each.parameter for each in self.parameters}) < len(self.parameters):
            raise ValueError("parameters: name each once")
        return self


class RestateParameters(StateParameters):
    """All critical process parameters of the batch, in the place of what was stated wrongly."""

    reason: Words = Field(examples=["The record of the press was read in the wrong line"])


class JustifyChoice(Body):
    """Why a batch counts that was named after its results were known."""

    justification: Words = Field(examples=["The protocol named it; it was entered here a week late"])
    """Why it counts although its results were known as it was named."""


class AssignCause(Body):
    """Why the batch failed, and what shows it."""

    cause: FailureCause = Field(examples=["utilities"])
    reason: Words = Field(examples=["The mains failed for an hour; the investigation excludes the process"])
    evidence: Digest


class StartStability(Body):
    """In which study the batch is stored, and since when."""

    study: Code = Field(examples=["ST-0042"])
    started_on: Day


class TransferBatchFields(OfTransfer):
    """What readers see of a transfer's batch as it is stored."""

    number: str
    state: TransferBatchVerdict = Column(default=TransferBatchVerdict.planned, sa_type=String)
    kind: TransferBatchKind = Column(sa_type=String)
    lot_id: UUID
    lot_number: str
    material: str
    strength: str
    scale: str
    at_scale: bool
    series_id: UUID | None = Column(default=None, foreign_key="ppq_series.id")
    design: int | None = None
    """Of its series' designs the one that it is made by: the first is 1."""
    run: int | None = None
    """In which run of that design it was named; each restart begins the next."""
    bulk_id: UUID
    """The lot that it was split from, or itself."""
    started_at: str | None = None
    limits: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """What the protocol asks of each critical quality attribute."""
    parameters: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """Each critical process parameter as it was stated; empty before that."""
    parameters_evidence: str | None = None
    parameters_stated_by: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """The subjects of who stated them, and restated them."""
    results: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """The results by which the batch is judged."""
    protocol_approved_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """Of a PPQ batch when the protocol of its series was approved: its making begins no earlier."""
    run_began_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """Of a PPQ batch when a restart began the run in which it is named: its making begins no earlier. Null in the first
    run, which begins as the protocol is approved."""
    named_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """A PPQ batch of which a result or a decision was told before does not count, unless quality justifies it."""
    chosen_by: str | None = None
    """The subject of who named it."""
    named_after_results: bool = False
    """Whether, of a PPQ batch, a result or a decision had been told as it was named."""
    choice_justification: str | None = None
    """Why it counts although its results were known as it was named; null where quality did not say that."""
    choice_justified_by: str | None = None
    """The subject of who said so."""
    why: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    """Why it does not conform; empty where it does."""
    cause: FailureCause | None = Column(default=None, sa_type=String)
    """Why it failed, as quality found."""
    cause_reason: str | None = None
    cause_evidence: str | None = None
    given_up: bool = False
    on_stability: bool = False
    """Whether a result of a stability study of it was reported."""
    stability_study: str | None = None
    stability_started_on: date | None = None


class BatchResult(Answer):
    """A result by which the batch is judged."""

    result_id: UUID
    attribute: str
    """The critical quality attribute, as its test is called."""
    value: Decimal | None
    text: str | None
    """What was found in words; null where it is a number."""
    qualifier: str | None
    unit: str
    counts: bool
    """Whether it is approved and reportable, and no open or invalidating investigation is about it."""


class AttributeLimitsRead(Answer):
    """What the protocol asks of a critical quality attribute."""

    attribute: str
    """The critical quality attribute, as its test is called."""
    unit: str
    lower: Decimal | None
    upper: Decimal | None
    text: str | None
    """The word that a result must say; null where bounds are asked for."""
    criticality: str
    also_called: list[Line] = Field(default_factory=list)
    """What else the test of its results may be called: the code or the name of the quality attribute that it is of, as
    these were when the batch or the series was named."""


class ProcessParameterRead(Answer):
    """What a process parameter was, and in which range it was to be, as it was stated."""

    parameter: str
    unit: str
    value: Decimal
    lower: Decimal | None
    upper: Decimal | None


class TransferBatchRead(TransferBatchFields, PartRead):
    """A transfer's batch as its readers see it."""

    limits: list[AttributeLimitsRead]
    parameters: list[ProcessParameterRead]
    results: list[BatchResult]
