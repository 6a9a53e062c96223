"""A partner's site, and how it closes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts import Role
from contracts.partner_registry import SiteRegistered
from contracts.sites import SiteClosed, SiteCorrected, SiteTransferred
from gxp.clocks import first_instant
from partner_registry.days import local_day
from partner_registry.metadata import INSTANT, Table
from partner_registry.sites import closing
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Versioned

KEEPERS: Final = frozenset({Role.sourcing, Role.quality})
"""Who says for the sponsor what becomes of a site."""


class Activity(StrEnum):
    """What a site does for the sponsor."""

    drug_substance = "drug_substance"
    drug_product = "drug_product"
    sterile_fill = "sterile_fill"
    packaging = "packaging"
    testing = "testing"
    storage = "storage"
    distribution = "distribution"


class SiteState(StrEnum):
    """Whether a site goes on."""

    open = "open"
    closing = "closing"
    closed = "closed"


class SiteFields(SQLModel):
    """What readers see of a site."""

    number: str
    state: SiteState = Field(default=SiteState.open, sa_type=String)
    partner_id: UUID = Field(foreign_key="partner.id")
    name: str
    country: str
    time_zone: str
    activities: list[Activity] = Field(sa_type=ARRAY(String))
    premises: str | None = None
    """The address and buildings, as one would write them on a letter; null where nobody has said."""
    technologies: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    dosage_forms: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    owned_since: date | None = None
    succeeds_id: UUID | None = Field(default=None, foreign_key="site.id")
    closing_on: date | None = None
    closing_reason: str | None = None
    successor_id: UUID | None = Field(default=None, foreign_key="site.id")


class Site(SiteFields, Versioned, Table, table=True):
    """A plant or laboratory. Quality work always names the site, never only the partner."""

    of_its_owner: ClassVar[Collection[str]] = {
        "state", "succeeds_id", "closing_on", "closing_reason", "closes_at", "closings", "successor_id",
    }  # fmt: skip
    """What its owner plans of it, which no later one reads."""

    closings: list[Any] = Field(default_factory=list, sa_type=JSONB)
    """All that was told of when it closes, in that order."""
    closes_at: datetime | None = Field(default=None, sa_type=INSTANT)
    """When the day on which it closes begins there."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def register(cls, *, now: datetime, **given: Any) -> tuple[Self, SiteRegistered]:
        """A new site of a partner."""
        site = cls(parties=[given["partner_id"]], **given)
        return site, SiteRegistered.of(site, now)

    @transition(source=set(SiteState), target=None, by=KEEPERS)
    def correct(
        self, name: str | None, premises: str | None, time_zone: str | None, activities: Sequence[Activity] | None,
        technologies: Sequence[str] | None, dosage_forms: Sequence[str] | None, reason: str,
        busy: Mapping[Activity, str], now: datetime,
    ) -> SiteCorrected:  # fmt: skip
        """What is given was wrong, or nobody had said it; other premises are another site.

        ``busy``: by which qualification an activity is open or in force there, which therefore it has.
        """
        given = {
            "name": name, "premises": premises, "time_zone": time_zone, "activities": activities,
            "technologies": technologies, "dosage_forms": dosage_forms,
        }  # fmt: skip
        changed = {field: value for field, value in given.items() if value not in (None, getattr(self, field))}
        if not changed:
            raise RuleViolated(f"{self.number} is known so already: say what is to be corrected")
        if lost := sorted(set(busy) - {*changed.get("activities", busy)}):
            named = ", ".join(f"{each} ({busy[each]})" for each in lost)
            raise RuleViolated(f"{self.number} is qualified, or to be, for {named}: withdraw or reject that first")
        for field, value in changed.items():
            setattr(self, field, value)
        self._closes_by_its_day()
        return SiteCorrected.of(self, now, reason=reason)

    @transition(source={SiteState.open, SiteState.closing}, target=SiteState.closing, by=KEEPERS)
    def announce_closing(
        self, closing_on: date, reason: str, now: datetime, successor: "Site | None" = None
    ) -> SiteClosed:
        """It closes on a day, or on another one than was said, and not before today: on its day that is final.

        A successor belongs to the same partner.
        """
        if closing_on < (today := local_day(now, self.time_zone)):
            why = f"closing_on {closing_on} has passed at {self.number}, where it is {today}"
            raise RuleViolated(f"{why}: say today, and quality withdraws what did not hold before")
        if successor and (successor.id == self.id or successor.partner_id != self.partner_id):
            raise RuleViolated(f"the successor of {self.number} is another site of the same partner")
        return self._closes(closing_on, successor.id if successor else None, reason, now)

    @transition(source={SiteState.closing}, target=SiteState.open, by=KEEPERS)
    def call_off_closing(self, reason: str, now: datetime) -> SiteClosed:
        """It goes on after all."""
        return self._closes(None, None, reason, now)

    @transition(source={SiteState.closing}, target=SiteState.closed, by=())
    def close(self, now: datetime) -> SiteClosed:
        """The day has come at the site."""
        if self.closes_at is None or self.closes_at > now:
            raise RuleViolated(f"{self.number} closes on {self.closing_on}, which has not come there")
        return SiteClosed.of(self, self.closes_at, closed=True, reason=self.closing_reason)

    def closed_since(self, day: date, as_of: datetime, asker: UUID | None = None) -> date | None:
        """Since when it is closed on a local day of it, as it was known at an instant; None where it works on it.

        A partner is answered by what was told of its own time, and not by what a former owner had planned.
        """
        return closing.closed_since(closing.known_to(self.closings, asker), day, as_of)

    def succeed(self, owner_id: UUID, effective_on: date, now: datetime) -> SiteTransferred:
        """Its owner merged into another company on a day: it goes on as it is, and a closing was planned by both."""
        former = self.partner_id
        self.partner_id, self.parties, self.owned_since = owner_id, [owner_id], effective_on
        if self.closing_on:
            self.closings = [*self.closings, closing.told(self.closing_on, self.closing_reason or "", now, owner_id)]
        at = first_instant(effective_on, ZoneInfo(self.time_zone))
        return SiteTransferred.of(
            self, at, from_partner_id=former, effective_on=effective_on, effective_at=at, by_succession=True
        )

    def _closes(self, on: date | None, successor_id: UUID | None, reason: str, now: datetime) -> SiteClosed:
        self.closing_on, self.closing_reason, self.successor_id = on, reason if on else None, successor_id
        self._closes_by_its_day()
        self.closings = [*self.closings, closing.told(on, reason, now, self.partner_id)]
        return SiteClosed.of(self, now, closed=False, reason=reason)

    def _closes_by_its_day(self) -> None:
        self.closes_at = first_instant(self.closing_on, ZoneInfo(self.time_zone)) if self.closing_on else None
