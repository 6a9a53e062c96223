"""Reads of registrations."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contracts import Role
from contracts.registrations import ApplicationType
from partner_registry.days import local_day
from partner_registry.entities.named import entities_of
from partner_registry.entries import known_at
from partner_registry.names import names_of, sites_of
from partner_registry.products.model import Product
from partner_registry.registrations.course import content_on, part_on, state_on
from partner_registry.registrations.model import RegisteredSite, Registration
from partner_registry.registrations.schemas import RegisteredSiteRead, RegistrationOnDay, RegistrationRead
from runtime.access import READERS, SPONSORS
from runtime.work import Work
from serving.listing import equal
from serving.shown import Ref

OURS: frozenset[Role] = READERS & SPONSORS
FILTERS = equal(
    Registration,
    *("number", "state", "product_id", "market", "regime"),
    legal_entity_id=UUID,
    application_type=ApplicationType,
)
SITE_FILTERS = equal(RegisteredSite, *("product_id", "product_code", "market", "site_id", "partner_id", "activity"))


async def show(work: Work, registrations: Sequence[Registration]) -> list[RegistrationRead]:
    """The registrations with their products and holders."""
    asked = select(Product).where(col(Product.id).in_({each.product_id for each in registrations}))
    products = {each.id: each for each in await work.session.scalars(asked)}
    entities = await entities_of(work, registrations)
    shown = []
    for one in registrations:
        product = products[one.product_id]
        named: Any = {"product": Ref(id=product.id, number=product.code, name=product.name)}
        named |= {"entity": entities.get(one.legal_entity_id)}
        shown.append(RegistrationRead.model_validate(dict(one) | named))
    return shown


async def show_sites(work: Work, rows: Sequence[RegisteredSite]) -> list[RegisteredSiteRead]:
    """The rows with names, and what is registered today at the site."""
    sites = await sites_of(work, rows)
    names = await names_of(work, rows, sites)
    shown = []
    for one in rows:
        today = local_day(work.now, sites[one.site_id].time_zone)
        part: Any = {"registered": part_on(one.known[-1]["steps"], today) if one.known else None}
        shown.append(RegisteredSiteRead.model_validate(dict(one) | names[one.id] | part))
    return shown


def on_day(found: Registration, day: date, as_of: datetime) -> RegistrationOnDay:
    """What was registered on a day, as it was known at an instant."""
    entries = known_at(found.entries, as_of)
    content: Any = content_on(entries, day)
    return RegistrationOnDay(on=day, as_of=as_of, state=state_on(entries, day), content=content)
