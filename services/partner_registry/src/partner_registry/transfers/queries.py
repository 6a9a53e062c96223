"""Reads of sites that are sold."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, or_, select

from partner_registry.names import names_of, partners_of, sites_of
from partner_registry.partners.model import Partner
from partner_registry.sites.model import Site
from partner_registry.transfers.model import FormerSite, SiteTransfer
from partner_registry.transfers.schemas import SiteTransferRead, TransferState
from runtime.work import Work
from serving.listing import days, equal

FILTERS = equal(SiteTransfer, *("number", "state", "site_id", "partner_id", "buyer_id")) | days(
    SiteTransfer.effective_on, "it is sold"
)


async def show(work: Work, transfers: Sequence[SiteTransfer]) -> list[SiteTransferRead]:
    """The transfers with names."""
    names = await names_of(work, transfers, await sites_of(work, transfers))
    buyers = await partners_of(work, transfers, "buyer_id")
    return [
        SiteTransferRead.model_validate(dict(one) | names[one.id] | {"buyer": buyers[one.buyer_id]})
        for one in transfers
    ]


def announced_of(site_id: UUID) -> Select[Any]:
    """The sale of a site that is to come."""
    return select(SiteTransfer).where(SiteTransfer.site_id == site_id, SiteTransfer.state == TransferState.announced)


def announced_with(partner_id: UUID) -> Select[Any]:
    """The numbers of sales that are to come, by a partner or to it."""
    of = SiteTransfer
    whose = or_(col(of.partner_id) == partner_id, col(of.buyer_id) == partner_id)
    return select(of.number).where(of.state == TransferState.announced, whose).order_by(col(of.number))


def to_take_effect(work: Work) -> Select[Any]:
    """Those whose day has come."""
    of = SiteTransfer
    come = (of.state == TransferState.announced, col(of.effective_at) <= work.now)
    return select(of).where(*come).order_by(col(of.id))


def knows(work: Work, site: Site, day: date) -> bool:
    """Whether who asks may know what a site was on a day: a partner not, of one that it bought, from before that."""
    return work.principal.partner_id is None or site.owned_since is None or day >= site.owned_since


async def former_owners(work: Work, site_ids: Collection[UUID]) -> dict[UUID, list[FormerSite]]:
    """Who owned sites before, as far as who asks may know."""
    found: defaultdict[UUID, list[FormerSite]] = defaultdict(list)
    for each in await work.session.scalars(select(FormerSite).where(col(FormerSite.site_id).in_(site_ids))):
        found[each.site_id].append(each)
    return found


async def by_succession(work: Work, owner: Partner, former: Sequence[FormerSite]) -> Sequence[UUID]:
    """Who owned a site on a day, and who succeeded that one by law as its owner, one after the other.

    What was the one's own is theirs; where the site was sold in between it is not.
    """
    found = [owner.id]
    while owner.successor_id and (owner.id, owner.absorbed_on) in {(each.partner_id, each.until) for each in former}:
        owner = await work.session.get_one(Partner, owner.successor_id)
        found.append(owner.id)
    return found
