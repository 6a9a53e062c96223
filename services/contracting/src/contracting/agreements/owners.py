"""Whose a site was on a day: what an agreement covers of the past stays with who owned the site then."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from sqlmodel import Field, col, select

from contracting.metadata import Table
from contracts import Recorded
from contracts.sites import SiteTransferred
from directory.queries import Site
from runtime import bulk
from runtime.subscriptions import Subscriptions
from runtime.work import Work

GROUP: Final = "site-sales"


class SiteSale(Table, table=True):
    """That a site went from one partner to another. Who bought it reads it."""

    __tablename__ = "site_sale"

    id: UUID = Field(primary_key=True)
    """The event's."""
    site_id: UUID = Field(index=True)
    from_partner_id: UUID
    partner_id: UUID
    effective_on: date
    """The first local day of the site on which it is the new owner's."""


def keep_sales(subscriptions: Subscriptions) -> Subscriptions:
    """Let the service keep each sale."""
    subscriptions.on_batch(SiteTransferred, GROUP)(_keep)
    return subscriptions


async def owner_on(work: Work, site: Site, day: date) -> UUID:
    """The partner whose the site was on a local day of its own, as far as its sales are known."""
    sales = select(SiteSale).where(SiteSale.site_id == site.id).order_by(col(SiteSale.effective_on))
    owner = None
    for each in await work.session.scalars(sales):
        owner = owner or each.from_partner_id
        owner = each.partner_id if each.effective_on <= day else owner
    return owner or site.partner_id


async def _keep(work: Work, facts: Sequence[Recorded[SiteTransferred]]) -> None:
    rows = [
        {name: getattr(each.fact, name) for name in ("site_id", "from_partner_id", "partner_id", "effective_on")}
        | {"id": each.id}
        for each in facts
    ]
    await bulk.insert(work, SiteSale, rows, "ON CONFLICT (id) DO NOTHING")
