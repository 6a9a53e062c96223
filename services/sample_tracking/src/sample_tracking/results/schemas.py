"""Bodies of requests and answers about results."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from contracts import Day, HappenedAt, Moment, clock
from contracts.out_of_trend import TrendBasis
from contracts.partner_feeds import NEED_A_VALUE, Provenance, Qualifier, ResultRole, StabilityPoint, TestStage
from contracts.sample_tracking import Limit, MarketEvaluation
from runtime.bodies import Body, Code, Line, Plain, Reason
from sample_tracking.results.fields import ResultFields
from sample_tracking.specifications.schemas import Unit, Value
from serving.shown import Answer, Ref, Shown


def not_ahead(moment: Moment) -> Moment:
    """The moment, where it has come. Raises ValueError for one that lies in the future."""
    now = clock.now()
    # Days and months are the laboratory's own: at most fourteen hours ahead of UTC.
    latest = (now + timedelta(hours=14)).astimezone(UTC).date()
    if isinstance(moment, datetime):
        ahead = moment > now
    elif isinstance(moment, date):
        ahead = moment > latest
    else:
        ahead = moment > f"{latest:%Y-%m}"
    if ahead:
        raise ValueError("lies in the future: a result is entered after the test")
    return moment


MethodVersion = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})$")]
"""Major and minor, such as 2.1."""


class TestedLot(Body):
    """A lot by what is printed on it: its number is unique only per material and manufacturing site."""

    site_id: UUID
    material: Code = Field(examples=["AMLO-5"])
    """The product's code, or the code of a substance or excipient."""
    number: Code = Field(examples=["B-2026-014"])


class MeasuredBy(Body):
    """Who measured it, on what, when, and what its raw data are."""

    analyst: Line | None = Field(None, examples=["ana"])
    instrument: Line | None = Field(None, examples=["HPLC-07"])
    calibration_due: Day | None = Field(None, examples=["2026-12-31"])
    raw_data_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = Field(None, examples=["0b" * 32])
    injected_at: HappenedAt | None = Field(None, examples=["2026-03-03T08:00:00+01:00"])

    def provenance(self) -> Provenance:
        """As facts tell it."""
        return Provenance(**self.model_dump())


class Measured(Body):
    """What was measured, and how. Exactly one of ``value`` and ``text``."""

    value: Value | None = Field(None, examples=["99.2"])
    text: Line | None = None
    qualifier: Qualifier | None = None
    """How ``value`` is to be read; left out where it is the result itself."""
    determinations: Annotated[tuple[Value, ...], Field(max_length=100)] | None = Field(
        None, examples=[["99.1", "99.3"]]
    )
    """Of what ``value`` is made, in its unit: each unit of a dissolution or of the uniformity, of all stages so far. By
    a limit for these the value is their mean or acceptance value, and another one is refused."""
    inspected: Annotated[int, Field(ge=1, le=1_000_000), Plain] | None = None
    """Where ``value`` counts defective units, among how many."""
    unit: Unit = Field(examples=["%"])
    method: Code | None = Field(None, examples=["HPLC-014"])
    """The code of the method by which it was tested; left out where it is that of the specification."""
    method_version: MethodVersion | None = Field(None, examples=["2.1"])
    """Left out where it is the newest that was in use."""
    provenance: MeasuredBy | None = None
    """How it came about: what is left out is not judged."""

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.value is None) == (self.text is None):
            raise ValueError("give value or text, one of them")
        if self.qualifier in NEED_A_VALUE and self.value is None:
            raise ValueError(f"{self.qualifier} needs value, the number that it is said of")
        if self.value is None and (self.determinations or self.inspected):
            raise ValueError("determinations and inspected go with value, the number that is made of them")
        if self.inspected is not None and self.value is not None and self.value > self.inspected:
            raise ValueError("value counts defective units: not more than were inspected")
        if self.method_version and not self.method:
            raise ValueError("method_version is that of a method: name it")
        return self


