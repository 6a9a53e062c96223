"""What a protocol says: bodies of requests, and what is kept of it. Once it is frozen none of it changes."""

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import Day
from contracts.method_transfers import CriterionKind, MethodTransferKind
from runtime.bodies import Body, Code, Digest, Line, Plain, Words
from serving.canonical import canonical_json, sha256
from serving.shown import Answer
from tech_transfer.measured import MeasuredUnit
from tech_transfer.method_transfers.criteria import BANDS, RATIOS, SAME_VERDICT, UNIT_OF_BANDS, Band, Criterion
from tech_transfer.method_transfers.terms import WITHOUT_TESTS
from tech_transfer.statistics.equivalence import Design

Limit = Annotated[Decimal, Field(gt=0, max_digits=30, examples=["2.0"]), Plain]
Count = Annotated[int, Field(ge=1, le=1000, examples=[6]), Plain]
Version = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})$")]
"""Major and minor, such as 2.1."""
MOST_LOTS: Final = 50


class LimitBand(Body):
    """How far the difference may go from a mean of the sending laboratory on: the wider of what is stated."""

    mean_from: Annotated[Decimal, Field(ge=0, max_digits=30, examples=["0"]), Plain] = Decimal(0)
    absolute: Limit | None = None
    """In the unit of the results."""
    relative_percent: Limit | None = None
    """In per cent of that mean."""

    @model_validator(mode="after")
    def _limits(self) -> Self:
        if self.absolute is None and self.relative_percent is None:
            raise ValueError("state absolute, relative_percent or both")
        return self


class StatedCriterion(Body):
    """What is asked of one attribute. Limits that are not stated are the usual ones of its kind: differences in %."""

    attribute: Code = Field(examples=["assay"])
    """The test, as results name it."""
    kind: CriterionKind = Field(examples=["assay"])
    """What kind of test it is, by which it is judged and has its usual limits."""
    unit: MeasuredUnit | None = Field(None, examples=["%"])
    """UCUM; needed where numbers are compared."""
    design: Design = Design.welch
    """``pooled`` where the protocol says that variances are equal; ``paired`` where both test the same units."""
    bands: list[LimitBand] | None = Field(None, min_length=1, max_length=10)
    lower: Limit | None = Field(None, examples=["0.80"])
    """Of a ratio."""
    upper: Limit | None = Field(None, examples=["1.25"])
    precision_limit: Limit | None = None
    """What the ratio of standard deviations may be at most, with 95 % confidence; 2.0 where none is stated."""
    reporting_threshold: Limit | None = Field(None, examples=["0.05"])
    """Of an impurity: below it nothing is compared."""

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        words, ratio = self.kind in SAME_VERDICT, self.kind in RATIOS
        if (self.unit is None) != words:
            raise ValueError(f"unit: {'a verdict has none' if words else 'state that of the numbers'}")
        if self.kind in BANDS and not self.bands and self.unit != UNIT_OF_BANDS:
            raise ValueError(
                f"bands: the usual limits of {self.kind} are in {UNIT_OF_BANDS}: state those in {self.unit}"
            )
        if self.bands and self.kind not in BANDS:
            raise ValueError(f"bands: {self.kind} has none")
        if self.bands and [each.mean_from for each in self.bands] != sorted({each.mean_from for each in self.bands}):
            raise ValueError("bands: each begins at a higher mean than the one before")
        if self.bands and self.bands[0].mean_from:
            raise ValueError("bands: the first one begins at 0")
        if (self.lower or self.upper) and not ratio:
            raise ValueError(f"lower, upper: {self.kind} is judged by the difference: state bands")
        if ratio and not (self.lower or RATIOS[self.kind][0]) < 1 < (self.upper or RATIOS[self.kind][1]):
            raise ValueError("lower, upper: a ratio's limits lie on both sides of 1")
        if words and (self.precision_limit or self.design is not Design.welch):
            raise ValueError(f"precision_limit, design: {self.kind} compares verdicts")
        if self.reporting_threshold and self.kind is not CriterionKind.impurity:
            raise ValueError("reporting_threshold: only an impurity has one")
        return self

    @property
    def known(self) -> Criterion:
        """With nothing left to a default."""
        usual = Criterion.usual(self.attribute, self.kind, self.unit)
        bands = tuple(Band(**each.model_dump()) for each in self.bands) if self.bands else usual.bands
        ratio = usual.ratio and (self.lower or usual.ratio[0], self.upper or usual.ratio[1])
        return Criterion(
            attribute=self.attribute,
            kind=self.kind,
            unit=self.unit,
            design=self.design,
            bands=bands,
            ratio=ratio,
            precision_limit=self.precision_limit or usual.precision_limit,
            reporting_threshold=self.reporting_threshold,
        )


class TransferLot(Body):
    """A lot, or a preparation of one, that both laboratories test."""

    name: Code = Field(examples=["L-0042"])
    """As results name it."""
    lot_id: UUID | None = None
    """By which results of a feed are known to be of it; none of what is prepared for this alone."""
    preparation: Line | None = Field(None, examples=["spiked with impurity B"])
    """What was done to it, where the method must see impurities or change."""


