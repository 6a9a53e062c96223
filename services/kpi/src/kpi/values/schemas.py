"""What a KPI's numbers look like."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from kpi.definitions.model import Rating
from kpi.definitions.schemas import Number, TargetRead
from serving.shown import Ref


class OpenRead(BaseModel):
    """What began by the end of the window and is still open now."""

    count: int
    oldest_days: Number | None


class ValueRead(BaseModel):
    """One number. `value` is `numerator / denominator`; a percentile has a `value` and a `sample` only.

    Numbers are decimal strings with at most ten decimals.
    """

    partner: Ref | None
    """Null where the number is not of one partner."""
    site: Ref | None
    product: Ref | None
    """Null where the number is not of one product, or of what belongs to none."""
    period: str
    from_: str = Field(serialization_alias="from")
    """The window's first month."""
    to: str
    """The window's last month, included."""
    value: Number | None
    numerator: Number | None
    denominator: Number | None
    sample: int
    unit: str
    rating: Rating
    """`not_rated` without data, below the minimum sample, without a target, or where the partner was no more."""
    target: TargetRead | None
    ended_on: date | None
    """The last day of the partner, where the window ends after the month of it; the number is of what was before."""
    end_reason: str | None
    formula_version: int
    as_of: datetime | None
    """When the newest fact that was applied was recorded: what came later is not in the number."""
    open: OpenRead | None
    facts: str
    """The facts that the number is made of, reversed ones and their reversals included: their values add up to it."""
