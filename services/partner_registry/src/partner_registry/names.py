"""What records are called that others name."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from partner_registry.partners.model import Partner
from partner_registry.sites.model import Site
from runtime.work import Work
from serving.shown import Ref


async def sites_of(work: Work, records: Sequence[Any]) -> dict[UUID, Site]:
    """The sites that records name, by their ids."""
    named = select(Site).where(col(Site.id).in_({each.site_id for each in records}))
    return {each.id: each for each in await work.session.scalars(named)}


async def names_of(work: Work, records: Sequence[Any], sites: dict[UUID, Site]) -> dict[UUID, dict[str, Ref]]:
    """By a record's id its ``site`` and ``partner``."""
    named = select(Partner).where(col(Partner.id).in_({each.partner_id for each in records}))
    partners = {each.id: each for each in await work.session.scalars(named)}
    return {
        each.id: {
            "site": Ref(id=each.site_id, number=sites[each.site_id].number, name=sites[each.site_id].name),
            "partner": Ref(
                id=each.partner_id, number=partners[each.partner_id].number, name=partners[each.partner_id].legal_name
            ),
        }
        for each in records
    }


async def zone(work: Work, record: Any) -> str:
    """The time zone of a record's site, by whose local days its dates are counted."""
    return (await work.session.get_one(Site, record.site_id)).time_zone