class Protocol(Body):
    """What both laboratories will do, and by which criteria it is judged."""

    method_version: Version = Field(examples=["2.1"])
    kind: MethodTransferKind = Field(examples=["comparative"])
    protocol: Line = Field(examples=["MTP-0042 version 1"])
    protocol_digest: Digest = Field(examples=["0b" * 32])
    lots: list[TransferLot] = Field(default_factory=list, max_length=MOST_LOTS, examples=[[{"name": "L-0042"}]])
    """The lots, or preparations of them, that both laboratories test."""
    analysts: Count = Field(1, examples=[2])
    """Of each laboratory, at least."""
    runs: Count = 1
    """Of each laboratory for each lot; of a feed, which knows no runs, results count alike."""
    replicates: Count = 1
    """Of each run."""
    reference_standards: list[Line] = Field(default_factory=list, max_length=50, examples=[["RS-17 lot 4"]])
    system_suitability: Words | None = Field(None, examples=["RSD of six injections not more than 1.0 %"])
    training_records: list[Line] = Field(default_factory=list, max_length=200, examples=[["TR-2036-118"]])
    sending_last_run_on: Day | None = Field(None, examples=["2026-02-01"])
    """The day on which the sending laboratory last tested by the method, which a comparison needs to know."""
    exclusions: Words | None = Field(None, examples=["a run whose system suitability failed"])
    """What may be left out, stated before anybody knows a result."""
    criteria: list[StatedCriterion] = Field(
        default_factory=list, max_length=100, examples=[[{"attribute": "assay", "kind": "assay", "unit": "%"}]]
    )
    """What is asked of each attribute."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind not in WITHOUT_TESTS and not (self.lots and self.criteria):
            raise ValueError(f"lots, criteria: {self.kind} names at least one of each")
        names: dict[str, list[Any]] = {
            "lots": [each.name for each in self.lots],
            "lots.lot_id": [each.lot_id for each in self.lots if each.lot_id],
            "criteria": [each.attribute for each in self.criteria],
        }
        for name, values in names.items():
            if len({*values}) < len(values):
                raise ValueError(f"{name}: name each once")
        if self.analysts > self.runs:
            raise ValueError("analysts: each does at least one run")
        return self

    def columns(self) -> dict[str, Any]:
        """As it is kept."""
        kept = self.model_dump(mode="json", include=ProtocolFields.model_fields.keys() - {"criteria", "method"})
        kept |= {"sending_last_run_on": self.sending_last_run_on}
        return kept | {"criteria": [written(each.known) for each in self.criteria]}


class ProtocolFields(SQLModel):
    """What is kept of a protocol."""

    method: str
    """The method's code."""
    method_version: str
    kind: MethodTransferKind = Column(sa_type=String)
    protocol: str
    """Its number and version."""
    protocol_digest: str
    lots: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """The lots, or preparations of them, that both laboratories test."""
    analysts: int
    """How many analysts of each laboratory test, at least."""
    runs: int
    replicates: int
    reference_standards: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    system_suitability: str | None = None
    training_records: list[str] = Column(default_factory=list, sa_type=ARRAY(String))
    sending_last_run_on: date | None = None
    """The day on which the sending laboratory last tested by the method."""
    exclusions: str | None = None
    criteria: list[Any] = Column(default_factory=list, sa_type=JSONB)
    """What is asked of each attribute, with nothing left to a default."""


def proof_of(protocol: ProtocolFields, **said: Any) -> str:
    """SHA-256 over canonical JSON of a protocol and of what was concluded by it."""
    kept = ProtocolFields.model_validate(protocol, from_attributes=True).model_dump(mode="json")
    return sha256(canonical_json(kept | said))


class LimitBandRead(Answer):
    """How far the difference may go from a mean of the sending laboratory on: the wider of what is stated."""

    mean_from: Decimal
    absolute: Decimal | None
    relative_percent: Decimal | None


class MethodCriterionRead(Answer):
    """What is asked of one attribute, and what the planned number of results can show of precision."""

    attribute: str
    criterion: CriterionKind
    """What kind of test it is, by which it is judged."""
    unit: str | None
    design: Design
    bands: list[LimitBandRead]
    lower: Decimal | None
    """The lower limit of a ratio; null where differences or verdicts are compared."""
    upper: Decimal | None
    """The upper limit of a ratio; null where differences or verdicts are compared."""
    precision_limit: Decimal | None
    reporting_threshold: Decimal | None
    greatest_ratio: Decimal | None = None
    """An observed ratio of standard deviations above this fails with the planned number of results; null where no
    precision is asked for, or they are too few to show any."""
    equal_spread_passes: bool | None = None
    """Whether laboratories of the same spread pass with it: false also where fewer are planned than any verdict needs.
    Null where enough are planned and no precision is asked for, and where verdicts are compared."""
    results_needed: int | None = None
    """Results of one lot from each laboratory, with which they do; null where no number up to 1000 is enough, and where
    `equal_spread_passes` is null."""


class TransferLotRead(Answer):
    """A lot, or a preparation of one, that both laboratories test."""

    name: str
    """As results name it."""
    lot_id: UUID | None
    preparation: str | None


def written(criterion: Criterion) -> dict[str, Any]:
    """A criterion as it is kept and shown."""
    lower, upper = criterion.ratio or (None, None)
    read = MethodCriterionRead(
        attribute=criterion.attribute,
        criterion=criterion.kind,
        unit=criterion.unit,
        design=criterion.design,
        bands=[LimitBandRead(**asdict(each)) for each in criterion.bands],
        lower=lower,
        upper=upper,
        precision_limit=criterion.precision_limit,
        reporting_threshold=criterion.reporting_threshold,
    )
    return read.model_dump(mode="json", exclude={"greatest_ratio", "equal_spread_passes", "results_needed"})


def criterion_of(row: Any) -> Criterion:
    """A criterion as it was kept."""
    read = MethodCriterionRead.model_validate(row)
    bands = tuple(Band(**each.model_dump()) for each in read.bands)
    ratio = None if read.lower is None or read.upper is None else (read.lower, read.upper)
    return Criterion(
        attribute=read.attribute,
        kind=read.criterion,
        unit=read.unit,
        design=read.design,
        bands=bands,
        ratio=ratio,
        precision_limit=read.precision_limit,
        reporting_threshold=read.reporting_threshold,
    )