class PullOfStudy(Body):
    """Which pull of a stability study it is."""

    months: Annotated[int, Field(ge=0, le=600), Plain] = Field(examples=[12])
    """The nominal age by the protocol."""
    condition: Line | None = Field(None, examples=["25C/60RH"])
    """The storage condition as the protocol names it."""

    def point(self) -> StabilityPoint:
        """As facts tell it."""
        return StabilityPoint(**self.model_dump())


class EnterResult(Measured):
    """A result that a person of the laboratory enters."""

    lot: TestedLot
    laboratory_site_id: UUID
    test: Code = Field(examples=["assay"])
    stage: TestStage = Field(examples=["release"])
    role: ResultRole = ResultRole.original
    occurred_at: Annotated[Moment, AfterValidator(not_ahead)]
    """When it was determined: an instant with its zone, a day or a month."""
    stability: PullOfStudy | None = None
    """Which pull a result of the stage stability is of."""

    @model_validator(mode="after")
    def _of_a_study(self) -> Self:
        if self.stability and self.stage is not TestStage.stability:
            raise ValueError(f"stability goes with the stage stability, and not with {self.stage}")
        return self


class AmendResult(Measured, Reason):
    """What was measured as it should have been entered, the whole of it, and why it was not.

    Of which lot, test, stage and moment it is stays.
    """


class AssignResult(Body):
    """Who finds out how an unjudged result is to be read; whoever asks, where nobody is named."""

    owner: Code | None = Field(None, examples=["petra"])


class InterpretResult(Reason):
    """How an unjudged result is to be read: what is left out stays as it was reported."""

    test: Code | None = Field(None, examples=["assay"])
    """The specification's name of the test."""
    text: Line | None = None
    """The specification's word for it."""
    unit: Unit | None = None
    alike: bool = False
    """Whether the others are read so too that the laboratory reported in the same way: of this product, with the same
    test, unit and word, and unjudged for the same reason. At most 1,000 at a time; what could not be judged so stays
    open."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if (self.test, self.text, self.unit) == (None, None, None):
            raise ValueError("give test, text or unit: how it is to be read")
        return self


class TrendRead(Answer):
    """Between which bounds a result was to be expected by those before it, which it lies outside of."""

    basis: TrendBasis
    """By what it is out of trend."""
    lower: Decimal
    """The least that was to be expected, in the unit of the value; a decimal number as text."""
    upper: Decimal
    """The most, likewise."""
    points: int
    """By how many lots, or earlier results of the study."""


class ResultRead(ResultFields, Shown):
    """A result as its readers see it."""

    site: Ref | None
    """Where the lot was made."""
    partner: Ref | None
    product: Ref | None
    laboratory: Ref | None
    """The site that tested."""
    applied_limit: Limit | None
    stability: StabilityPoint | None
    provenance: Provenance | None
    evaluations: list[MarketEvaluation]
    evaluated_against: list[MarketEvaluation]
    out_of_trend: TrendRead | None
    """What the results before it let expect, where it lies outside of that; null of any other, and where there are
    too few before it to judge that."""
    precedes_making: bool
    """It is for release, and dated before the making of its lot began: one of both moments is wrong."""
    pending: bool
    """A stage of its test asks for the units of a further one. Reported with those before, they amend it; until then it
    is neither met nor missed, and is not approved."""
    determination_outside: bool
    """One determination lies outside bounds that the value meets: somebody must look (FDA OOS guidance, 2022)."""
    value_contradicted: bool
    """Its determinations give another mean or acceptance value than the one that was reported with them: by them it is
    judged, and its value is no point of a trend."""
    invalid_with: UUID | None
    """The result that it amends, at once or by others, and that an investigation had found invalid by then: it counts
    no more than that does, until the investigation is reopened, and a retest stands in its place."""


class TestOfLot(BaseModel):
    """Everything found for one test of a lot, side by side; amended results stay among them."""

    __test__ = False

    test: str
    stage: TestStage
    original: list[ResultRead]
    repeat: list[ResultRead]
    retest: list[ResultRead]
    resample: list[ResultRead]


class LotResults(Answer):
    """A lot and its results."""

    lot_id: UUID
    lot_number: str
    material: str
    items: list[TestOfLot]
    next: str | None
    """The cursor of the tests after these, or null at the end."""
