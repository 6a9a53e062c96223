"""Use cases of sites, and what happens to them as time passes."""

from typing import Any
from uuid import UUID

from partner_registry.lines import commands as lines
from partner_registry.locking import hold_sites
from partner_registry.partners.model import Partner
from partner_registry.qualifications import commands as qualifications
from partner_registry.sites import queries
from partner_registry.sites.model import Site
from partner_registry.sites.schemas import CloseSite, MovesFrom, RegisterSite
from partner_registry.sub_suppliers import commands as sub_suppliers
from partner_registry.transfers.queries import announced_of
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work


async def register(work: Work, body: RegisterSite) -> Site:
    """Register a site of a partner. Where its work moves from other premises, those close.

    Raises NotFound for an unknown partner or site.
    """
    if body.moves_from:
        await hold_sites(work, [body.moves_from.site_id])  # who sells it holds it, and then the partner
    (await work.get(Partner, body.partner_id)).check_goes_on()
    former = await _former(work, body.moves_from, body.partner_id) if body.moves_from else None
    site, registered = Site.register(
        number=await next_number(work, "S", "site_number"),
        now=work.now,
        succeeds_id=former.id if former else None,
        **body.model_dump(exclude={"moves_from"}),
    )
    work.subject = work.add(site)
    work.publish(registered, of=site)
    if former and body.moves_from:
        await work.flush()  # the former one names it
        why = f"moves to {site.number}"
        work.publish(former.announce_closing(body.moves_from.closing_on, why, work.now, site), of=former)
    return site


async def announce_closing(work: Work, site_id: UUID, body: CloseSite) -> Site:
    """Say on which day it closes.

    Raises NotFound for an unknown site or successor, RuleViolated for one that is to be sold.
    """
    if body.successor_id:
        await hold_sites(work, (site_id, body.successor_id))
    site = await work.get(Site, site_id)
    await _check_kept(work, site)
    successor = await work.session.get(Site, body.successor_id) if body.successor_id else None
    if body.successor_id and successor is None:
        raise NotFound("site", body.successor_id)
    work.publish(site.announce_closing(body.closing_on, body.reason, work.now, successor), of=site)
    return site


async def _former(work: Work, moved: MovesFrom, partner_id: UUID) -> Site:
    former = await work.get(Site, moved.site_id)
    if former.partner_id != partner_id:
        raise RuleViolated(f"{former.number} belongs to another partner: a site that is sold is no move")
    await _check_kept(work, former)
    return former


async def _check_kept(work: Work, site: Site) -> None:
    """Raises RuleViolated for a site that is to be sold: whether it closes is its owner's plan."""
    if sale := await work.session.scalar(announced_of(site.id)):
        raise RuleViolated(f"{sale.number} is announced for {site.number}: call that off, or wait for it")


async def _close(work: Work, site: Any) -> None:
    work.publish(site.close(work.now), of=site)
    await qualifications.end_with_site(work, site, f"{site.number} is closed", site.closing_on)
    await sub_suppliers.cease(work, site, f"{site.number} is closed", site.closing_on)
    await lines.cease(work, site, f"{site.number} is closed", site.closing_on)


closing = record_by_record("site-closed", 30.0, Site, queries.to_close, _close)
