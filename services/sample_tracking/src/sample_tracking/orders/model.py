"""A test order, from its draft to the last result that it asks for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from contracts import Lot, Role, Side
from contracts import laboratory_orders as facts
from contracts.sample_tracking import SampleTrackingBallHeld
from runtime.deadlines import PublishedDeadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned
from sample_tracking.laboratories.judging import WorkingDays
from sample_tracking.metadata import Table
from sample_tracking.orders.fields import TestOrderFields
from sample_tracking.orders.standing import Found, OrderState, agreed_not_tested, is_done

ANSWER_WORKING_DAYS: Final = 2
ORDERERS: Final = frozenset({Role.lab, Role.supply})
BENCH: Final = Side.laboratory(Role.partner_lab)


class TestOrder(TestOrderFields, PublishedDeadline, Waiting, Versioned, Table, table=True):
    """What the sponsor wants a laboratory to find out of a lot. The laboratory sees it from its issue on.

    The lot's maker does not: until when another tests is nothing of its own.
    """

    __tablename__ = "test_order"

    sides: ClassVar[Mapping[Side, str]] = {Side.laboratory: "laboratory_partner_id"}
    due: ClassVar[Mapping[StrEnum, str]] = {OrderState.issued: "answer_due_at", OrderState.accepted: "due_at"}
    ball = SampleTrackingBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        OrderState.draft: {Side.sponsor},
        OrderState.issued: {Side.laboratory},
        OrderState.accepted: {Side.laboratory},
    }
    tests: list[dict[str, Any]] = Field(sa_type=JSONB)
    limits: list[dict[str, Any]] = Field(sa_type=JSONB)
    """Of each test, as they were when it was drafted."""
    not_tested: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)
    """Tests that the laboratory cannot do, each with why, and with what the sponsor decided."""
    parties: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))

    @transition(source={OrderState.draft}, target=OrderState.issued, by=ORDERERS)
    def issue(
        self,
        not_yet_qualified_reason: str | None,
        laboratory_owner: UUID,
        given_no_work: str | None,
        lacking: Sequence[str],
        working_days: WorkingDays,
        by: str,
        now: datetime,
    ) -> facts.TestOrdered:
        """Send it to the laboratory. Where this is not qualified and entitled yet, or nobody knows, say why.

        To one whose partner is suspended or has left it is not sent, whatever the reason (EU GMP 7.5), nor to whoever
        sold the laboratory since it was drafted.
        """
        if laboratory_owner != self.laboratory_partner_id:
            why = f"{self.number}: the laboratory was sold since this was drafted: cancel it, and draft it of its owner"
            raise RuleViolated(why, fields=["laboratory_site_id"])
        if given_no_work:
            why = f"the laboratory's partner is {given_no_work}: order it from another one, or when it is active again"
            raise RuleViolated(why, partner_status=given_no_work)
        if lacking and not not_yet_qualified_reason:
            why = (
                f"not_yet_qualified_reason: of the laboratory, {'; '.join(lacking)}: say why it is ordered all the same"
            )
            raise RuleViolated(why, lacking=list(lacking), fields=["not_yet_qualified_reason"])
        if not lacking and not_yet_qualified_reason:
            why = "not_yet_qualified_reason: the laboratory is qualified: leave it out"
            raise RuleViolated(why, fields=["not_yet_qualified_reason"])
        self.lacking, self.not_yet_qualified_reason = list(lacking), not_yet_qualified_reason
        self.issued_by, self.issued_at, self.parties = by, now, [self.laboratory_partner_id]
        self.answer_due_at = working_days.after(now, ANSWER_WORKING_DAYS)
        return facts.TestOrdered.of(self, now, lot=self.whole_lot)

    @transition(source={OrderState.issued}, target=OrderState.accepted, by={BENCH})
    def accept(self, working_days: WorkingDays, by: str, now: datetime) -> facts.TestOrderAccepted:
        """The laboratory takes it on; the agreed days begin."""
        self.answered_by, self.answered_at = by, now
        self.due_at = working_days.after(now, self.agreed_working_days)
        return facts.TestOrderAccepted.of(self, now)

    @transition(source={OrderState.issued}, target=OrderState.declined, by={BENCH})
    def decline(self, reason: str, by: str, now: datetime) -> facts.TestOrderDeclined:
        """The laboratory does not take it on."""
        self.answered_by, self.answered_at, self.decline_reason = by, now, reason
        return facts.TestOrderDeclined.of(self, now, reason=reason)

    @transition(source={OrderState.accepted}, target=None, by={BENCH})
    def report_not_tested(self, test: str, stage: str, reason: str, by: str, now: datetime) -> None:
        """The laboratory cannot do one of the tests, and says why. That alone settles nothing: see the next step."""
        of_it = {"test": test, "stage": stage}
        if not any(of_it.items() <= each.items() for each in self.tests):
            asked = ", ".join(f"{each['test']} ({each['stage']})" for each in self.tests)
            raise RuleViolated(f"{self.number} does not ask for {test} ({stage}): it asks for {asked}", fields=["test"])
        if any(of_it.items() <= each.items() and each["accepted"] is not False for each in self.not_tested):
            raise RuleViolated(f"{test} ({stage}) is reported as not tested, and not refused", fields=["test"])
        said = {"reason": reason, "reported_by": by, "reported_at": now.isoformat()}
        undecided = {"accepted": None, "decision_reason": None, "decided_by": None, "decided_at": None}
        self.not_tested = [*self.not_tested, of_it | said | undecided]

    @transition(source={OrderState.accepted}, target=None, by={Role.lab}, when="undecided")
    def decide_not_tested(self, test: str, stage: str, accepted: bool, reason: str, by: str, now: datetime) -> None:
        """The sponsor accepts that a test is not done, or does not.

        Two steps, as a test for release never falls away by the word of who should have done it: it is who ordered,
        and answers for the lot, that may do without (EU GMP 7.4 and 7.8).
        """
        mine = {"test": test, "stage": stage, "accepted": None}
        if not any(mine.items() <= each.items() for each in self.not_tested):
            raise RuleViolated(f"{test} ({stage}) is not reported as not tested, or that is decided", fields=["test"])
        decided = {"accepted": accepted, "decision_reason": reason, "decided_by": by, "decided_at": now.isoformat()}
        self.not_tested = [each | decided if mine.items() <= each.items() else each for each in self.not_tested]

    @transition(source={OrderState.accepted}, target=OrderState.completed, by=())
    def complete(self, results: Iterable[Found], now: datetime) -> facts.TestOrderCompleted:
        """Each test has an approved, reportable result, or a reason why there is none."""
        if not is_done(self, results):
            raise RuleViolated(
                f"{self.number}: not every test has an approved, reportable result, or a reason for none"
            )
        self.completed_at = now
        return facts.TestOrderCompleted.of(self, now, not_tested=[each["test"] for each in agreed_not_tested(self)])

    @transition(source={OrderState.completed}, target=OrderState.accepted, by=())
    def reopen(self, now: datetime) -> facts.TestOrderReopened:
        """A result on which it rested was amended, withdrawn or found invalid, or is not reportable."""
        self.completed_at = None
        return facts.TestOrderReopened.of(self, now)

    @transition(
        source={OrderState.draft, OrderState.issued, OrderState.accepted}, target=OrderState.cancelled, by={Role.lab}
    )
    def cancel(self, reason: str, by: str, now: datetime) -> facts.TestOrderCancelled | None:
        """The sponsor gives it up. Of a draft nobody was told."""
        self.cancelled_by, self.cancel_reason = by, reason
        return facts.TestOrderCancelled.of(self, now, reason=reason) if self.issued_at else None

    @transition(source=due, target=None, by=())
    def fall_overdue(self, now: datetime) -> facts.TestOrderOverdue:
        """The laboratory has not answered within two of its working days, or not reported within those agreed."""
        return facts.TestOrderOverdue.of(self, self.passed(now))

    def turn(self) -> Collection[Side]:
        """The laboratory's once it is issued; the sponsor's while it has to decide about a test that is not done."""
        return {Side.sponsor} if self.state == OrderState.accepted and self.undecided else super().turn()

    @property
    def undecided(self) -> list[str]:
        """The tests of which the sponsor has to decide whether they are done."""
        return [each["test"] for each in self.not_tested if each["accepted"] is None]

    @property
    def lot(self) -> facts.OrderedLot:
        """The lot as the order's facts name it."""
        return facts.OrderedLot.model_validate(self._of_lot)

    @property
    def whole_lot(self) -> Lot:
        """The lot in the published words, with its maker."""
        return Lot(site_id=self.site_id, partner_id=self.partner_id, **self._of_lot)

    @property
    def _of_lot(self) -> dict[str, Any]:
        about: dict[str, Any] = {"id": self.lot_id, "number": self.lot_number, "material": self.material}
        return about | {"product_id": self.product_id}

    @classmethod
    def draft(
        cls, lot: Lot, tests: Iterable[facts.OrderedTest], limits: Iterable[dict[str, Any]], **given: Any
    ) -> Self:
        """An order that nobody but the sponsor sees yet."""
        about: dict[str, Any] = {"lot_id": lot.id, "lot_number": lot.number, "material": lot.material}
        about |= {"product_id": lot.product_id, "site_id": lot.site_id, "partner_id": lot.partner_id}
        return cls(tests=[each.model_dump(mode="json") for each in tests], limits=list(limits), **about, **given)
