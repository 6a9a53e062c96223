"""What outlived the recognised inspection on which it rested is suspended, whatever ended that.

A row of mutual recognition ends, by what it says or before; the inspection is too old, decided anew or written against;
a site's day begins at its own hour. Each is seen by looking at all that rests on inspections, and none needs a date.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from gxp.clocks import ONE_DAY
from partner_registry.certificates.model import Certificate
from partner_registry.days import local_day
from partner_registry.names import zone
from partner_registry.qualifications import queries
from partner_registry.qualifications.gaps import CERTIFICATE
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.periods import IN_FORCE
from partner_registry.qualifications.recognised import Foreign, foreign
from partner_registry.sites.model import Site
from runtime.timers import Timer, record_by_record
from runtime.work import Work

NAME = "recognition-outlived"
REASON = "neither a certificate nor a recognised inspection covers it any more"


def bare_since(found: Qualification, held: list[Certificate], abroad: Foreign, zone: str, now: datetime) -> date | None:
    """Since which local day of the site nothing carries it, at most since it began; None where something does today.

    ``held`` are the site's certificates, ``abroad`` is what may be recognised of it.
    """
    scope, day = (found.activity, found.dosage_form), local_day(now, zone)
    begun, first = found.valid_from or day, None
    while day >= begun and not (queries.covering(held, *scope, day) or abroad.recognised(held, *scope, day, now)):
        first, day = day, day - ONE_DAY
    return first


async def _bare(work: Work) -> dict[UUID, date]:
    """Those in force at sites of which an inspection may be recognised that nothing carries today, since which day."""
    abroad, bare = await foreign(work), {}
    ids, of = {each.site_id for each in abroad.inspections}, Qualification
    sites = {each.id: each for each in await work.session.scalars(select(Site).where(col(Site.id).in_(ids)))}
    there = select(of).where(col(of.site_id).in_(ids), col(of.state).in_(IN_FORCE))
    in_force = [*await work.session.scalars(there)]
    for activity in {each.activity for each in in_force}:
        held = [*await work.session.scalars(queries.held_for(activity).where(col(Certificate.site_id).in_(ids)))]
        for found in in_force:
            if found.activity == activity:
                own = [each for each in held if each.site_id == found.site_id]
                since = bare_since(found, own, abroad.of(found.site_id), sites[found.site_id].time_zone, work.now)
                bare.update({found.id: since} if since else {})
    return bare


async def _run(work: Work) -> None:
    bare = await _bare(work)

    async def suspend(work: Work, found: Qualification) -> None:
        if not await queries.certificates(work, found):
            where = await zone(work, found)
            work.publish(found.lose_ground(REASON, bare[found.id], where, work.now, CERTIFICATE), of=found)

    these: Any = select(Qualification).where(col(Qualification.id).in_(bare)).order_by(col(Qualification.id))
    await record_by_record(NAME, outlived.seconds, Qualification, lambda _: these, suspend).run(work)


outlived = Timer(NAME, 30.0, _run)
