"""Bodies of requests and answers about results."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from contracts import Moment, clock
from contracts.partner_feeds import ResultRole, TestStage
from contracts.sample_tracking import Evaluation, Limit
from sample_tracking.results.evaluation import Reason
from sample_tracking.results.model import Result, ResultState
from sample_tracking.specifications.schemas import Body, Code, Number, Unit, Words


def _not_ahead(moment: Moment) -> Moment:
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


class LotBody(Body):
    """A lot by what is printed on it: its number is unique only per material and manufacturing site."""

    site_id: UUID
    material: Code
    """The product's code, or the code of a substance or excipient."""
    number: Code


class EnterResult(Body):
    """A result that a person of the laboratory enters. Exactly one of ``value`` and ``text``."""

    lot: LotBody
    laboratory_site_id: UUID
    test: Code
    stage: TestStage
    role: ResultRole = ResultRole.original
    value: Number | None = None
    text: Words | None = None
    below_quantitation: bool = False
    """``value`` is the limit of quantitation and the result lies below it."""
    unit: Unit
    occurred_at: Annotated[Moment, AfterValidator(_not_ahead)]
    """When it was determined: an instant with its zone, a day or a month."""

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        if (self.value is None) == (self.text is None):
            raise ValueError("give value or text, one of them")
        if self.below_quantitation and self.value is None:
            raise ValueError("below_quantitation needs value, the limit of quantitation")
        return self


class ResultRead(BaseModel):
    """A result as its readers see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    lot_id: UUID
    lot_number: str
    material: str
    product_id: UUID | None
    site_id: UUID
    partner_id: UUID
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    test: str
    stage: TestStage
    role: ResultRole
    value: Decimal | None
    text: str | None
    below_quantitation: bool
    unit: str
    occurred_at: str
    evaluation: Evaluation
    reason: Reason | None
    rounded_value: Decimal | None
    specification_id: UUID | None
    applied_limit: Limit | None
    state: ResultState
    feed_id: UUID | None
    source_id: str | None
    source_revision: int | None
    superseded_by: UUID | None
    submitted_by: str
    reviewed_by: str | None
    reviewed_at: datetime | None
    approved_by: str | None
    approved_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, result: Result) -> Self:
        """The readable form of a record."""
        return cls.model_validate(result)


class TestOfLot(BaseModel):
    """Everything found for one test of a lot, side by side; amended results stay among them."""

    __test__ = False

    test: str
    stage: TestStage
    original: list[ResultRead] = []
    repeat: list[ResultRead] = []
    retest: list[ResultRead] = []
    resample: list[ResultRead] = []


class LotResults(BaseModel):
    """A lot and all its results."""

    lot_id: UUID
    lot_number: str
    material: str
    items: list[TestOfLot]
    next: None = None
    """A lot's tests are few: they are never paged."""
