"""Facts of sample_tracking about what laboratories are ordered to test. The maker of the lot is no party to them."""

from enum import StrEnum
from uuid import UUID

from contracts.fact import Fact, Part, fact
from contracts.moments import DueAt
from contracts.partner_feeds import TestStage
from contracts.vocabulary import Lot


class OrderPriority(StrEnum):
    """How soon it is needed."""

    routine = "routine"
    urgent = "urgent"


class OrderedTest(Part):
    """What is to be found out, how, and by which revision of a specification it will be judged."""

    test: str
    stage: TestStage
    method: str
    """The method's code."""
    specification_id: UUID
    revision: int
    """That of the specification."""


class OrderedLot(Part):
    """The lot, without its maker: an order is between the sponsor and the laboratory."""

    id: UUID
    number: str
    material: str
    product_id: UUID


class TestOrderFact(Fact):
    """What every fact about one test order carries."""

    __test__ = False

    order_id: UUID
    number: str
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    priority: OrderPriority
    tests: tuple[OrderedTest, ...]


@fact("io.entente.TestOrdered.v1", topic="sample-tracking.test-order", key="order_id")
class TestOrdered(TestOrderFact):
    """The sponsor orders tests of a lot from a laboratory."""

    lot: Lot
    agreed_working_days: int
    """From the acceptance on."""
    answer_due_at: DueAt
    """Until then the laboratory accepts or declines."""


class SentOrderFact(TestOrderFact):
    """What is told of an order that its laboratory knows."""

    lot: OrderedLot
    due_at: DueAt | None
    """By when the tests are due; None before it is accepted."""


@fact("io.entente.TestOrderAccepted.v1", topic="sample-tracking.test-order", key="order_id")
class TestOrderAccepted(SentOrderFact):
    """The laboratory takes it on."""


@fact("io.entente.TestOrderDeclined.v1", topic="sample-tracking.test-order", key="order_id")
class TestOrderDeclined(SentOrderFact):
    """The laboratory does not take it on."""

    reason: str


@fact("io.entente.TestOrderOverdue.v1", topic="sample-tracking.test-order", key="order_id")
class TestOrderOverdue(SentOrderFact):
    """Its due date passed, or before the acceptance that of the answer, which is ``occurred_at``; once per due date."""


@fact("io.entente.TestOrderCompleted.v1", topic="sample-tracking.test-order", key="order_id")
class TestOrderCompleted(SentOrderFact):
    """Each ordered test has an approved, reportable result of this laboratory, or a reason why it was not tested."""

    not_tested: tuple[str, ...] = ()
    """The tests of which it was agreed that they are not done."""


@fact("io.entente.TestOrderReopened.v1", topic="sample-tracking.test-order", key="order_id")
class TestOrderReopened(SentOrderFact):
    """A result on which its completion rested was amended, withdrawn or found invalid, or is not reportable: it is not
    completed."""


@fact("io.entente.TestOrderCancelled.v1", topic="sample-tracking.test-order", key="order_id")
class TestOrderCancelled(SentOrderFact):
    """The sponsor gives up an order that it had issued."""

    reason: str
