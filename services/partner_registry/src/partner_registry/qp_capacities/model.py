"""A person's capacity to certify batches (Directive 2001/83/EC articles 48 to 52; EU GMP Annex 16)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Fact, Role, Side
from contracts.certifying import QpCapacityChanged, QpCapacityState, QpCoverageEnding, QpRegime, QpSide
from contracts.partner_registry import PartnerRegistryBallHeld
from gxp.clocks import ONE_DAY, first_instant
from partner_registry.metadata import Table
from partner_registry.qp_capacities.schemas import QpCapacityFields
from partner_registry.qp_capacities.schemas import QpNamingState as State
from runtime.lifecycle import transition
from runtime.problems import Problem, RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

WARNED_DAYS: Final = (60, 30, 7)
"""How many days before nobody is named on an authorisation any more that is told."""
NAMERS: Final = frozenset({Role.quality, Role.regulatory})
UNCOUNTED: Final = frozenset({State.proposed, State.rejected})
"""By what one person alone says, nobody certifies."""


class QpCapacity(QpCapacityFields, Waiting, Versioned, Table, table=True):
    """By which authorisation a person may certify, for which sites, from when to when."""

    __tablename__ = "qp_capacity"

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.proposed: {Side.sponsor}}
    warned_days: int | None = None
    """The latest of ``WARNED_DAYS`` that was reported."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def name(cls, *, zone: str, partner_id: UUID | None, **given: Any) -> Self:
        """An authorisation names a person. ``zone`` is that of the first site. Raises a 403 Problem for oneself."""
        if given["subject"] == given["recorded_by"]:
            detail = "this takes another person than the subject, which is you: nobody names itself"
            raise Problem(403, "second-person-required", detail, fields=["subject"])
        side = QpSide.partner if partner_id else QpSide.sponsor
        named = cls(side=side, partner_id=partner_id, parties=[partner_id] if partner_id else [], **given)
        named._end(named.valid_to, zone)
        return named

    @transition(source={State.proposed}, target=State.named, by=NAMERS, independent_of={"recorded_by", "subject"})
    def confirm(self, by: str, now: datetime) -> QpCapacityChanged:
        """Somebody else saw the evidence too: from now on it counts on its days."""
        self.confirmed_by = by
        return self._changed(QpCapacityState.named, now)

    @transition(source={State.proposed}, target=State.rejected, by=NAMERS)
    def reject(self, reason: str) -> None:
        """The authorisation does not name the person so: it never counted."""
        self.reason = reason

    @transition(source={State.named, State.ended}, target=State.ended, by=NAMERS, independent_of={"subject"})
    def end(self, valid_to: date, reason: str, zone: str, covered: bool, now: datetime) -> list[Fact]:
        """The person leaves, or is named no more: after a last day, which may be corrected."""
        if valid_to < self.valid_from:
            raise RuleViolated(f"{self.number} is valid from {self.valid_from}: withdraw it, if it never was")
        return self._ends(QpCapacityState.ended, valid_to, reason, zone, covered, now)

    @transition(source={State.named, State.ended}, target=State.withdrawn, by=NAMERS)
    def withdraw(self, effective_on: date, reason: str, zone: str, covered: bool, now: datetime) -> list[Fact]:
        """The capacity was taken back from a day on: what was certified before that stays."""
        if effective_on < self.valid_from:
            raise RuleViolated(f"{self.number} is valid from {self.valid_from}: effective_on is not before that")
        if self.valid_to and effective_on > self.valid_to:
            raise RuleViolated(f"{self.number} ends on {self.valid_to}: nothing is left to withdraw")
        return self._ends(QpCapacityState.withdrawn, effective_on - ONE_DAY, reason, zone, covered, now)

    @transition(source={State.named, State.ended, State.withdrawn}, target=None, by=())
    def warn(self, now: datetime) -> QpCoverageEnding:
        """Nobody else is named on the authorisation after it."""
        days = self.days_to_warn_of(now)
        if days is None:
            raise RuleViolated(f"{self.number} does not end so soon, or that was reported")
        return self._ending(days, now)

    def counts_on(self, day: date) -> bool:
        """Whether the person may certify by it on a local day of the site."""
        return self.state not in UNCOUNTED and self.valid_from <= day <= (self.valid_to or date.max)

    def days_to_warn_of(self, now: datetime) -> int | None:
        """The number of days before its end that has been reached and was not reported yet."""
        if self.ends_at is None or self.ends_at <= now:
            return None
        reached = [days for days in WARNED_DAYS if self.ends_at - now <= timedelta(days)]
        return min(reached) if reached and min(reached) < (self.warned_days or timedelta.max.days) else None

    def _ends(
        self, after: QpCapacityState, last: date, reason: str, zone: str, covered: bool, now: datetime
    ) -> list[Fact]:
        """``covered``: somebody else is named on the authorisation on the day after the last one."""
        self.reason, self.warned_days = reason, None
        self._end(last, zone)
        changed = self._changed(after, now)
        ended = self.ends_at is not None and self.ends_at <= now
        return [changed, self._ending(0, now)] if ended and not covered else [changed]

    def _end(self, last: date | None, zone: str) -> None:
        self.valid_to = last
        self.ends_at = first_instant(last + ONE_DAY, ZoneInfo(zone)) if last else None

    def _changed(self, state: QpCapacityState, now: datetime) -> QpCapacityChanged:
        return QpCapacityChanged.of(self, now, state=state)

    def _ending(self, days: int, now: datetime) -> QpCoverageEnding:
        self.warned_days = days
        return QpCoverageEnding.of(self, now, days=days)


def may_certify(found: Sequence[QpCapacity], regime: QpRegime, site_id: UUID, day: date) -> list[QpCapacity]:
    """By which of a person's capacities it may certify for a site that day."""
    return [each for each in found if each.regime == regime and site_id in each.site_ids and each.counts_on(day)]


def why_not(found: Sequence[QpCapacity], regime: QpRegime, site_id: UUID, day: date) -> list[str]:
    """Why none of a person's capacities does, in words."""
    same = [each for each in found if each.regime == regime]
    if not same:
        return [f"the person is named for {regime} on no authorisation"]
    there = [each for each in same if site_id in each.site_ids]
    if not there:
        return [f"{each.number} does not name the site" for each in same]
    return [f"{each.number} {_lacks(each, day)}" for each in there]


def _lacks(found: QpCapacity, day: date) -> str:
    if found.state in UNCOUNTED:
        return f"is {found.state}, and counts as none"
    return f"begins on {found.valid_from}" if day < found.valid_from else f"ended on {found.valid_to}"
