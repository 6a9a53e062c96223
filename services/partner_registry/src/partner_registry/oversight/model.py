"""A site's plan of oversight and its lifecycle. The sponsor's alone, but for what its partner is told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, NamedTuple, Self
from uuid import UUID

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from contracts import Role, Side
from contracts.oversight import OversightAnnounced, OversightPlanChanged, PlanValue, RiskBand
from contracts.partner_registry import PartnerRegistryBallHeld
from gxp.clocks import ONE_DAY
from partner_registry.metadata import Table
from partner_registry.oversight import rules
from partner_registry.oversight.rules import Plan, Set, Situation
from partner_registry.oversight.schemas import OversightPlanFields
from partner_registry.oversight.schemas import PlanState as State
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

ACKNOWLEDGE_WORKING_DAYS: Final = 5
QUALITY: Final = frozenset({Role.quality})
HOLDS: Final = frozenset({State.derived, State.in_force})
FOR_CAUSE: Final = "audit_for_cause_within_days"
TOLD: Final = ("audit_months", "operational", "business", "strategic", "body")
"""The values of which the partner is told."""


class Announcement(NamedTuple):
    """Whom a partner's fact is for, and its place among those of the plan."""

    parties: Sequence[UUID]
    version: int


class OversightPlan(OversightPlanFields, Waiting, Versioned, Table, table=True):
    """How closely a site is looked at."""

    __tablename__ = "oversight_plan"

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.derived: {Side.sponsor}}
    rules_gave: dict[str, Any] = Field(sa_type=JSONB)
    """The derived values, each with its rules."""
    held_before: dict[str, Any] = Field(sa_type=JSONB)
    """What held of the plan before. Its stricter values hold until the next cycle."""
    next_audit_before: date | None = None
    for_cause_on: date | None = None
    """The local day of the latest cause that asks for it: an audit from then on is the one that was asked for."""
    look_again_on: date | None = None
    """The next day on which something else may hold: a cycle's, an audit's, or that behind what was tightened."""
    derived_on: date
    told: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """What the partner was told last."""

    @property
    def parties(self) -> tuple[()]:
        """No partner hears of it."""
        return ()

    @classmethod
    def derive(
        cls, on: Situation, before: "OversightPlan | None", now: datetime, cause_on: date | None = None, **given: Any
    ) -> tuple[Self, OversightPlanChanged]:
        """A new plan for what is known now; what was tightened by hand stays.

        ``cause_on`` is the day of the latest cause after which no audit was held.
        """
        today = now.date()
        plan = cls(situation=asdict(on), unknown=on.unknown, rules_gave=_stored(rules.derive(on)), derived_on=today,
                   held_before=_stored(before.by_rules(today)) if before else {}, **given)  # fmt: skip
        plan.next_cycle_on = (today.replace(day=1) + timedelta(31)).replace(day=1)
        if before:
            plan.tightenings, plan.last_audit_on = before.tightenings, before.last_audit_on
            plan.told = before.told if before.partner_id == plan.partner_id else {}
            plan.next_audit_before = before.next_audit_on
            plan.for_cause_by, plan.for_cause_on = before.for_cause_by, before.for_cause_on
        plan.for_cause_on = cause_on or plan.for_cause_on
        within = plan.derived.get(FOR_CAUSE)
        if within and not plan.for_cause_by:
            plan.for_cause_by = today + timedelta(int(within.value))
        plan._date(today)
        return plan, plan.changed(before.holding(today) if before else {}, now)

    @transition(source={State.derived}, target=State.in_force, by=QUALITY)
    def acknowledge(self, by: str, now: datetime) -> OversightPlanChanged:
        """Quality has seen it."""
        self.acknowledged_by = by
        return self._begin(now)

    @transition(source={State.derived}, target=State.in_force, by=())
    def come_into_force(self, now: datetime) -> OversightPlanChanged:
        """Nobody acknowledged it in time: it holds as derived."""
        if self.acknowledge_by > now:
            raise RuleViolated(f"{self.number} may be acknowledged until {self.acknowledge_by.isoformat()}")
        return self._begin(self.acknowledge_by)

    @transition(source=HOLDS, target=None, by=QUALITY)
    def tighten(
        self, name: str, value: rules.Value, until: date, reason: str, by: str, now: datetime
    ) -> OversightPlanChanged:
        """Look more closely than derived, until a day. Never less closely."""
        before, today = self.holding(now.date()), now.date()
        if until < today:
            raise RuleViolated(f"until {until} lies in the past")
        if name in before and rules.strictness(name, value) <= rules.strictness(name, before[name].value):
            raise RuleViolated(
                f"{name} is {before[name].value} by {', '.join(before[name].rules)}: only stricter than that"
            )
        added = {"name": name, "value": value, "until": until.isoformat(), "reason": reason}
        self.tightenings = [*self.tightenings, added | {"by": by, "at": now.isoformat()}]
        self._date(today)
        return self.changed(before, now)

    @transition(source=HOLDS, target=None, by=QUALITY)
    def note_audit(self, last_audit_on: date, now: datetime) -> OversightPlanChanged:
        """Say when the site was audited last, from which the interval runs."""
        if last_audit_on > now.date() or (self.last_audit_on and last_audit_on < self.last_audit_on):
            raise RuleViolated(f"last_audit_on {last_audit_on}: not before {self.last_audit_on or 'any'}, not ahead")
        return self._audited(last_audit_on, now)

    @transition(source=HOLDS, target=None, by=())
    def take_audit(self, conducted_on: date, now: datetime) -> OversightPlanChanged | None:
        """The report of an audit was sent. One that is told late, of before the last, changes nothing."""
        if self.last_audit_on and conducted_on <= self.last_audit_on:
            return None
        return self._audited(conducted_on, now)

    @transition(source=HOLDS, target=None, by=())
    def look_again(self, now: datetime) -> OversightPlanChanged | None:
        """A cycle or an audit's day has come, or what was tightened has ended; told where something else holds."""
        if self.look_again_on is None or self.look_again_on > now.date():
            raise RuleViolated(f"{self.number} stays as it is until {self.look_again_on or 'somebody changes it'}")
        before, dated = self.holding(self.look_again_on - ONE_DAY), self.next_audit_on
        self._date(now.date())
        changed = self.changed(before, now)
        return changed if (changed.before, dated) != (changed.after, changed.next_audit_on) else None

    @transition(source=HOLDS, target=State.superseded, by=())
    def supersede(self) -> None:
        """Another was derived."""

    def holding(self, day: date) -> Plan:
        """What holds on a day: the rules, and what was tightened by hand until then or later."""
        by_hand: dict[str, rules.Value] = {}
        for each in self.tightenings:
            name, value = each["name"], each["value"]
            stricter = rules.strictness(name, value) > rules.strictness(name, by_hand.get(name))
            if stricter and date.fromisoformat(each["until"]) >= day:
                by_hand[name] = value
        return rules.tightened(self.by_rules(day), by_hand)

    def by_rules(self, day: date) -> Plan:
        """What the rules gave, and what they gave before that was stricter, until the next cycle."""
        found = dict(self.derived)
        for name, before in _read(self.held_before).items():
            stricter = name not in found or _strict(before, name) > _strict(found[name], name)
            if stricter and not self._begins_anew(name, day):
                found[name] = before
        return found

    def is_derived_from(self, on: Situation) -> bool:
        """Whether another situation gives the same plan."""
        return _stored(rules.derive(on)) == self.rules_gave and on.unknown == self.unknown

    def follows_from(self, on: Situation, cause_on: date | None) -> bool:
        """Whether nothing new follows from a situation: no other value, and no audit for another cause."""
        return self.is_derived_from(on) and cause_on in (None, self.for_cause_on)

    @property
    def derived(self) -> Plan:
        """What the rules gave."""
        return _read(self.rules_gave)

    def announce(self, now: datetime) -> OversightAnnounced | None:
        """What the partner is told once the plan is in force; None where that has not changed."""
        values = {name: each.value for name, each in self.holding(now.date()).items() if name in TOLD}
        if self.state != State.in_force or values == self.told:
            return None
        self.told = values
        return OversightAnnounced.of(self, now, **dict.fromkeys(TOLD) | values)

    def changed(self, before: Plan, at: datetime) -> OversightPlanChanged:
        """The fact of what holds, and what held before."""
        after = self.holding(at.date())
        return OversightPlanChanged.of(self, at, before=_values(before), after=_values(after))

    def _audited(self, last_audit_on: date, now: datetime) -> OversightPlanChanged:
        before = self.holding(now.date())
        self.last_audit_on, self.next_audit_on = last_audit_on, None
        if last_audit_on >= self.derived_on:  # it is the one that was dated
            self.next_audit_before = None
        if last_audit_on >= (self.for_cause_on or self.derived_on):
            self.for_cause_by = None
        self._date(now.date())
        return self.changed(before, now)

    def _begin(self, at: datetime) -> OversightPlanChanged:
        before = self.holding(at.date())
        self.state, self.in_force_at = State.in_force, at
        self._date(at.date())
        return self.changed(before, at)

    def _date(self, today: date) -> None:
        """When the next audit is, with what holds: a plan that is looser moves none that was dated already."""
        holds, band = self.holding(today), self.situation["band"]
        months = int(holds["audit_months"].value) if "audit_months" in holds else None
        due = rules.next_audit(self.last_audit_on, months, band and RiskBand(band), today, self.next_audit_on)
        dates = [due, self.next_audit_before, self.for_cause_by]
        self.next_audit_on = min((each for each in dates if each), default=None)
        self.look_again_on = self._next_change(today)

    def _next_change(self, day: date) -> date | None:
        last_days = (date.fromisoformat(each["until"]) for each in self.tightenings)
        days = [until + ONE_DAY for until in last_days if day <= until < date.max]
        if self.state == State.in_force:
            days += [each for each in (self.next_cycle_on, self.next_audit_before) if each and each > day]
        return min(days, default=None)

    def _begins_anew(self, name: str, day: date) -> bool:
        """Whether a looser value holds: of audits after the one that was dated, of all else from the cycle on."""
        if self.state == State.derived:
            return False
        start = self.next_audit_before if name.startswith("audit_") else self.next_cycle_on
        return start is None or day >= start


def _strict(given: Set, name: str) -> int:
    return rules.strictness(name, given.value)


def _stored(plan: Plan) -> dict[str, Any]:
    return {name: {"value": each.value, "rules": [*each.rules]} for name, each in plan.items()}


def _read(stored: Mapping[str, Any]) -> Plan:
    return {name: Set(each["value"], tuple(each["rules"])) for name, each in stored.items()}


def _values(plan: Plan) -> tuple[PlanValue, ...]:
    return tuple(PlanValue(name=name, value=each.value, rules=each.rules) for name, each in plan.items())
