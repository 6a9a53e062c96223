"""A KPI's definition and its targets."""

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Numeric
from sqlmodel import Field, String

from kpi.metadata import Table
from runtime.work import Versioned


class Kind(StrEnum):
    """How a value is made from measures."""

    ratio = "ratio"
    """Total of the numerator / total of the denominator."""
    mean = "mean"
    """Total of the numerator / number of its facts."""
    percentile = "percentile"
    """A quantile of the numerator's values."""


class Direction(StrEnum):
    """What is better."""

    higher_is_better = "higher"
    lower_is_better = "lower"


class Family(StrEnum):
    """The part of a scorecard that a KPI belongs to."""

    operational = "operational"
    quality = "quality"
    financial = "financial"
    innovation = "innovation"


class Rating(StrEnum):
    """How good a value is. No data is never a good score."""

    green = "green"
    amber = "amber"
    red = "red"
    not_rated = "not_rated"


class KpiDefinition(Table, Versioned, table=True):
    """One version of a KPI's formula. It is never changed: a changed formula is the next version."""

    __tablename__ = "kpi_definition"

    code: str
    formula_version: int
    name: str
    family: Family = Field(sa_type=String)
    description: str
    kind: Kind = Field(sa_type=String)
    numerator: str
    denominator: str | None = None
    quantile: Decimal | None = Field(default=None, sa_type=Numeric)
    open_measure: str | None = None
    """What is still open stands beside it: closing nothing must not look good."""
    unit: str
    direction: Direction = Field(sa_type=String)
    minimum_sample: int
    source: str

    @property
    def measures(self) -> list[str]:
        """The measures that the number is made of."""
        return [measure for measure in (self.numerator, self.denominator) if measure]


class KpiTarget(Table, Versioned, table=True):
    """What is aimed at, in general or for one partner, one product or both. The version rises with each change.

    ``amber`` and ``red`` are the values at which a number stops being green and becomes red.
    """

    __tablename__ = "kpi_target"

    code: str
    partner_id: UUID | None = None
    product_id: UUID | None = None
    value: Decimal = Field(sa_type=Numeric)
    amber: Decimal = Field(sa_type=Numeric)
    red: Decimal = Field(sa_type=Numeric)

    def set(self, value: Decimal, amber: Decimal, red: Decimal) -> None:
        """Aim at something else from now on."""
        self.value, self.amber, self.red = value, amber, red

    def concerns(self, partner_id: UUID | None, product_id: UUID | None) -> bool:
        """Whether it is the target of a number of that partner and product (None: of several)."""
        return self.partner_id in (None, partner_id) and self.product_id in (None, product_id)

    @property
    def precedence(self) -> tuple[bool, bool]:
        """The largest applies: of partner and product before of a partner, of a product, in general."""
        return self.partner_id is not None, self.product_id is not None


def in_order(direction: Direction, value: Decimal, amber: Decimal, red: Decimal) -> bool:
    """Whether a target makes sense: amber begins where the target is missed, if not before, and red no earlier."""
    if direction is Direction.lower_is_better:
        return amber <= value and amber <= red
    return amber >= value and amber >= red


def rate(
    value: Decimal | None, sample: int, minimum_sample: int, direction: Direction, target: KpiTarget | None
) -> Rating:
    """How good a value is; not rated without data, with too small a sample, or without a target."""
    if value is None or target is None or sample < minimum_sample:
        return Rating.not_rated
    lower = direction is Direction.lower_is_better
    if value >= target.red if lower else value <= target.red:
        return Rating.red
    return Rating.amber if (value >= target.amber if lower else value <= target.amber) else Rating.green
