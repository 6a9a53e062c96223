"""A corrective and preventive action (CAPA) and its lifecycle (ICH Q10 3.2.2)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Self
from uuid import UUID

from sqlalchemy import Uuid, and_, column, func, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, String, col, select

from contracts import Grant, Role, Side
from contracts import quality_events as facts
from quality_events import clocks
from quality_events.capas import schemas
from quality_events.capas.schemas import CLOSED, TO_IMPLEMENT, CapaFields
from quality_events.capas.schemas import CapaState as State
from quality_events.metadata import INSTANT, Table
from runtime.deadlines import PublishedDeadline
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned, Work

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
        self.actions = [planned_until(clocks.end_of(each.due_on, zone), each) for each in actions]
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
    def extend(self, due_on: date, zone: str | None, action: int | None = None) -> None:
        """A later due date of one action, or of those due last, with a reason. Measured is the first of the whole."""
        until, left = clocks.end_of(due_on, zone), self.left_due
        if action is not None and action not in left:
            raise RuleViolated(f"{self.number} has no action {action} that is not done yet")
        before = self.due_at if action is None else left[action]
        if before and until <= before:
            raise RuleViolated(f"{self.number} is due at {before.isoformat()}: an extension is later than that")
        moved = [place for place, due_at in left.items() if due_at == before] if action is None else [action]
        later = {"due_on": due_on.isoformat(), "due_at": until.isoformat()}
        self.actions = [each | later if place in moved else each for place, each in enumerate(self.actions, 1)]
        self.due_at = max(self.due_at or until, until)

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
        """The due date of an action or of the whole, or once implemented that of the check, has passed."""
        due_at = self.passed(now)
        whole = due_at == super().next_due_at
        late = () if whole else tuple(place for place, due in self.left_due.items() if due == due_at)
        return facts.CapaOverdue.of(self, due_at, actions=late)

    @property
    def next_due_at(self) -> datetime | None:
        """When the first action that is not done is due, then the whole, and once implemented its check."""
        return min(self._due_dates, default=None)

    def passed(self, now: datetime) -> datetime:
        """The first due date that has passed and was not published; dates are published in their order."""
        reported = self.overdue_reported_for
        for due_at in self._due_dates:
            if due_at < now and (reported is None or due_at > reported):
                self.overdue_reported_for = due_at
                return due_at
        raise RuleViolated("it is not overdue, or that was published")

    @classmethod
    def overdue(cls, work: Work) -> Any:
        """The condition of ``is_overdue`` in SQL."""
        return or_(super().overdue(work), cls._action_passed(work))

    @classmethod
    def has_action_to_report(cls, work: Work) -> Any:
        """The condition that an action's due date has passed and was not published."""
        return cls._action_passed(work, func.coalesce(cls.overdue_reported_for, func.to_timestamp(0)))

    def turn(self) -> Collection[Side]:
        """Its owner's, who may be the sponsor, and quality's once every action is done."""
        owing = super().turn()
        to_implement = self.state == State.implementing and self.done
        return {Side.sponsor} if to_implement or (owing and self.partner_id is None) else owing

    @classmethod
    def _action_passed(cls, work: Work, after: Any = None) -> Any:
        each = func.jsonb_array_elements(cls.actions).table_valued(column("value", JSONB), name="each")
        one = each.c.value
        due_at = one["due_at"].astext.cast(INSTANT)
        passed = [one["done_at"].astext.is_(None), due_at < work.now, *([due_at > after] if after is not None else [])]
        late = select(literal(1)).select_from(each).where(*passed).correlate(cls)
        return and_(col(cls.state).in_([State.planned, State.implementing]), late.exists())

    @property
    def _due_dates(self) -> list[datetime]:
        whole = super().next_due_at
        return [] if whole is None else sorted({whole, *self.left_due.values()})

    @property
    def left_due(self) -> dict[int, datetime]:
        """By when each action is due that is not done, by its place."""
        left = ((place, self.actions[place - 1].get("due_at")) for place in self.left_to_do)
        return {place: datetime.fromisoformat(due_at) for place, due_at in left if due_at}

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


def planned_until(due_at: datetime, action: schemas.PlannedAction) -> dict[str, Any]:
    """An action as it is kept: with the instant at which its day ends. Whether that is over is told by the time."""
    return schemas.Action(**action.model_dump(), due_at=due_at).model_dump(mode="json", exclude={"overdue"})
