"""Reads of sites that are sold."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, or_, select

from partner_registry.known import as_known
from partner_registry.names import names_of, partners_of, sites_of
from partner_registry.partners.model import Partner
from partner_registry.sites.model import Site
from partner_registry.transfers.model import FormerSite, SiteTransfer, recorded_by
from partner_registry.transfers.schemas import SiteTransferRead, TransferState
from runtime.work import Work
from serving.listing import days, equal

FILTERS = equal(SiteTransfer, *("number", "state", "site_id", "partner_id", "buyer_id")) | days(
    SiteTransfer.effective_on, "it is sold"
)

_OWNED: Final = """
SELECT record_id, max(at) AS since FROM audit WHERE root_id = ANY($1) AND record_id = root_id AND table_name = 'site'
    AND old ->> 'partner_id' IS DISTINCT FROM new ->> 'partner_id' GROUP BY record_id
"""


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


async def sites_as_known(work: Work, sites: Sequence[Site], as_of: datetime | None) -> list[Site]:
    """Sites as they were known at an instant, without those of which nothing had been recorded.

    To a partner without those that were not known as its own then: another one was answered, by what that one had.
    """
    then = await as_known(work, sites, as_of)
    if as_of is None or work.principal.partner_id is None:
        return then
    since = await kept_since(work, then)
    return [each for each in then if since[each.id] <= as_of]


async def kept_since(work: Work, sites: Collection[Site]) -> Mapping[UUID, datetime]:
    """Since when something is recorded of sites; to a partner, since when each is recorded as its own."""
    made = {each.id: each.created_at for each in sites}
    if work.principal.partner_id is None:
        return made
    return made | {row["record_id"]: row["since"] for row in await work.connection.fetch(_OWNED, [*made])}


async def former_owners(work: Work, sites: Collection[Site]) -> dict[UUID, list[FormerSite]]:
    """Who owned sites before, as far as who asks may know, and as far as it is known of these."""
    found: defaultdict[UUID, list[FormerSite]] = defaultdict(list)
    ids = [each.id for each in sites]
    for each in await work.session.scalars(select(FormerSite).where(col(FormerSite.site_id).in_(ids))):
        found[each.site_id].append(each)
    return {each.id: recorded_by(each, found[each.id]) for each in sites}


async def by_succession(
    work: Work, owner: Partner, former: Sequence[FormerSite], as_of: datetime | None = None
) -> Sequence[UUID]:
    """Who owned a site on a day, and who succeeded that one by law as its owner, one after the other.

    What was the one's own is theirs; where the site was sold in between it is not.
    """
    found = [owner.id]
    while owner.successor_id and (owner.id, owner.absorbed_on) in {(each.partner_id, each.until) for each in former}:
        (owner,) = await as_known(work, [await work.session.get_one(Partner, owner.successor_id)], as_of)
        found.append(owner.id)
    return found
