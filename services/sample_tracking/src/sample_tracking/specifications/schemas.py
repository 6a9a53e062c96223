"""Bodies of requests and answers about specifications."""

from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from contracts import Day
from contracts.partner_feeds import TestStage
from contracts.sample_tracking import AppliesTo, Limit, SpecificationPurpose
from contracts.unit_limits import DefectClass
from gxp import sampling
from gxp.evaluation import words_of
from gxp.unit_names import known_unit
from runtime.bodies import Body, Code, Country, Line, Plain, Reason
from sample_tracking.specifications.model import SpecificationFields
from sample_tracking.specifications.registered import Registered, is_asked
from serving.shown import Ref, Shown

Value = Annotated[Decimal, Field(max_digits=30, decimal_places=15, allow_inf_nan=False), Plain]

Percent = Annotated[Decimal, Field(gt=0, le=1000, max_digits=10, decimal_places=5), Plain]


Unit = Annotated[str, AfterValidator(known_unit)]


class AttributeBody(Body):
    """So many units are inspected, and so many may be defective (ISO 2859-1)."""

    inspected: Annotated[int, Field(ge=1, le=1_000_000), Plain] = Field(examples=[125])
    accept: Annotated[int, Field(ge=0), Plain] = Field(examples=[3])
    defect_class: DefectClass
    code_letter: Annotated[str, Field(pattern="^[A-HJ-NP-R]$")] | None = Field(None, examples=["K"])
    aql: Annotated[Decimal, Field(gt=0, le=100, max_digits=6), Plain] | None = Field(None, examples=["1.0"])
    """Where it is given, the plan is that of its code letter for single sampling, normal inspection, or is refused."""
    plan: Line | None = Field(None, examples=["general level II, normal"])

    @model_validator(mode="after")
    def _can_be_missed(self) -> Self:
        if self.accept >= self.inspected:
            raise ValueError("accept is less than inspected: else no sample could miss it")
        if self.aql is not None:
            self._must_be_of_the_table(self.aql)
        return self

    def _must_be_of_the_table(self, aql: Decimal) -> None:
        if self.code_letter is None:
            raise ValueError("aql goes with code_letter: together they name a plan")
        found = sampling.plan(self.code_letter, aql)
        if found != (self.inspected, self.accept):
            named = f"letter {self.code_letter} with an AQL of {aql}"
            raise ValueError(f"{named} is inspected {found.inspected} and accept {found.accept}")


class DissolutionBody(Body):
    """By the stages S1, S2 and S3 (USP <711>)."""

    q: Percent = Field(examples=["80"])


class UniformityBody(Body):
    """By the stages of 10 and of 30 units (USP <905>, Ph. Eur. 2.9.40)."""

    target: Percent = Field(Decimal(100), examples=["100"])
    l1: Percent = Field(Decimal("15.0"), examples=["15.0"])
    l2: Percent = Field(Decimal("25.0"), examples=["25.0"])


class EachBody(Body):
    """What each determination must meet."""

    lower: Value | None = Field(None, examples=["75"])
    upper: Value | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.lower is None and self.upper is None:
            raise ValueError("give lower, upper or both")
        if self.lower is not None and self.upper is not None and self.lower > self.upper:
            raise ValueError("lower must not exceed upper")
        return self


