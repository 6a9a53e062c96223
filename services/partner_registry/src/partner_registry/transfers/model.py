"""A site that is sold, and what the seller keeps of it. The announcement is the sponsor's alone."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.sites import SiteTransferred
from gxp.clocks import first_instant
from partner_registry.metadata import Table
from partner_registry.partners.model import Partner
from partner_registry.sites.model import KEEPERS, Site
from partner_registry.transfers.schemas import SiteTransferFields
from partner_registry.transfers.schemas import TransferState as State
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Identified, Versioned

GONE: Final = frozenset({"exited", "absorbed"})
"""States of a partner to which nothing is sold."""


class SiteTransfer(SiteTransferFields, Versioned, Table, table=True):
    """From a day on a site belongs to another partner."""

    __tablename__ = "site_transfer"

    @property
    def parties(self) -> tuple[()]:
        """Nobody hears of a sale before its day."""
        return ()

    @classmethod
    def announce(cls, *, site: Site, buyer: Partner, effective_on: date, **given: Any) -> Self:
        """A site is to be sold, or was. Raises RuleViolated where that cannot be."""
        if buyer.id == site.partner_id:
            raise RuleViolated(f"{site.number} belongs to {buyer.number} already")
        if obstacle := against(site, buyer):
            raise RuleViolated(obstacle)
        if site.owned_since and effective_on <= site.owned_since:
            raise RuleViolated(f"{site.number} belongs to its owner since {site.owned_since}: a later day than that")
        at = first_instant(effective_on, ZoneInfo(site.time_zone))
        whose: dict[str, Any] = {"site_id": site.id, "partner_id": site.partner_id, "buyer_id": buyer.id}
        return cls(**whose, effective_on=effective_on, effective_at=at, **given)

    @transition(source={State.announced}, target=State.called_off, by=KEEPERS)
    def call_off(self) -> None:
        """It is not sold after all."""

    @transition(source={State.announced}, target=State.called_off, by=())
    def fall_through(self, obstacle: str) -> None:
        """The day has come, and what stands against it now."""
        self.obstacle = obstacle

    @transition(source={State.announced}, target=State.effective, by=())
    def take_effect(self, site: Site, now: datetime) -> SiteTransferred:
        """The day has come at the site: it belongs to the buyer, who alone sees it from now on."""
        if self.effective_at > now:
            raise RuleViolated(f"{site.number} is sold on {self.effective_on}, which has not come there")
        site.partner_id, site.parties, site.owned_since = self.buyer_id, [self.buyer_id], self.effective_on
        site.succeeds_id = None  # from which premises it moved is the seller's
        return SiteTransferred.of(
            site, self.effective_at, from_partner_id=self.partner_id,
            effective_on=self.effective_on, effective_at=self.effective_at,
        )  # fmt: skip


def against(site: Site, buyer: Partner) -> str | None:
    """Why a site cannot be sold to a partner, whatever the day; None where it can. What closes is the seller's plan."""
    if buyer.state in GONE:
        return f"{buyer.number} is {buyer.state}: nothing is sold to it"
    if site.closing_on:
        return f"{site.number} closes on {site.closing_on}: what closes is not sold before that is called off"
    return None


class FormerSite(Identified, Table, table=True):
    """A site as it stood when it was sold, for who sold it: its own records go on to name it."""

    __tablename__ = "former_site"

    site_id: UUID
    partner_id: UUID
    until: date
    """The first local day on which it belonged to somebody else."""
    number: str
    name: str
    time_zone: str

    @classmethod
    def of(cls, site: Site, until: date) -> Self:
        """The site as it is now, of its present owner."""
        own = {name: getattr(site, name) for name in ("partner_id", "number", "name", "time_zone")}
        return cls(site_id=site.id, until=until, **own)


def recorded_by(site: Site, former: Sequence[FormerSite]) -> list[FormerSite]:
    """Of a site's former owners those of whom it had been recorded, where ``site`` is as it was known then."""
    return [each for each in former if site.owned_since and each.until <= site.owned_since]


def owner_on(owner: UUID, former: Sequence[FormerSite], day: date) -> UUID:
    """To whom a site belonged on a local day of it, of its present owner and those before."""
    sold = [each for each in former if day < each.until]
    return min(sold, key=lambda each: each.until).partner_id if sold else owner
