"""A person's capacity to certify batches (Directive 2001/83/EC articles 48 to 52; EU GMP Annex 16)."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
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
    sites_sold_on: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """By the id of a site that its partner sold the first day on which it was another one's."""
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
        if self.last_at_a_site:
            raise RuleViolated(f"all sites that {self.number} names were sold: reject it, who bought one names its own")
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
        if (last := self.last_at_a_site) and valid_to > last:
            raise RuleViolated(f"the last site that {self.number} names was sold: valid_to is not after {last}")
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

    @transition(source=set(State) - {State.rejected}, target=None, by=())
    def lose_site(self, site_id: UUID, on: date, now: datetime) -> list[Fact]:
        """A site was sold since a day: a partner's person certifies for its partner's own ones alone."""
        self.sites_sold_on = {str(site_id): on.isoformat()} | self.sites_sold_on
        goes_on = self.last_at_a_site is None and (self.valid_to or date.max) >= on
        told = goes_on and self.state not in UNCOUNTED
        return [self._changed(QpCapacityState(self.state), now)] if told else []

    @transition(
        source={State.named, State.ended, State.withdrawn}, target=State.ended, by=(), when="outlasts_its_sites"
    )
    def cease(self, reason: str, zone: str, covered: bool, now: datetime) -> list[Fact]:
        """All its sites were sold: with the last one it ends."""
        last = self.last_at_a_site
        if last is None:
            raise RuleViolated(f"{self.number} names sites that were not sold")
        return self._ends(QpCapacityState.ended, last, reason, zone, covered, now)

    @property
    def outlasts_its_sites(self) -> bool:
        """Whether all its sites are sold earlier than it ends."""
        last = self.last_at_a_site
        return self.state not in UNCOUNTED and last is not None and (self.valid_to or date.max) > last

    @property
    def last_at_a_site(self) -> date | None:
        """The last day before the last of its sites was sold, where all were; none before the day before its first."""
        sold = [day for each in self.site_ids if (day := self.sold_on(each))]
        return max(*sold, self.valid_from) - ONE_DAY if len(sold) == len(self.site_ids) else None

    def sold_on(self, site_id: UUID) -> date | None:
        """Since when a site that it names is another partner's."""
        day = self.sites_sold_on.get(str(site_id))
        return date.fromisoformat(day) if day else None

    def certifies(self, site_id: UUID, day: date) -> bool:
        """Whether the person may certify by it for a site on a local day of that."""
        sold = self.sold_on(site_id)
        return site_id in self.site_ids and self.counts_on(day) and (sold is None or day < sold)

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
        last = self.valid_to or date.max
        kept = tuple(each for each in self.site_ids if (sold := self.sold_on(each)) is None or sold > last)
        return QpCapacityChanged.of(self, now, state=state, site_ids=kept)

    def _ending(self, days: int, now: datetime) -> QpCoverageEnding:
        self.warned_days = days
        return QpCoverageEnding.of(self, now, days=days)


def may_certify(found: Sequence[QpCapacity], regime: QpRegime, site_id: UUID, day: date) -> list[QpCapacity]:
    """By which of a person's capacities it may certify for a site that day."""
    return [each for each in found if each.regime == regime and each.certifies(site_id, day)]


def why_not(found: Sequence[QpCapacity], regime: QpRegime, site_id: UUID, day: date) -> list[str]:
    """Why none of a person's capacities does, in words."""
    same = [each for each in found if each.regime == regime]
    if not same:
        return [f"the person is named for {regime} on no authorisation"]
    there = [each for each in same if site_id in each.site_ids]
    if not there:
        return [f"{each.number} does not name the site" for each in same]
    return [f"{each.number} {_lacks(each, site_id, day)}" for each in there]


def _lacks(found: QpCapacity, site_id: UUID, day: date) -> str:
    if found.counts_on(day):
        return f"does not serve the site since it was sold on {found.sold_on(site_id)}"
    if found.state in UNCOUNTED:
        return f"is {found.state}, and counts as none"
    return f"begins on {found.valid_from}" if day < found.valid_from else f"ended on {found.valid_to}"
