"""Whether a site is the only one for something that patients would miss."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlmodel import col, select

from contracts.oversight import SegmentCriterion
from contracts.registrations import RegistrationChanged
from contracts.sites import SiteClosed
from partner_registry.days import local_day
from partner_registry.registrations.model import RegisteredSite
from partner_registry.segments.model import Segmentation
from partner_registry.sites.model import Site
from partner_registry.sites.queries import named_at
from runtime.work import Work

CRITICAL_POINTS: Final = 8
"""From how many points of market criticality on patients would miss what a partner supplies."""


def sole_source_of_critical(sole: bool, counted: Segmentation | None) -> bool | None:
    """Whether a site is the sole source of a product that is critical to its market; None where nobody says how
    critical it is. ``counted`` is the confirmed segmentation of its partner."""
    if not sole:
        return False
    given = counted.criteria if counted else ()
    points = [each["points"] for each in given if each["criterion"] == SegmentCriterion.market_criticality]
    return points[0] >= CRITICAL_POINTS if points else None


async def is_sole_source(work: Work, site: Site) -> bool:
    """Whether no other site that works is registered for what some registration names this one for.

    Of a day that lies ahead, too: one that will be alone is looked at more closely from when that is known.
    """
    day: date = local_day(work.now, site.time_zone)
    return any(each.sole_source for each in await named_at(work, site, day))


async def beside(work: Work, fact: RegistrationChanged | SiteClosed) -> Sequence[Site]:
    """The sites that a registration names or named, or that one names beside a site that closes."""
    row = RegisteredSite
    registration, same = col(row.registration_id), select(row.registration_id)
    if isinstance(fact, RegistrationChanged):
        about = registration == fact.registration_id
    else:
        about = registration.in_(same.where(row.site_id == fact.site_id))
    sites = select(Site).where(col(Site.id).in_(select(row.site_id).where(about))).order_by(col(Site.id))
    return (await work.session.scalars(sites)).all()