class LimitBody(Body):
    """What one test must meet, one of: bounds, which are inclusive; words; units of a sample; each determination beside
    bounds for their mean; or nothing, where it is only to be reported."""

    test: Code = Field(examples=["assay"])
    stage: TestStage = Field(examples=["release"])
    lower: Value | None = Field(None, examples=["95.0"])
    upper: Value | None = Field(None, examples=["105.0"])
    text: Line | None = None
    accepted: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    """Further words that mean the same as ``text``."""
    rejected: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    """Words that do not meet it, besides the opposite of ``text``. A result in any other word is not judged."""
    report_only: bool = False
    attribute: AttributeBody | None = None
    dissolution: DissolutionBody | None = None
    uniformity: UniformityBody | None = None
    each: EachBody | None = None
    """For each determination; ``lower`` and ``upper`` are then for their mean."""
    method: Code | None = Field(None, examples=["HPLC-014"])
    """The code of the method by which it is to be tested. Without one nobody can say who is entitled to: a draft may
    leave it open, and is not approved so."""
    unit: Unit = Field("1", examples=["%"])
    decimals: Annotated[int, Field(ge=0, le=10), Plain] = Field(0, examples=[1])

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        bounds = [bound for bound in (self.lower, self.upper) if bound is not None]
        if self.each and not bounds:
            raise ValueError("each stands beside lower or upper, which are for the mean of the determinations")
        of_units = [self.attribute, self.dissolution, self.uniformity]
        kinds = [bool(bounds), self.text is not None, self.report_only, *(each is not None for each in of_units)]
        if kinds.count(True) != 1:
            raise ValueError(
                "give lower, upper or both; or text for a result in words; or attribute, dissolution or uniformity; or "
                "report_only"
            )
        if self.text is None and (self.accepted or self.rejected):
            raise ValueError("accepted and rejected are words beside text, and there is none")
        if self.text is not None and (both := set.intersection(*words_of(self.text, self.accepted, self.rejected))):
            raise ValueError(f"{', '.join(sorted(both))}: meets the limit, and does not: which is it?")
        if len(bounds) == 2 and bounds[0] > bounds[1]:
            raise ValueError("lower must not exceed upper")
        if any(bound != round(bound, self.decimals) for bound in (*bounds, *self._bounds_of_units())):
            raise ValueError(f"a bound has more than {self.decimals} decimals: a rounded result could never equal it")
        return self

    @model_validator(mode="after")
    def _in_the_unit_of_its_kind(self) -> Self:
        if self.attribute and (self.unit, self.decimals) != ("1", 0):
            raise ValueError("defective units are counted: unit 1, and decimals 0")
        if (self.dissolution or self.uniformity) and self.unit != "%":
            kind = "dissolution" if self.dissolution else "uniformity"
            raise ValueError(f"the {kind} is in per cent of the label claim: unit %")
        return self

    def _bounds_of_units(self) -> list[Decimal]:
        """What units are held against as they are rounded."""
        given = [self.dissolution.q] if self.dissolution else [self.uniformity.l1] if self.uniformity else []
        each = [self.each.lower, self.each.upper] if self.each else []
        return [*given, *(bound for bound in each if bound is not None)]

    def as_limit(self) -> Limit:
        """The limit in the published words."""
        return Limit(**self.model_dump())


class DraftSpecification(Body):
    """A new revision for a product, named by its id or its code."""

    product_id: UUID | None = None
    product: Code | None = Field(None, examples=["AMLO-5"])
    market: Country | None = Field(None, examples=["AT"])
    purpose: SpecificationPurpose = SpecificationPurpose.release
    effective_from: Day | None = Field(None, examples=["2026-04-01"])
    """The day, in UTC, from which it is in force once it is approved; the day of its approval where none is given."""
    applies_to: AppliesTo = AppliesTo.manufactured_from
    """Whether it judges lots made from its day on, or from its day on all open ones."""
    registered_version: Code | None = Field(None, examples=["SPEC-14 v3"])
    """How the market's registration calls this revision, exactly; of one for every market none."""
    limits: Annotated[list[LimitBody], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _unambiguous(self) -> Self:
        if (self.product_id is None) == (self.product is None):
            raise ValueError("name the product by product_id or by product, its code; not by both")
        if self.registered_version and not is_asked(self.market, self.purpose):
            raise ValueError(
                "registered_version: a market's registration names what is for release or shelf life there"
            )
        keys = [(limit.test, limit.stage) for limit in self.limits]
        if twice := sorted({f"{test} ({stage})" for test, stage in keys if keys.count((test, stage)) > 1}):
            raise ValueError(f"one limit for each test and stage; more than one for: {', '.join(twice)}")
        return self

    def as_drafted(self) -> dict[str, Any]:
        """What of it the record keeps as it is."""
        return self.model_dump(include={"market", "purpose", "effective_from", "applies_to", "registered_version"})


class NameRegistered(Reason):
    """By which name registrations name a revision."""

    registered_version: Code = Field(examples=["SPEC-14 v3"])


class SpecificationRead(SpecificationFields, Shown):
    """A specification as its readers see it."""

    product: Ref | None
    limits: list[Limit]
    registered: Registered | None
    """Whether its market's registration names it today; null where none could: for every market, or in the process."""
    registered_reason: str | None
