"""What records are called that others name."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from partner_registry.partners.model import Partner
from partner_registry.sites.model import Site
from partner_registry.transfers.model import FormerSite
from runtime.work import Work
from serving.shown import Ref


async def sites_of(work: Work, records: Sequence[Any]) -> Mapping[UUID, Site | FormerSite]:
    """The sites that records name, by their ids; to who sold one, as it was then."""
    ids = {each.site_id for each in records}
    found: dict[UUID, Site | FormerSite] = {
        each.id: each for each in await work.session.scalars(select(Site).where(col(Site.id).in_(ids)))
    }
    if sold := ids - found.keys():
        former = select(FormerSite).where(col(FormerSite.site_id).in_(sold)).order_by(col(FormerSite.until))
        found |= {each.site_id: each for each in await work.session.scalars(former)}
    return found


async def names_of(
    work: Work, records: Sequence[Any], sites: Mapping[UUID, Site | FormerSite]
) -> dict[UUID, dict[str, Ref]]:
    """By a record's id its ``site`` and ``partner``."""
    partners = await partners_of(work, records)
    return {
        each.id: {
            "site": Ref(id=each.site_id, number=sites[each.site_id].number, name=sites[each.site_id].name),
            "partner": partners[each.partner_id],
        }
        for each in records
    }


async def partners_of(work: Work, records: Sequence[Any], name: str = "partner_id") -> dict[UUID, Ref]:
    """The partners that records name, by their ids, as they are called."""
    named = select(Partner).where(col(Partner.id).in_({getattr(each, name) for each in records}))
    return {
        each.id: Ref(id=each.id, number=each.number, name=each.legal_name) for each in await work.session.scalars(named)
    }


async def zone(work: Work, record: Any) -> str:
    """The time zone of a record's site, by whose local days its dates are counted."""
    return (await sites_of(work, [record]))[record.site_id].time_zone
