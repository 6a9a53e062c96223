"""What was said of a site is corrected, with the instants that follow from the days of its zone."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import col, select

from gxp.clocks import first_instant
from partner_registry.certificates.model import Certificate
from partner_registry.qualifications.conditions import next_due
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.periods import LIVING, end_of
from partner_registry.qualifications.queries import living_at
from partner_registry.sites.held import to_hand_over
from partner_registry.sites.model import Activity, Site
from partner_registry.sites.schemas import CorrectSite
from partner_registry.transfers.queries import announced_of
from runtime.problems import NotFound
from runtime.work import Work


async def correct(work: Work, site_id: UUID, body: CorrectSite) -> Site:
    """Correct what is said of a site. Raises NotFound for an unknown one.

    In another zone its days begin and end at other moments: what is still to end or to happen there does so by those.
    """
    if await work.session.get(Site, site_id) is None:
        raise NotFound("site", site_id)
    site = await to_hand_over(work, site_id)
    before = site.time_zone
    given: Any = {name: getattr(body, name) for name in CorrectSite.model_fields}
    work.publish(site.correct(**given, busy=await _busy(work, site), now=work.now), of=site)
    if site.time_zone != before:
        await _count_anew(work, site)
    return site


async def _busy(work: Work, site: Site) -> dict[Activity, str]:
    of = Qualification
    query = select(of.activity, of.number).where(of.site_id == site.id, col(of.state).in_(LIVING)).order_by(of.number)
    return {Activity(activity): number for activity, number in await work.session.execute(query)}


async def _count_anew(work: Work, site: Site) -> None:
    await work.flush()
    held: Any = {"populate_existing": True}
    for found in (await work.session.scalars(living_at(site.id).with_for_update().execution_options(**held))).all():
        found.ends_at = end_of(found.valid_to, site.time_zone) if found.valid_to else None
        found.condition_due_at = next_due(found.conditions, site.time_zone)
    ending = select(Certificate).where(Certificate.site_id == site.id, col(Certificate.ends_at) > work.now)
    locked = ending.order_by(col(Certificate.id)).with_for_update().execution_options(**held)
    for certificate in (await work.session.scalars(locked)).all():
        if certificate.ends_on:
            certificate.ends_at = end_of(certificate.ends_on, site.time_zone)
    if sale := await work.session.scalar(announced_of(site.id).with_for_update()):
        sale.effective_at = first_instant(sale.effective_on, ZoneInfo(site.time_zone))
