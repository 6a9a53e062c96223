"""A notification of an authority and its lifecycle (21 CFR 314.81(b)(1), 600.14; EU GMP 8.15). The sponsor's alone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from contracts import Role, Side
from contracts.complaints import AuthorityNotificationDue, AuthorityNotificationSubmitted
from contracts.quality_events import QualityEventsBallHeld
from quality_events.concerned import about
from quality_events.metadata import Table
from quality_events.notifications import rules
from quality_events.notifications.schemas import NotificationFields
from quality_events.notifications.schemas import NotificationState as State
from runtime.deadlines import Deadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

REGULATORY: Final = frozenset({Role.regulatory})
QUALITY: Final = frozenset({Role.quality})


class AuthorityNotification(NotificationFields, Deadline, Waiting, Versioned, Table, table=True):
    """An authority is to be notified of something, once for each cause, market, kind and round."""

    __tablename__ = "authority_notification"

    due: ClassVar[Mapping[StrEnum, str]] = {State.due: "due_at"}
    ball = QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.due: {Side.sponsor}}

    kind_read: int = 0
    """How many facts of its products' registrations its kind was chosen by."""

    @property
    def parties(self) -> tuple[()]:
        """No partner hears of it: correspondence with authorities is the sponsor's."""
        return ()

    @classmethod
    def open(cls, now: datetime, cause: Any = None, **given: Any) -> tuple[Self, AuthorityNotificationDue]:
        """Its clock runs since the sponsor knew of the cause. Raises RuleViolated for a kind of another regime.

        ``cause`` is its record, here as below, for what facts say of whom and what that is about.
        """
        rules.check(given["market"], given["regime"], given["kind"])
        if given["aware_at"] > now:
            raise RuleViolated(f"aware_at: {given['aware_at'].isoformat()} lies ahead")
        notification = cls(due_at=rules.due(given["kind"], given["market"], given["aware_at"]), **given)
        return notification, AuthorityNotificationDue.of(notification, now, **about(cause))

    @transition(source={State.due, State.submitted}, target=None, by=())
    def learn_awareness(self, aware_at: datetime, now: datetime, cause: Any = None) -> AuthorityNotificationDue | None:
        """The sponsor proves to have known of it earlier: the clock began then, also of what was submitted since."""
        if aware_at >= self.aware_at:
            return None
        self.aware_at, self.due_at = aware_at, rules.due(self.kind, self.market, aware_at)
        return AuthorityNotificationDue.of(self, now, **about(cause)) if self.state == State.due else None

    def concern(self, choice: rules.Choice) -> None:
        """A further product is concerned, or a person states the kind too."""
        self.product_ids = sorted({*self.product_ids, *choice.product_ids})
        self.kind_stated = self.kind_stated or choice.stated
        self.kind_assumed = self.kind_assumed or choice.assumed

    @transition(source={State.due}, target=None, by=())
    def rest_on(self, choice: rules.Choice, now: datetime, cause: Any = None) -> AuthorityNotificationDue | None:
        """Which products ask for this kind by what is known now; the fact where it is assumed no more, or since."""
        changed = self.kind_assumed != choice.assumed
        self.product_ids, self.kind_assumed = sorted(choice.product_ids), choice.assumed
        return AuthorityNotificationDue.of(self, now, **about(cause)) if changed else None

    @transition(source={State.due}, target=State.replaced, by=())
    def replace(self, other: Self, now: datetime, cause: Any = None) -> AuthorityNotificationDue | None:
        """No product asks for this kind: another one is due for all of them, from the same awareness or an earlier one.

        Gives what is told of that one, where it is still due. Raises RuleViolated where a clock would be lost.
        """
        due = other.state == State.due
        if other.kind == self.kind or (due and other.aware_at > self.aware_at):
            raise RuleViolated(f"{other.number} does not take the place of {self.number}")
        self.replaced_by, self.replaced_at, self.product_ids, self.kind_assumed = other.id, now, [], False
        self.kind_read = 0
        self.waiver_reason = self.waiver_by = None
        return AuthorityNotificationDue.of(other, now, replaces=self.id, **about(cause)) if due else None

    @transition(source={State.replaced}, target=State.due, by=())
    def ask_again(self, aware_at: datetime, now: datetime, cause: Any = None) -> AuthorityNotificationDue:
        """A product asks for this kind again: its clock never stopped."""
        self.aware_at = min(self.aware_at, aware_at)
        self.due_at = rules.due(self.kind, self.market, self.aware_at)
        self.replaced_by = self.replaced_at = None
        return AuthorityNotificationDue.of(self, now, **about(cause))

    @transition(source={State.due}, target=State.submitted, by=REGULATORY)
    def submit(
        self, reference: str, submitted_at: datetime, by: str, now: datetime, cause: Any = None
    ) -> AuthorityNotificationSubmitted:
        """The authority was notified. What was late is kept as late."""
        if not self.aware_at <= submitted_at <= now:
            raise RuleViolated(f"submitted_at lies between {self.aware_at.isoformat()}, when it was known, and now")
        self.reference, self.submitted_at, self.submitted_by = reference, submitted_at, by
        return AuthorityNotificationSubmitted.of(self, submitted_at, **about(cause))

    @transition(source={State.due}, target=None, by=REGULATORY)
    def propose_waiver(self, reason: str, by: str) -> None:
        """Regulatory thinks that it is not required. It stays due."""
        self.waiver_reason, self.waiver_by = reason, by

    @transition(
        source={State.due}, target=State.not_required, by=QUALITY, independent_of={"waiver_by"}, when="waiver_reason"
    )
    def waive(self, by: str, now: datetime) -> None:
        """Quality agrees that it is not required."""
        if not self.waiver_reason:
            raise RuleViolated(f"{self.number}: regulatory has not said why it is not required")
        self.waived_by, self.waived_at = by, now

    def was_in_time(self, now: datetime) -> bool | None:
        """Whether the authority was notified in time; None where it need not be, or there is time still."""
        if self.submitted_at is not None:
            return self.submitted_at <= self.due_at
        return False if self.is_overdue(now) else None
