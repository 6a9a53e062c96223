"""A corrective and preventive action (CAPA) and its lifecycle (ICH Q10 3.2.2)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts import Grant, Role, Side
from contracts import quality_events as facts
from quality_events import clocks
from quality_events.capas import schemas
from quality_events.capas.schemas import CLOSED, DATED, TO_IMPLEMENT, CapaFields
from quality_events.capas.schemas import CapaState as State
from quality_events.metadata import Table
from runtime.deadlines import PublishedDeadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

QUALITY = frozenset({Role.quality})
OTHERS = frozenset({"prepared_by", "owner"})
OWNERS: frozenset[Role | Grant] = frozenset({Role.quality, Side.owner(Role.partner_quality)})


class Capa(CapaFields, PublishedDeadline, Waiting, Versioned, Table, table=True):
    """What is done about a cause. It is the partner's at whose site the cause is, or the sponsor's own."""

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    signed_as: ClassVar[Mapping[str, str]] = {
        "opened for": "source_type",
        "root cause": "root_cause",
        "at": "site",
        "of": "partner",
        "product": "product",
        "effectiveness": "effectiveness",
        "recurred in": "recurred_in",
    }
    due: ClassVar[Mapping[StrEnum, str]] = {
        **dict.fromkeys((State.planned, State.implementing), "due_at"),
        State.awaiting_effectiveness: "check_due_at",
    }
    ball = facts.QualityEventsBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.open: {Side.owner},
        State.planned: {Side.sponsor},
        State.implementing: {Side.owner},
        State.awaiting_effectiveness: {Side.sponsor},
    }
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who planned it or did some of it: somebody else, who does not own it, approves the plan and checks the effect."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def open(cls, number: str, now: datetime, partner_id: UUID | None, **cause: Any) -> tuple[Self, facts.CapaOpened]:
        """A cause is to be taken away. Raises RuleViolated where nobody has said which."""
        if not cause["root_cause"]:
            raise RuleViolated("a CAPA takes away a root cause: state it")
        capa = cls(number=number, partner_id=partner_id, parties=[partner_id] if partner_id else [], **cause)
        return capa, facts.CapaOpened.of(capa, now)

    @transition(source={State.open}, target=State.planned, by=OWNERS)
    def plan(
        self,
        actions: Sequence[schemas.PlannedAction],
        effectiveness: schemas.Effectiveness,
        root_cause_category: str | None,
        owner: str | None,
        zone: str | None,
        by: str,
    ) -> None:
        """Say who does what until when, and by what it shows that it worked. Who asks owns it, or who is named."""
        self.owner = owner or by
        self.prepared_by = [by]
        self.root_cause_category = root_cause_category or self.root_cause_category
        self.actions = [schemas.Action(**each.model_dump()).model_dump(mode="json") for each in actions]
        self.effectiveness = effectiveness.model_dump(mode="json")
        self.due_at = self.first_due_at = clocks.end_of(max(each.due_on for each in actions), zone)

    @transition(source={State.planned}, target=State.implementing, by=QUALITY, independent_of=OTHERS)
    def approve_plan(self, now: datetime) -> facts.CapaPlanned:
        """Quality agrees that this will take the cause away."""
        return facts.CapaPlanned.of(self, now)

    @transition(source={State.implementing}, target=None, by=OWNERS, when="left_to_do")
    def finish_action(self, action: int, evidence: str, by: str, now: datetime) -> None:
        """One action, counted from 1, is done; by the digest of its evidence it is seen later if that was exchanged."""
        if action > len(self.actions) or self.actions[action - 1]["done_at"]:
            raise RuleViolated(f"{self.number} has no action {action} that is not done yet")
        done = {"done_at": now.isoformat(), "done_by": by, "evidence": evidence}
        self.actions = [each | done if place == action else each for place, each in enumerate(self.actions, 1)]
        self.prepared_by = sorted({*self.prepared_by, by})

    @transition(source={State.implementing}, target=None, by=QUALITY)
    def extend(self, due_on: date, zone: str | None) -> None:
        """A later due date, with a reason. The first one is kept, and what is measured is that one."""
        due_at = clocks.end_of(due_on, zone)
        if self.due_at and due_at <= self.due_at:
            raise RuleViolated(f"{self.number} is due at {self.due_at.isoformat()}: an extension is later than that")
        self.due_at = due_at

    @transition(source={State.implementing}, target=State.awaiting_effectiveness, by=QUALITY, when="done")
    def implement(self, zone: str | None, now: datetime) -> facts.CapaImplemented:
        """Everything is done; the clock of the effectiveness check starts."""
        if missing := self.left_to_do:
            raise RuleViolated(f"{self.number}: actions are not done yet: {missing}", missing=missing)
        self.implemented_at = now
        self.check_due_at = clocks.due_at(now, self.effectiveness["check_days"], zone)
        return facts.CapaImplemented.of(self, now)

    @transition(
        source={State.awaiting_effectiveness},
        target=CLOSED,
        by=QUALITY,
        independent_of=OTHERS,
        signed="the effectiveness was checked",
    )
    def check(self, measured: Decimal, recurred_in: list[str], now: datetime) -> facts.CapaClosed:
        """Quality measures whether it worked. Where it did not, or it happened again, the next generation opens."""
        self.measured, self.recurred_in = measured, recurred_in
        self.effective = not recurred_in and not self.misses(measured)
        self.state = State.closed_effective if self.effective else State.closed_ineffective
        escalate = not self.effective and self.generation >= clocks.GENERATIONS_BEFORE_ESCALATION
        return facts.CapaClosed.of(self, now, escalate=escalate)

    @transition(source=TO_IMPLEMENT, target=State.cancelled, by=QUALITY)
    def cancel(self, reason: str, now: datetime) -> facts.CapaCancelled:
        """Quality decides that it is not needed after all."""
        return facts.CapaCancelled.of(self, now, reason=reason)

    @transition(source=due, target=None, by=())
    def fall_overdue(self, now: datetime) -> facts.CapaOverdue:
        """The due date, or once implemented that of the check, has passed."""
        return facts.CapaOverdue.of(self, self.passed(now))

    def turn(self) -> Collection[Side]:
        """Its owner's, who may be the sponsor, and quality's once every action is done."""
        owing = super().turn()
        to_implement = self.state == State.implementing and self.done
        return {Side.sponsor} if to_implement or (owing and self.partner_id is None) else owing

    @property
    def is_effective_or_dated(self) -> bool:
        """Whether it worked, or it is known until when it is done."""
        return self.state == State.closed_effective or (self.state in DATED and self.due_at is not None)

    @property
    def left_to_do(self) -> list[int]:
        """The actions that are not done yet, counted from 1."""
        return [place for place, each in enumerate(self.actions, 1) if not each["done_at"]]

    @property
    def done(self) -> bool:
        """Whether every action is."""
        return not self.left_to_do

    def misses(self, measured: Decimal) -> bool:
        """Whether a measured value is worse than the target."""
        if self.effectiveness is None:
            return False
        wanted = schemas.Effectiveness.model_validate(self.effectiveness)
        return measured > wanted.target if wanted.better == "lower" else measured < wanted.target

    def was_in_time(self, now: datetime) -> bool | None:
        """Whether it was implemented by its first due date; None before that passed, and of a cancelled one."""
        if self.state == State.cancelled or self.first_due_at is None or self.first_due_at >= now:
            return None
        return self.implemented_at is not None and self.implemented_at <= self.first_due_at

    def has_worked(self, now: datetime) -> bool | None:
        """Whether the check found that it worked; None before that fell due. One that was not done found nothing."""
        return bool(self.effective) if self.check_due_at and self.check_due_at < now else None
