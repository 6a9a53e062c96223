"""The qualification of a site for a scope and a purpose, and its lifecycle (EU GMP chapter 7; ICH Q10 2.7)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, String

from contracts import Fact, Role, Side, partner_registry
from contracts import qualifications as facts
from contracts.qualifications import QualificationState as State
from partner_registry.days import local_day, not_ahead
from partner_registry.metadata import Table
from partner_registry.qualifications import conditions, gaps, grounds, periods, schemas, terms
from partner_registry.qualifications.items import begun, item_of, lacks, open_items, shown_with
from partner_registry.qualifications.periods import IN_FORCE, LIVING, WARNED_DAYS
from partner_registry.qualifications.terms import ASSESSORS, PREPARED, PROVIDERS, QUALITY
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

F = TypeVar("F", bound=Fact)
Audit: TypeAlias = Mapping[str, Any] | None
"""The last one of the site of which a report was told."""


class Qualification(schemas.QualificationFields, Waiting, Versioned, Table, table=True):
    """Whether a site may do this work for us. What cannot be judged does not count as met."""

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    signed_as: ClassVar[Mapping[str, str]] = terms.SIGNED_AS
    signed_apart: ClassVar[Collection[str]] = terms.SIGNED_APART
    ball = partner_registry.PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = terms.TURNS
    prepared_by: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """Who planned it, answered an item, or brought evidence or an audit: somebody else approves."""
    warned_days: int | None = None
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def plan(cls, *, number: str, partner_id: UUID, by: str, now: datetime, **given: Any) -> tuple[Self, Fact]:
        """A qualification begins with nothing answered."""
        made = cls(
            number=number,
            partner_id=partner_id,
            parties=[partner_id],
            planned_by=by,
            prepared_by=[by],
            items=begun(given["activity"], given["purpose"]),
            **given,
        )
        return made, facts.QualificationPlanned.of(made, now)

    @transition(
        source={State.planned, State.suspended, State.expired},
        target=State.in_assessment,
        by=QUALITY,
        independent_of={"planned_by", "proposed_by"},
    )
    def start(self, by: str, zone: str, now: datetime, last_audit: Audit = None, rival: str | None = None) -> Fact:
        """The assessment begins; again after a suspension, or after its end. What was audited meanwhile counts."""
        grounds.check_alone(self.number, rival)
        self.endorsed_by, self.waiver, self.conditions, self.condition_due_at = None, None, [], None
        self.items, self.later_evidence = shown_with(self.items, *self.later_evidence), []
        self._rests_on(last_audit)
        return self._changes(State.in_assessment, "the assessment begins", zone, now)

    @transition(source={State.in_assessment, State.conditional}, target=None, by=PROVIDERS)
    def provide_evidence(self, item: str, evidence: str, by: str, ours: bool) -> None:
        """A document for an item; after the approval it stands apart from what was signed. ``ours``: the sponsor's."""
        given = {"item": item, "evidence": evidence}
        if evidence in item_of(self.items, item, self.number)["evidence"] or given in self.later_evidence:
            raise RuleViolated(f"{item} of {self.number} has this evidence already")
        if self.state == State.conditional:
            self.later_evidence = [*self.later_evidence, given]
            return
        self.items = shown_with(self.items, given)
        if ours:
            self._prepared(by)

    @transition(source={State.in_assessment}, target=None, by=ASSESSORS)
    def answer(self, answers: Sequence[schemas.ItemAnswer], by: str, now: datetime) -> None:
        """What was found. Who agreed before has not agreed to this."""
        for each in answers:
            item_of(self.items, each.item, self.number)
        found = {each.item: {"verdict": each.verdict, "at": now.isoformat()} for each in answers}
        self.items = [each | found.get(each["code"], {}) for each in self.items]
        self._prepared(by)

    @transition(source={State.in_assessment}, target=None, by={Role.quality, Role.auditor})
    def record_audit(
        self, audited_on: date, outcome: str, report: str, last_audit: Audit, by: str, zone: str, now: datetime
    ) -> None:
        """The audit of this site on which the qualification rests, where no later one is known."""
        not_ahead(audited_on, zone, now, "audited_on")
        given = {"audited_on": audited_on.isoformat(), "outcome": outcome, "report": report}
        grounds.check_by_hand(given, self.audit, last_audit)
        self.audit = given
        self._prepared(by)

    @transition(source={State.in_assessment}, target=None, by=())
    def take_audit(self, last_audit: Mapping[str, Any]) -> None:
        """The report of a later audit of this site was sent. Who agreed before has not agreed to that."""
        self._rests_on(last_audit)

    @transition(source={State.in_assessment}, target=None, by=QUALITY)
    def waive_audit(self, basis: str, until: date, band: str | None, by: str, zone: str, now: datetime) -> None:
        """Something else stands for the audit, for a while."""
        grounds.check_waiver(self, until, band, zone, now)
        self.waiver = {"basis": basis, "until": until.isoformat()}
        self._prepared(by)

    @transition(
        source={State.in_assessment},
        target=None,
        by={Role.msat, Role.lab},
        independent_of={"prepared_by"},
        signed="a second function agrees to what was found, and to what stands for an audit",
    )
    def endorse(self, by: str) -> None:
        """A second function agrees to what was found, and signs that; with quality's approval two sign a waiver."""
        self.endorsed_by = by

    @transition(
        source={State.in_assessment},
        target=State.approved,
        by=QUALITY,
        independent_of=PREPARED,
        signed="the site is qualified for this scope and purpose",
    )
    def approve(
        self, certificates: list[str], findings: Collection[str], band: str | None, zone: str, now: datetime
    ) -> Fact:
        """Every item that must be met is met."""
        unanswered, unmet = open_items(self.items)
        faults = [f"{item} is not answered" for item in unanswered] + [f"{item} is not met" for item in unmet]
        grounds.check_complete(self.number, [*faults, *grounds.missing(self, certificates, findings, band, zone, now)])
        return self._begins(State.approved, band, zone, now)

    @transition(
        source={State.in_assessment},
        target=State.conditional,
        by=QUALITY,
        independent_of=PREPARED,
        signed="the site is qualified for this scope and purpose, under the conditions",
    )
    def approve_with_conditions(
        self, given: Sequence[schemas.Condition], certificates: list[str], findings: Collection[str],
        band: str | None, zone: str, now: datetime,
    ) -> Fact:  # fmt: skip
        """What is not met is done by a day, and until then something is not allowed."""
        unanswered, unmet = open_items(self.items)
        faults = [f"{item} is not answered" for item in unanswered]
        faults += lacks(unmet, [each.item for each in given]) + conditions.faults(given, local_day(now, zone))
        grounds.check_complete(self.number, [*faults, *grounds.missing(self, certificates, findings, band, zone, now)])
        self.conditions = [*conditions.begun(given)]
        self.condition_due_at = conditions.next_due(self.conditions, zone)
        return self._begins(State.conditional, band, zone, now)

    @transition(source={State.in_assessment}, target=State.rejected, by=QUALITY)
    def reject(self, reason: str, zone: str, now: datetime) -> Fact:
        """It is not qualified; another one may be planned."""
        return self._changes(State.rejected, reason, zone, now)

    @transition(source={State.conditional}, target={State.conditional, State.approved}, by=QUALITY)
    def fulfil(self, condition: int, evidence: str, zone: str, now: datetime) -> list[Fact]:
        """A condition is fulfilled; with the last one it is approved, and ends when it would have."""
        grounds.check_counts(self, now)
        self.conditions = [*conditions.fulfilled(self.conditions, condition, evidence, now)]
        self.condition_due_at = conditions.next_due(self.conditions, zone)
        if self.condition_due_at:
            return []
        fact = self._changes(State.approved, "each condition is fulfilled", zone, now)
        self.state = State.approved
        return [fact]

    @transition(
        source={State.conditional},
        target=None,
        by=QUALITY,
        independent_of={"prepared_by"},
        signed="the condition may be fulfilled later",
    )
    def extend_condition(self, condition: int, due_on: date, reason: str, zone: str, now: datetime) -> None:
        """Once, and before its day ends."""
        grounds.check_counts(self, now)
        self.conditions = [*conditions.extended(self.conditions, condition, due_on)]
        self.condition_due_at = conditions.next_due(self.conditions, zone)

    @transition(source={State.conditional}, target=State.suspended, by=())
    def lapse(self, zone: str, now: datetime) -> Fact:
        """The day of a condition has ended at the site, and it is not fulfilled."""
        if self.condition_due_at is None or self.condition_due_at > now:
            raise RuleViolated(f"no condition of {self.number} is overdue")
        return self._changes(State.suspended, "a condition was not fulfilled in time", zone, self.condition_due_at)

    @transition(source=IN_FORCE, target=State.suspended, by=QUALITY)
    def suspend(self, reason: str, zone: str, now: datetime) -> Fact:
        """No new work until it is assessed again."""
        return self._changes(State.suspended, reason, zone, now)

    @transition(source=IN_FORCE, target=State.suspended, by=())
    def lose_ground(self, reason: str, on: date, zone: str, now: datetime, lost: str | None = None) -> Fact:
        """What it rests on is gone, since a local day of the site: certificate, audit, or what an authority says."""
        return self._changes(State.suspended, reason, zone, now, on, lost)

    @transition(
        source={State.suspended},
        target=IN_FORCE,
        by=QUALITY,
        independent_of={"prepared_by"},
        signed="the site was qualified all the while, by a certificate that came late",
    )
    def reinstate(
        self, reason: str, uncovered: date | None, adverse: Collection[str], last_audit: Audit,
        certificates: list[str], findings: Collection[str], band: str | None, zone: str, now: datetime,
    ) -> Fact:  # fmt: skip
        """No certificate carried it for some days, and one does that the authority backdated: they are judged again."""
        since, before = gaps.gap_of(self.number, self.periods)
        lacks_today = grounds.missing(self, certificates, findings, band, zone, now)
        gaps.check_healed(self.number, uncovered, self.audit, last_audit, adverse, lacks_today)
        fact = self._changes(before, reason, zone, now, since)
        self.state = before
        return fact.model_copy(update={"valid_from": since})

    @transition(source={*IN_FORCE, State.suspended}, target=State.withdrawn, by=QUALITY)
    def withdraw(self, reason: str, zone: str, now: datetime) -> Fact:
        """The site is not to do this work any more."""
        return self._changes(State.withdrawn, reason, zone, now)

    @transition(source=LIVING, target=State.withdrawn, by=())
    def cease(self, reason: str, on: date, zone: str, now: datetime, cause: facts.EndCause) -> Fact:
        """The site is closed or sold since a local day of it: nothing is done or assessed by this one any more."""
        return self._changes(State.withdrawn, reason, zone, now, on).model_copy(update={"cause": cause})

    @transition(
        source=IN_FORCE,
        target=None,
        by=QUALITY,
        independent_of={"prepared_by"},
        signed="the qualification counts for 90 days more, while the site is assessed again",
    )
    def prolong(self, reason: str, successor: str | None, zone: str, now: datetime) -> Fact:
        """Once, while the same scope is being assessed anew, and never beyond what stands for the audit."""
        self._end(grounds.prolonged_to(self, successor, now), zone)
        self.prolonged, self.warned_days = True, None
        return self._fact(facts.SiteQualificationChanged, now, before=self.state, after=self.state, reason=reason)

    @transition(source=IN_FORCE, target=None, by=())
    def warn(self, now: datetime) -> facts.QualificationExpiring:
        """It ends soon; reported once at each number of days."""
        reached = [days for days in WARNED_DAYS if self.ends_at and now < self.ends_at <= now + timedelta(days)]
        if not reached or min(reached) >= (self.warned_days or timedelta.max.days):
            raise RuleViolated(f"{self.number} does not end so soon, or that was reported")
        self.warned_days = min(reached)
        return self._fact(facts.QualificationExpiring, now, days=self.warned_days, ends_at=self.ends_at)

    @transition(source={*IN_FORCE, State.suspended}, target=State.expired, by=())
    def expire(self, zone: str, now: datetime) -> Fact:
        """Its last day has ended at the site."""
        if self.ends_at is None or self.ends_at > now:
            raise RuleViolated(f"{self.number} has not ended")
        return self._changes(State.expired, "its last day has ended", zone, self.ends_at)

    def state_on(self, day: date, as_of: datetime) -> State | None:
        """Its state on a local day of the site, as it was known at an instant; None before it began."""
        return periods.state_on(self.periods, day, as_of)

    def _rests_on(self, last_audit: Audit) -> None:
        if last_audit and grounds.rests_on(self.audit, last_audit) is last_audit:
            self.audit, self.endorsed_by = dict(last_audit), None

    def _prepared(self, by: str) -> None:
        self.prepared_by, self.endorsed_by = [*dict.fromkeys([*self.prepared_by, by])], None

    def _begins(self, state: State, band: str | None, zone: str, now: datetime) -> Fact:
        self.valid_from, self.warned_days, self.prolonged = local_day(now, zone), None, False
        self._end(grounds.valid_to(self, band, zone, now), zone)
        return self._changes(state, "approved", zone, now)

    def _end(self, last: date, zone: str) -> None:
        self.valid_to, self.ends_at = last, periods.end_of(last, zone)

    def _changes(
        self, after: State, reason: str, zone: str, now: datetime, on: date | None = None, lost: str | None = None
    ) -> Fact:
        """Another state from a day on, today unless another one is said."""
        before, self.reason = State(self.state), reason
        self.periods = [*self.periods, periods.begun(after, on or local_day(now, zone), now, reason, lost)]
        told = {"before": before, "after": after, "reason": reason, "effective_on": on}
        return self._fact(facts.SiteQualificationChanged, now, **told)

    def _fact(self, fact: type[F], at: datetime, **more: Any) -> F:
        open_ones = tuple(each["not_allowed"] for each in self.conditions if not each["fulfilled_at"])
        return fact.of(self, at, **({"conditions": open_ones, "waived": bool(self.waiver)} | more))
