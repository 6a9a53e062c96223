"""A transfer and its lifecycle (WHO TRS 1044 annex 4; ICH Q10 3.1.2; FDA process validation 2011)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role, Side
from contracts import tech_transfer as facts
from contracts.tech_transfer import Gate
from contracts.transfer_closure import HeldDays, TransferClosed, TransferDelayed
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned
from tech_transfer.metadata import Table
from tech_transfer.transfers import plan
from tech_transfer.transfers.schemas import AT_A_GATE, LIVE, GateDay, PackageEnd, TeamMember, TransferFields
from tech_transfer.transfers.schemas import TechTransferState as State

MSAT: Final = frozenset({Role.msat})
QUALITY: Final = frozenset({Role.quality})
_IN_ORDER: Final = (*(State(gate.value) for gate in plan.IN_ORDER), State.closure)
AFTER: Final = {state: {following} for state, following in pairwise(_IN_ORDER)}
"""Where a transfer goes when its gate is passed."""
PASSED: Final = {state: _IN_ORDER[:place] for place, state in enumerate(_IN_ORDER) if place}
"""The gates that are passed, by where it stands."""


class Transfer(TransferFields, Waiting, Versioned, Table, table=True):
    """A process or methods go from one site to another. Both partners are parties to it."""

    __tablename__ = "transfer"

    sides: ClassVar[Mapping[Side, str]] = {Side.sender: "sending_partner_id", Side.receiver: "receiving_partner_id"}
    ball = facts.TechTransferBallHeld
    whys_apart: ClassVar[bool] = True
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {state: {Side.sponsor} for state in LIVE | {State.on_hold}}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def start(
        cls,
        number: str,
        now: datetime,
        today: date,
        began_on: date | None,
        planned: Sequence[GateDay],
        team: Sequence[TeamMember],
        **given: Any,
    ) -> tuple[Self, facts.TransferStarted]:
        """Something is handed over from a day on. Raises RuleViolated where that is to come, or a plan goes back."""
        if began_on and began_on > today:
            raise RuleViolated(f"began_on: it is {today} at the receiving site: plan later days", fields=["began_on"])
        begins = began_on or today
        days = plan.rows(plan.planned_from(begins, {each.gate: each.planned_on for each in planned}))
        both = {given["sending_partner_id"], given["receiving_partner_id"]} - {None}
        members = [each.model_dump(mode="json") for each in team]
        transfer = cls(
            number=number,
            planned=days,
            first_planned=days,
            began_on=begins,
            team=members,
            parties=sorted(both),
            **given,
        )
        return transfer, facts.TransferStarted.of(transfer, now)

    @transition(source=LIVE, target=None, by=MSAT)
    def describe(self, success_criteria: list[str], team: Sequence[TeamMember]) -> None:
        """Who works on it, and what counts as a success."""
        self.success_criteria, self.team = success_criteria, [each.model_dump(mode="json") for each in team]

    @transition(source=AT_A_GATE | {State.on_hold}, target=None, by=MSAT)
    def replan(self, planned: Sequence[GateDay], reason: str, now: datetime) -> facts.TransferPlanned:
        """Other days for gates that are not passed. A slip is still counted from the first ones."""
        days, over = plan.read(self.planned), set(plan.before(self.gate))
        if passed := [each.gate for each in planned if each.gate in over]:
            raise RuleViolated(f"planned: {', '.join(passed)} is passed: plan the gates after it", fields=["planned"])
        days |= {each.gate: each.planned_on for each in planned}
        self.planned = plan.rows(plan.planned_from(self.began_on, days))
        return facts.TransferPlanned.of(self, now, reason=reason)

    @transition(source=AT_A_GATE, target=AFTER, by=())
    def advance(self) -> None:
        """Its gate was passed: the next one is to be decided."""

    @transition(source=AT_A_GATE | {State.on_hold}, target=None, by=())
    def fall_behind(
        self,
        gate: Gate,
        planned_on: date,
        forecast_on: date,
        working_days_late: int,
        days_by_side: Sequence[HeldDays],
        now: datetime,
    ) -> TransferDelayed:
        """A gate will be passed later than it was planned first, by so much that it is told."""
        days: dict[str, Any] = {"planned_on": planned_on, "forecast_on": forecast_on, "days_by_side": days_by_side}
        return TransferDelayed.of(self, now, gate=gate, working_days_late=working_days_late, **days)

    @transition(source=PASSED, target=PASSED, by=QUALITY)
    def reopen(self, gate: Gate, reason: str, now: datetime) -> facts.GateReopened:
        """Quality goes back to a gate that was passed. What was decided since is void, and kept."""
        passed = PASSED[self.state]
        if State(gate.value) not in passed:
            names = ", ".join(passed)
            raise RuleViolated(f"gate: {self.number} did not pass {gate}: name one of {names}", fields=["gate"])
        self.state = State(gate.value)
        return facts.GateReopened.of(self, now, gate=gate, reason=reason)

    @transition(source={State.closure}, target=State.closed, by=())
    def close(self, report_id: UUID, report_digest: str, now: datetime) -> TransferClosed:
        """Quality signed the closure report."""
        return TransferClosed.of(self, now, report_id=report_id, report_digest=report_digest)

    @transition(source=LIVE, target=State.on_hold, by=MSAT | QUALITY)
    def hold(self, reason: str, now: datetime) -> facts.TransferHeld:
        """It rests."""
        self.held_at = self.state
        return facts.TransferHeld.of(self, now, reason=reason)

    @transition(source={State.on_hold}, target=LIVE, by=MSAT | QUALITY)
    def resume(self, now: datetime) -> facts.TransferResumed:
        """It goes on where it was held."""
        if self.held_at is None:
            raise AssertionError(f"{self.number} is on hold, and nothing says where")
        self.state, self.held_at = self.held_at, None
        return facts.TransferResumed.of(self, now)

    @transition(source=LIVE | {State.on_hold}, target=None, by=MSAT, when="goes_on")
    def request_cancellation(self, by: str) -> None:
        """It shall not go on; quality confirms it."""
        self.cancellation_requested_by = by

    @transition(source=LIVE | {State.on_hold}, target=None, by=MSAT, when="is_to_be_cancelled")
    def withdraw_cancellation(self, by: str) -> None:
        """Who asked for it does so no more."""
        if by != self.cancellation_requested_by:
            raise RuleViolated(
                f"{self.number}: you did not ask to cancel it: who did withdraws that, or quality refuses"
            )
        self.cancellation_requested_by = None

    @transition(
        source=LIVE | {State.on_hold},
        target=None,
        by=QUALITY,
        independent_of={"cancellation_requested_by"},
        when="is_to_be_cancelled",
    )
    def refuse_cancellation(self) -> None:
        """Quality does not agree: it goes on."""
        if not self.is_to_be_cancelled:
            raise RuleViolated(f"{self.number}: nobody has asked to cancel it")
        self.cancellation_requested_by = None

    @transition(
        source=LIVE | {State.on_hold},
        target=State.cancelled,
        by=QUALITY,
        independent_of={"cancellation_requested_by"},
        when="is_to_be_cancelled",
    )
    def cancel(self, reason: str, now: datetime) -> facts.TransferCancelled:
        """Quality agrees. From now on the receiving unit reads nothing of the process."""
        if not self.is_to_be_cancelled:
            raise RuleViolated(f"{self.number}: nobody has asked to cancel it: its MSAT does that first")
        self.cancelled_at = now
        return facts.TransferCancelled.of(self, now, reason=reason)

    @transition(source={State.cancelled}, target=None, by={Side.receiver(Role.partner_quality)}, when="package_is_out")
    def confirm_package(self, outcome: PackageEnd, evidence: str) -> None:
        """The receiving unit says what became of what it was given."""
        if not self.package_is_out:
            raise RuleViolated(f"{self.number}: the package was {self.package_outcome} already")
        self.package_outcome, self.package_evidence = outcome, evidence

    @property
    def gate(self) -> Gate:
        """The gate that is decided next; of one that rests, that at which it does; the last one after all."""
        state = self.held_at if self.state == State.on_hold else self.state
        return Gate(state) if state in AT_A_GATE else Gate.readiness

    @property
    def sent_by_sponsor(self) -> bool:
        """Whether a site of the sponsor's own hands over."""
        return self.sending_partner_id is None

    @property
    def has_ended(self) -> bool:
        """Whether it is closed or cancelled."""
        return self.state in (State.closed, State.cancelled)

    def refuse_ended(self) -> None:
        """Raise RuleViolated where it has ended: nothing under it begins or changes any more."""
        if self.has_ended:
            raise RuleViolated(f"{self.number} is {self.state}: nothing under it begins or changes any more")

    @property
    def goes_on(self) -> bool:
        """Whether nobody has asked to cancel it."""
        return self.cancellation_requested_by is None

    @property
    def is_to_be_cancelled(self) -> bool:
        """Whether somebody has asked to cancel it."""
        return not self.goes_on

    @property
    def package_is_out(self) -> bool:
        """Whether the receiving unit has not said what became of the package."""
        return self.package_outcome is None

    def turn(self) -> Collection[Side]:
        """The sponsor's, who leads it; of one that is cancelled the receiver's, until the package is back."""
        if self.state == State.cancelled:
            return {Side.receiver} if self.package_is_out else set()
        return super().turn()
