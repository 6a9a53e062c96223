"""A certificate of a site and its lifecycle (Directive 2001/83/EC article 111(5); EudraGMDP)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Final, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Fact, Grant, Role, Side
from contracts import partner_registry as facts
from contracts.partner_registry import CertificateKind
from contracts.partner_registry import CertificateState as State
from gxp.clocks import ONE_DAY, Unit, due_at, first_instant
from partner_registry.certificates.schemas import CertificateFields, Scope
from partner_registry.days import not_ahead
from partner_registry.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

F = TypeVar("F", bound=Fact)
GMP_MONTHS: Final = 36
"""How long a certificate of GMP without an end counts from its inspection (what EudraGMDP states on each)."""

WARNED_DAYS: Final = (180, 90, 30)
"""How many days before its end a certificate is reported as expiring."""

CONFIRMED: Final = frozenset({State.valid, State.expired, State.withdrawn})
HELD: Final = frozenset({State.valid, State.expired})
REGULATORY: Final = frozenset({Role.quality, Role.regulatory})
RECORDERS: Final[frozenset[Role | Grant]] = frozenset({*REGULATORY, Side.owner(Role.partner_quality)})


class Certificate(CertificateFields, Waiting, Versioned, Table, table=True):
    """What an authority attests a site. It counts once somebody else has found it in the authority's own register."""

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    ball = facts.PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.unchecked: {Side.sponsor}}
    warned_days: int | None = None
    """The latest of ``WARNED_DAYS`` that was reported."""
    carried_on_by: UUID | None = None
    """The buyer's record of it, where it went with the site that was sold."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def record(
        cls, *, zone: str, partner_id: UUID, now: datetime, **printed: Any
    ) -> tuple[Self, facts.CertificateRecorded]:
        """What is printed on it. ``zone`` is the site's: by its days a certificate begins and ends."""
        certificate = cls(partner_id=partner_id, parties=[partner_id], **printed)
        certificate._end(zone)
        return certificate, certificate.told(facts.CertificateRecorded, now)

    @transition(source={State.unchecked}, target=HELD, by=REGULATORY, independent_of={"recorded_by"}, when="here")
    def confirm(
        self, authority_register: str, checked_on: date, zone: str, by: str, now: datetime, followed: bool = False
    ) -> list[Fact]:
        """Somebody who did not record it found it in the authority's register."""
        self._check_here()
        not_ahead(checked_on, zone, now, "checked_on")
        self.authority_register, self.checked_on, self.checked_by = authority_register, checked_on, by
        self.state = State.valid
        return [self.told(facts.CertificateConfirmed, now), *self._expired(now, followed)]

    @transition(source={State.unchecked}, target=State.refused, by=REGULATORY, when="here")
    def refuse(self) -> None:
        """It is not in the authority's register, or not so."""
        self._check_here()

    @transition(source={State.valid}, target=None, by=())
    def warn(self, now: datetime) -> facts.CertificateExpiring:
        """It ends soon; reported once at each number of days."""
        days = self.days_to_warn_of(now)
        if days is None:
            raise RuleViolated(f"{self.number} does not end so soon, or that was reported")
        self.warned_days = days
        return self.told(facts.CertificateExpiring, now, days=days)

    @transition(source={State.valid}, target=State.expired, by=())
    def expire(self, now: datetime, followed: bool = False) -> facts.CertificateExpired:
        """The last day on which it counts has ended at the site; another may follow without a gap."""
        if self.ends_at is None or self.ends_at > now:
            raise RuleViolated(f"{self.number} has not ended")
        return self.told(facts.CertificateExpired, self.ends_at, followed=followed)

    @transition(source=CONFIRMED, target=CONFIRMED, by={Role.quality}, when="here")
    def extend(self, valid_to: date, notice: str, zone: str, by: str, now: datetime) -> list[Fact]:
        """The authority lets it count for longer, also where that is told after its end: both ends are kept."""
        self._check_here()
        before = self.ends_on
        if before is None or valid_to <= before:
            raise RuleViolated(f"{self.number} ends on {before}: an extension is later than that")
        moved = {"before": before.isoformat(), "after": valid_to.isoformat(), "notice": notice}
        self.extensions = [*self.extensions, moved | {"by": by, "at": now.isoformat()}]
        self.valid_to, self.warned_days = valid_to, None
        self._end(zone)
        extended = self.told(facts.CertificateExtended, now, before=before, notice=notice)
        if self.state == State.withdrawn:
            return [extended]
        self.state = State.valid
        return [extended, *self._expired(now)]

    @transition(source=CONFIRMED, target=None, by=REGULATORY, when="here")
    def restrict(
        self,
        activities: list[Any],
        dosage_forms: list[str],
        effective_on: date,
        reason: str,
        zone: str,
        now: datetime,
        non_compliance: bool = False,
    ) -> facts.CertificateWithdrawn:
        """The authority took a part of it back; what remains lies within what it covered."""
        self._check_here()
        not_ahead(effective_on, zone, now, "effective_on")
        remains, until_then = Scope(activities=activities, dosage_forms=dosage_forms), self._scope(effective_on)
        if until_then is None or remains.also(until_then) != remains:
            covered = until_then and until_then.model_dump(mode="json")
            raise RuleViolated(f"what remains of {self.number} must lie within what it covered: {covered}")
        said = {"effective_on": effective_on.isoformat(), "reason": reason, "non_compliance": non_compliance}
        self.restrictions = [*self.restrictions, remains.model_dump(mode="json") | said]
        return self._taken_back(effective_on, reason, non_compliance, now, wholly=False)

    @transition(source=HELD, target=State.withdrawn, by=REGULATORY, when="here")
    def withdraw(
        self, effective_on: date, non_compliance: bool, reason: str, zone: str, now: datetime
    ) -> facts.CertificateWithdrawn:
        """The authority took it back as a whole."""
        self._check_here()
        not_ahead(effective_on, zone, now, "effective_on")
        self.withdrawn_on = effective_on
        return self._taken_back(effective_on, reason, non_compliance, now, wholly=True)

    @property
    def here(self) -> bool:
        """Whether its site is still that of its partner: of one that was sold, the buyer's record goes on."""
        return self.site_sold_on is None

    @property
    def counts_once(self) -> bool:
        """Whether it may count on some day, and is there once: one that went with a sold site is its buyer's."""
        return self.state in CONFIRMED and self.carried_on_by is None

    @property
    def issued(self) -> Scope:
        """What it was issued for, whatever was taken back of it since."""
        return Scope(activities=self.activities, dosage_forms=self.dosage_forms)

    def turn(self) -> Collection[Side]:
        """Nobody's, where the site was sold."""
        return super().turn() if self.here else ()

    def scope_on(self, day: date) -> Scope | None:
        """What it covers on a local day of the site; None where it does not count on it."""
        return self._scope(day) if self._counts_on(day) else None

    def takes_back(self, activity: str, dosage_form: str | None, day: date) -> bool:
        """Whether the authority restricted it by this, so that no other certificate of the same days carries it."""
        remains = self._scope(day)
        left = remains is not None and remains.covers(activity, dosage_form)
        return self._counts_on(day) and self.issued.covers(activity, dosage_form) and not left

    def days_to_warn_of(self, now: datetime) -> int | None:
        """The number of days before its end that has been reached and was not reported yet."""
        if self.ends_at is None or self.ends_at <= now:
            return None
        reached = [days for days in WARNED_DAYS if self.ends_at - now <= timedelta(days)]
        return min(reached) if reached and min(reached) < (self.warned_days or timedelta.max.days) else None

    def _counts_on(self, day: date) -> bool:
        ended = (self.ends_on is not None and day > self.ends_on) or (self.withdrawn_on or date.max) <= day
        ended = ended or (self.site_sold_on or date.max) <= day
        return self.state in CONFIRMED and day >= self.valid_from and not ended

    def _check_here(self) -> None:
        if not self.here:
            why = f"the site of {self.number} belongs to another partner since {self.site_sold_on}"
            raise RuleViolated(f"{why}: what the authority says since is said of that one's record")

    def _scope(self, day: date) -> Scope | None:
        """What remained of it on a day after all that is known; None where restrictions leave nothing."""
        remains: Scope | None = self.issued
        for each in self.restrictions:
            if remains and each["effective_on"] <= day.isoformat():
                remains = Scope(activities=each["activities"], dosage_forms=each["dosage_forms"]).also(remains)
        return remains

    def _end(self, zone: str) -> None:
        local = ZoneInfo(zone)
        self.ends_on, self.ends_at = self.valid_to, None
        if self.valid_to is None and self.kind == CertificateKind.gmp and self.inspected_on:
            begins = first_instant(self.inspected_on, local)
            self.ends_on = due_at(begins, GMP_MONTHS, Unit.months, zone=local).astimezone(local).date() - ONE_DAY
        if self.ends_on:
            self.ends_at = first_instant(self.ends_on + ONE_DAY, local)

    def _expired(self, now: datetime, followed: bool = False) -> list[Fact]:
        return [self.expire(now, followed)] if self.ends_at and self.ends_at <= now else []

    def _taken_back(
        self, on: date, reason: str, non_compliance: bool, now: datetime, *, wholly: bool
    ) -> facts.CertificateWithdrawn:
        # What was stated once stays stated; each fact tells what was stated with it.
        self.non_compliance = self.non_compliance or non_compliance
        told = {"effective_on": on, "reason": reason, "non_compliance": non_compliance, "wholly": wholly}
        return self.told(facts.CertificateWithdrawn, now, **told)

    def told(self, fact: type[F], at: datetime, **more: Any) -> F:
        """A fact of it, with what remains of its scope."""
        scope = self._scope(date.max)
        return fact.of(self, at, **(dict(scope) if scope else {"activities": (), "dosage_forms": ()}), **more)
