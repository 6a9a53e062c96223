"""A partner, and how the relation with it may go."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Role, Side
from contracts.companies import PartnerAbsorbed, PartnerOwnershipChanged
from contracts.partner_registry import (
    PartnerKind,
    PartnerRegistered,
    PartnerRegistryBallHeld,
    PartnerStatus,
    PartnerStatusChanged,
)
from contracts.partner_work import PartnerWorkDecided
from gxp.clocks import ONE_DAY
from partner_registry.days import Spell, local_day, not_before_it_comes
from partner_registry.entities.course import on_day, periods
from partner_registry.matters.decisions import WorkInProgress, decided
from partner_registry.matters.schemas import DecideWork
from partner_registry.metadata import INSTANT, Table
from partner_registry.partners import suspension
from partner_registry.partners.naming import normalised
from partner_registry.partners.suspension import SuspensionCause
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned


class PartnerState(StrEnum):
    """Where the relation with a partner stands, and that there is none any more since it merged into another one."""

    prospect = "prospect"
    active = "active"
    suspended = "suspended"
    exited = "exited"
    absorbed = "absorbed"


GOING_ON: Final = frozenset(PartnerState) - {PartnerState.absorbed}
REGISTRARS: Final = frozenset({Role.sourcing, Role.quality})
OWNED: Final = ("parent",)
"""What an entry about its owner says."""
SPELL: Final = ("since", "until")


class PartnerFields(SQLModel):
    """What readers see of a partner."""

    number: str
    legal_name: str
    kind: PartnerKind = Field(sa_type=String)
    country: str
    duns: str | None = None
    state: PartnerState = Field(default=PartnerState.prospect, sa_type=String)
    trade_names: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    website: str | None = None
    parent: str | None = None
    """Who owns it, by the latest day from which that was told."""
    suspension_reason: str | None = None
    """Why it is suspended, as it was told; null where it is not."""


class Partner(PartnerFields, Waiting, Versioned, Table, table=True):
    """A company that makes or tests for the sponsor."""

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        PartnerState.prospect: {Side.sponsor},
        PartnerState.suspended: {Side.sponsor},
    }

    normalised_name: str
    registered_by: str | None = None
    """Who proposed it; null where no audit tells that."""
    work_decisions: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """What becomes of open work since it was suspended, or active again, by the work's id: ``decision`` and why."""
    owner_entries: list[Any] = Field(default_factory=list, sa_type=JSONB)
    """What was told of its owners, in that order."""
    successor_id: UUID | None = Field(default=None, foreign_key="partner.id")
    """Into which it merged; with what that one was called, which the partner itself may not read elsewhere."""
    successor_number: str | None = None
    successor_name: str | None = None
    inactive_since: datetime | None = Field(default=None, sa_type=INSTANT)
    """Since when nothing counts of one that was active: it was suspended or left then, and not lifted since."""
    inactive_before: list[Any] = Field(default_factory=list, sa_type=JSONB)
    """The spells of that which are over, in their order: instants, ``since`` and ``until``."""
    absorbed_on: date | None = None
    absorbed_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When that became known here."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def register(cls, *, legal_name: str, now: datetime, **given: Any) -> tuple[Self, PartnerRegistered]:
        """A new partner begins as a prospect and is the only party to its own record."""
        partner = cls(legal_name=legal_name, normalised_name=normalised(legal_name), parties=[], **given)
        partner.parties = [partner.id]
        return partner, PartnerRegistered.of(partner, now)

    @property
    def owners(self) -> list[dict[str, Any]]:
        """Who owned it, each from a day until a day, the earliest first."""
        return periods(self.owner_entries, OWNED)

    def inactive_on(self, zone: str) -> list[Spell]:
        """On which local days of a place nothing counted of it, and since which nothing does, in their order."""
        over = [[local_day(datetime.fromisoformat(each[at]), zone) for at in SPELL] for each in self.inactive_before]
        still = [Spell(local_day(self.inactive_since, zone), None)] if self.inactive_since else []
        return [*(Spell(*each) for each in over), *still]

    def take_name(self, legal_name: str) -> None:
        """Be known by what its principal entity is called."""
        self.legal_name, self.normalised_name = legal_name, normalised(legal_name)

    @transition(source={PartnerState.prospect, PartnerState.suspended}, target=PartnerState.active, by={Role.quality})
    def activate(
        self, reason: str, qualified: bool, now: datetime, holding: Sequence[SuspensionCause] = ()
    ) -> PartnerStatusChanged:
        """Work may be given to the partner, of which a site is qualified; for what it was suspended holds no more."""
        suspension.check_lifted(self.number, holding)
        if not qualified:
            raise RuleViolated(f"no site of {self.number} is qualified: the first qualification makes it active")
        self.work_decisions, self.suspension_reason = {}, None
        return self._changed(PartnerStatus.active, reason, now)

    @transition(source={PartnerState.active}, target=PartnerState.suspended, by={Role.quality})
    def suspend(
        self, reason: str, decisions: Sequence[DecideWork], in_progress: WorkInProgress, now: datetime,
        causes: Sequence[SuspensionCause] = (),
    ) -> PartnerStatusChanged:  # fmt: skip
        """No new work until quality lifts the suspension. What becomes of open work is said now, or later."""
        self.work_decisions = {}
        self.suspension_reason, said = reason, self._decide(decisions, in_progress)
        return self._changed(PartnerStatus.suspended, reason, now, **said, cause=suspension.told(causes))

    @transition(source={PartnerState.prospect}, target=PartnerState.suspended, by=())
    def begin_suspended(self, reason: str, now: datetime) -> PartnerStatusChanged:
        """A site of it is qualified, and its company is given no work: once that is lifted it is active."""
        self.suspension_reason = reason
        return self._changed(PartnerStatus.suspended, reason, now)

    @transition(source=GOING_ON - {PartnerState.prospect}, target=None, by={Role.quality})
    def decide_work(
        self, decisions: Sequence[DecideWork], in_progress: WorkInProgress, now: datetime
    ) -> PartnerWorkDecided:
        """Say of open work that it stops, is finished or is held; the last word counts.

        Also after the suspension in which it was begun, or of work of one that merged into it: a start is told late.
        """
        return PartnerWorkDecided.of(self, now, **self._decide(decisions, in_progress))

    @transition(source={PartnerState.active, PartnerState.suspended}, target=PartnerState.exited, by=())
    def exit(self, reason: str, now: datetime) -> PartnerStatusChanged:
        """The relation ended, as two people agreed by its checklist."""
        return self._changed(PartnerStatus.exited, reason, now)

    @transition(source=GOING_ON, target=None, by=REGISTRARS)
    def describe(self, trade_names: list[str], website: str | None) -> None:
        """What else it is known by, as a whole."""
        self.trade_names, self.website = trade_names, website

    @transition(source=GOING_ON, target=None, by=REGISTRARS)
    def change_owner(
        self, parent: str, effective_on: date, reason: str, by: str, now: datetime
    ) -> PartnerOwnershipChanged:
        """Another company owns it from a day on, which may be told late; it stays the same one."""
        not_before_it_comes(effective_on, now, "effective_on")
        before = on_day(self.owner_entries, effective_on - ONE_DAY, OWNED)
        entry = {"parent": parent, "valid_from": effective_on.isoformat()}
        self.owner_entries = [*self.owner_entries, entry | {"recorded_at": now.isoformat(), "recorded_by": by}]
        self.parent = self.owners[-1]["parent"]
        of = {"before": before and before["parent"], "after": parent, "effective_on": effective_on}
        return PartnerOwnershipChanged.of(self, now, **of, reason=reason)

    @transition(source=GOING_ON, target=PartnerState.absorbed, by=())
    def absorb(self, successor: "Partner", effective_on: date, reason: str, now: datetime) -> PartnerAbsorbed:
        """It merged into another one since a day; its number leads to that one from now on."""
        self.successor_id, self.successor_number = successor.id, successor.number
        self.successor_name, self.absorbed_on, self.absorbed_at = successor.legal_name, effective_on, now
        before = PartnerStatus(self.state)
        return PartnerAbsorbed.of(self, now, before=before, effective_on=effective_on, reason=reason)

    def check_goes_on(self) -> None:
        """Raises RuleViolated for one that merged into another, of which nothing begins anew."""
        if self.state == PartnerState.absorbed:
            merged = f"{self.number} merged into {self.successor_number} on {self.absorbed_on}"
            raise RuleViolated(f"{merged}: say it of that one")

    def _decide(self, decisions: Sequence[DecideWork], in_progress: WorkInProgress) -> dict[str, Any]:
        made = decided(decisions, in_progress, self.number)
        kept = {str(each.work_id): {"decision": each.decision, "rationale": each.rationale} for each in made}
        self.work_decisions = self.work_decisions | kept
        own = tuple(each for each in made if each.work_id not in in_progress.elsewhere)
        return {"decided_work": own, "undecided_work": in_progress.undecided(self.work_decisions)}

    def _changed(self, after: PartnerStatus, reason: str, now: datetime, **more: Any) -> PartnerStatusChanged:
        if after != PartnerStatus.active:
            self.inactive_since = self.inactive_since or now
        elif self.inactive_since:
            over = dict(zip(SPELL, (self.inactive_since.isoformat(), now.isoformat()), strict=True))
            self.inactive_before, self.inactive_since = [*self.inactive_before, over], None
        return PartnerStatusChanged.of(self, now, before=PartnerStatus(self.state), after=after, reason=reason, **more)
