"""Bodies of requests and answers about definitions and targets."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema, model_validator

from kpi.arithmetic import EXACT
from kpi.definitions.model import Direction, Family, Kind, KpiDefinition, KpiTarget
from kpi.measures import DISTRIBUTIONS, Code
from kpi.mergers.model import AbsorbedPartner
from runtime.bodies import Body, Line, Plain, Words
from serving.shown import Allowed, Shown


def _written(number: Decimal) -> str:
    rounded = EXACT.plus(number.quantize(_LAST_DECIMAL, context=EXACT))  # plus: nothing is no negative zero
    return f"{rounded:f}".rstrip("0").rstrip(".")


DECIMALS = 10
"""Decimals of a number in an answer; inside, sums are exact."""
_LAST_DECIMAL = Decimal(1).scaleb(-DECIMALS)
Number = Annotated[
    Decimal, PlainSerializer(_written), WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"})
]
"""A decimal string, rounded to at most ten decimals; no zeros at its end, no exponent."""


KpiCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$")]
Bound = Annotated[Decimal, Field(max_digits=20, decimal_places=DECIMALS), Plain]


class Formula(Body):
    """What a KPI is made of and what is better."""

    name: Line = Field(examples=["Deviation rate"])
    family: Family = Field(examples=["quality"])
    description: Words = Field(examples=["Deviations for each batch that was made"])
    kind: Kind
    numerator: Code = Field(examples=["deviation"])
    denominator: Code | None = Field(None, examples=["batch_manufactured"])
    quantile: Annotated[Decimal, Field(gt=0, lt=1, decimal_places=4), Plain] | None = None
    open_measure: Code | None = None
    unit: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,40}$")] = Field(examples=["1"])
    """UCUM: `1` for a rate, `%`, `d`, `h`."""
    direction: Direction = Field(examples=["lower"])
    minimum_sample: Annotated[int, Field(ge=1, le=1_000_000), Plain] = 1
    source: Words = Field(examples=["ICH Q10"])

    @model_validator(mode="after")
    def _belongs_to_its_kind(self) -> Self:
        """A ratio has a denominator, a percentile a quantile of a distribution, and no other kind has them."""
        if (self.kind is Kind.ratio) != (self.denominator is not None):
            raise ValueError("a ratio, and nothing else, has a denominator")
        if (self.kind is Kind.percentile) != (self.quantile is not None):
            raise ValueError("a percentile, and nothing else, has a quantile")
        if self.kind is Kind.percentile and self.numerator not in DISTRIBUTIONS:
            raise ValueError(f"percentiles are known only of {', '.join(sorted(DISTRIBUTIONS))}")
        return self


class DefineKpi(Formula):
    """A new KPI from measures that exist."""

    code: KpiCode = Field(examples=["deviation_rate"])


class SetTarget(Body):
    """What to aim at. ``amber`` is where green ends (default: at the target), ``red`` where red begins."""

    value: Bound = Field(examples=["0.05"])
    amber: Bound | None = None
    red: Bound = Field(examples=["0.1"])


class TargetRead(BaseModel):
    """A target as its readers see it. Without partner and product it is the general one.

    That of a partner that merged into another one is over: nothing after its last day is measured by it.
    """

    model_config = ConfigDict(from_attributes=True)

    partner_id: UUID | None
    product_id: UUID | None
    value: Number
    amber: Number
    red: Number
    version: int
    ended_on: date | None
    """The last day of its partner; null where it goes on."""
    end_reason: str | None

    @classmethod
    def of(cls, target: KpiTarget, absorbed: Mapping[UUID, AbsorbedPartner]) -> Self:
        """The readable form of a record."""
        over = absorbed.get(target.partner_id) if target.partner_id else None
        ended = {"ended_on": over.ended_on if over else None, "end_reason": over.end_reason if over else None}
        return cls.model_validate(dict(target) | ended)


class KpiRead(Shown):
    """A KPI as its readers see it."""

    code: str
    formula_version: int
    name: str
    family: Family
    description: str
    kind: Kind
    numerator: Code
    denominator: Code | None
    quantile: Number | None
    open_measure: Code | None
    unit: str
    direction: Direction
    minimum_sample: int
    source: str
    targets: list[TargetRead]

    @classmethod
    def of(cls, definition: KpiDefinition, targets: list[TargetRead], allowed: Sequence[Allowed]) -> Self:
        """The readable form of a record, with the targets that the reader may see, and what it may do."""
        more = {"targets": targets, "allowed": allowed}
        return cls.model_validate(dict(definition) | more)


class MeasureRead(BaseModel):
    """A measure that a KPI can be made of."""

    model_config = ConfigDict(from_attributes=True)

    code: Code
    unit: str
    about: str
    distribution: bool
