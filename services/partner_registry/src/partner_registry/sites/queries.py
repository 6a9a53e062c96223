"""Reads of sites."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, select

from partner_registry.days import local_day
from partner_registry.partners.succession import of_partner
from partner_registry.products.model import Product
from partner_registry.registrations.model import RegisteredSite, Registration
from partner_registry.sites.model import Site, SiteState
from partner_registry.sites.naming import Naming, naming
from partner_registry.sites.schemas import RegistrationNaming, SiteRead
from runtime.work import Work
from serving.listing import equal
from serving.shown import Ref

FILTERS = equal(Site, "number", "country", "state") | of_partner(Site)


async def show(work: Work, sites: Sequence[Site]) -> list[SiteRead]:
    """The sites; of those that close, the registrations that name them are the sponsor's to know."""
    return [SiteRead.model_validate(dict(one) | {"registrations": await _registrations(work, one)}) for one in sites]


def to_close(work: Work) -> Select[Any]:
    """Those on which the day has come."""
    return select(Site).where(Site.state == SiteState.closing, col(Site.closes_at) <= work.now).order_by(col(Site.id))


async def named_at(work: Work, site: Site, day: date) -> list[Naming]:
    """The registrations that name a site on a day or after it, those first where it is the only one."""
    own = select(RegisteredSite.registration_id).where(RegisteredSite.site_id == site.id)
    registrations = [*await work.session.scalars(select(Registration).where(col(Registration.id).in_(own)))]
    return naming(registrations, site.id, day, await _closed(work, day))


async def _registrations(work: Work, site: Site) -> list[RegistrationNaming] | None:
    if site.closing_on is None or work.principal.partner_id is not None:
        return None
    named = await named_at(work, site, max(site.closing_on, local_day(work.now, site.time_zone)))
    of = select(Product).where(col(Product.id).in_({each.registration.product_id for each in named}))
    products = {each.id: each for each in await work.session.scalars(of)}
    return [
        RegistrationNaming(
            registration=Ref(id=each.id, number=each.number, name=products[each.product_id].name),
            market=each.market, activity=activity, sole_source=sole,
        )
        for sole, each, activity in named
    ]  # fmt: skip


async def _closed(work: Work, day: date) -> Sequence[UUID]:
    return (await work.session.scalars(select(Site.id).where(col(Site.closing_on) <= day))).all()
