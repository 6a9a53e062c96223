"""Bodies of requests and answers about test orders."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from contracts import HappenedAt
from contracts.laboratory_orders import OrderPriority
from contracts.partner_feeds import TestStage
from contracts.sample_tracking import Limit
from runtime.bodies import Body, Code, Plain, Reason, Words
from sample_tracking.orders.fields import TestOrderFields
from sample_tracking.orders.standing import Standing
from sample_tracking.results.schemas import TestedLot
from serving.shown import Answer, Ref, Shown


class TestToOrder(Body):
    """A test that a specification names, and the method by which it is done."""

    __test__ = False

    test: Code = Field(examples=["assay"])
    stage: TestStage = Field(examples=["release"])
    method: Code | None = Field(None, examples=["HPLC-017"])
    """Its code; left out, it is that which the limit names."""
    specification_id: UUID


class DraftTestOrder(Body):
    """What of which lot is to be tested where, and within how many working days of the laboratory."""

    lot: TestedLot
    laboratory_site_id: UUID
    tests: Annotated[tuple[TestToOrder, ...], Field(min_length=1, max_length=100)]
    agreed_working_days: Annotated[int, Field(ge=1, le=366), Plain] = Field(examples=[10])
    """From the acceptance on."""
    priority: OrderPriority = OrderPriority.routine

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [(each.test, each.stage) for each in self.tests]
        if twice := sorted({test for test, stage in named if named.count((test, stage)) > 1}):
            raise ValueError(f"tests: {', '.join(twice)} is named twice at one stage: name each test once")
        return self


class IssueTestOrder(Body):
    """Why it is ordered from a laboratory that is not qualified yet; left out where it is."""

    not_yet_qualified_reason: Words | None = Field(None, examples=["its qualification is signed this week"])


class ReportNotTested(Reason):
    """A test that the laboratory cannot do, and why."""

    test: Code = Field(examples=["assay"])
    stage: TestStage = Field(examples=["release"])


class DecideNotTested(ReportNotTested):
    """Whether the sponsor does without it, and why."""

    accepted: bool = Field(examples=[True])


class NotTested(BaseModel):
    """Why a test is not done, and what the sponsor decided; null while it has not."""

    reason: str
    reported_by: str
    reported_at: HappenedAt
    accepted: bool | None
    decision_reason: str | None
    decided_by: str | None
    decided_at: HappenedAt | None


class TestOfOrder(Answer):
    """One ordered test, with what it must meet, and how far it is."""

    __test__ = False

    test: str
    stage: TestStage
    method: str
    specification_id: UUID
    revision: int
    """That of the specification."""
    limit: Limit
    standing: Standing
    not_tested: list[NotTested]


class TestOrderRead(TestOrderFields, Shown):
    """An order as its readers see it. Its results are those of ``/v1/results?order_id=``."""

    __test__ = False

    product: Ref | None
    laboratory: Ref | None
    """The site that tests."""
    overdue: bool
    tests: list[TestOfOrder]
