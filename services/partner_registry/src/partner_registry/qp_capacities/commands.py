"""Use cases of who may certify, and the warning that nobody will."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from gxp.clocks import ONE_DAY
from partner_registry.entities.named import name_for
from partner_registry.identifiers.owners import SOLD
from partner_registry.partners.model import Partner
from partner_registry.qp_capacities import queries
from partner_registry.qp_capacities.model import QpCapacity
from partner_registry.qp_capacities.schemas import EndQp, NameQp, QpNamingState, WithdrawQp
from partner_registry.sites.held import held
from partner_registry.sites.model import Site
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work


async def name(work: Work, body: NameQp) -> QpCapacity:
    """Name a person, who certifies once somebody else has confirmed it. Raises a 403 Problem for oneself.

    Raises NotFound for an unknown site, partner or capacity, RuleViolated where they do not fit.
    """
    if body.partner_id and await work.session.get(Partner, body.partner_id) is None:
        raise NotFound("partner", body.partner_id)
    zones = {each: await _own(work, each, body.partner_id) for each in sorted(body.site_ids)}
    if body.deputy_of:
        of = await work.session.get(QpCapacity, body.deputy_of)
        if of is None:
            raise NotFound("qp capacity", body.deputy_of)
        if (of.regime, of.authorisation) != (body.regime, body.authorisation):
            raise RuleViolated(f"{of.number} is on {of.authorisation} for {of.regime}: a deputy is on the same one")
    given = body.model_dump()
    if body.legal_entity_id:
        whose = {None, body.partner_id}
        given["legal_entity"] = await name_for(work, body.legal_entity_id, body.valid_from, whose)
    named = QpCapacity.name(
        **given,
        number=await next_number(work, "QPC", "qp_capacity_number"),
        recorded_by=work.principal.subject,
        zone=zones[body.site_ids[0]],
    )
    work.subject = work.add(named)
    return named


async def end(work: Work, qp_capacity_id: UUID, body: EndQp) -> QpCapacity:
    """Say the last day; where that is over and nobody else is named, that nobody may certify."""
    found = await work.get(QpCapacity, qp_capacity_id)
    covered = await queries.is_covered(work, found, body.valid_to)
    zone = await _zone(work, found.site_ids[0])
    work.publish(*found.end(body.valid_to, body.reason, zone, covered, work.now), of=found)
    return found


async def withdraw(work: Work, qp_capacity_id: UUID, body: WithdrawQp) -> QpCapacity:
    """Take it back from a day on; where that has come and nobody else is named, say that nobody may certify."""
    found = await work.get(QpCapacity, qp_capacity_id)
    covered = await queries.is_covered(work, found, body.effective_on - ONE_DAY)
    zone = await _zone(work, found.site_ids[0])
    work.publish(*found.withdraw(body.effective_on, body.reason, zone, covered, work.now), of=found)
    return found


async def pass_on(work: Work, site: Site, seller_id: UUID, on: date) -> None:
    """The site is sold since a day: the seller's persons certify for it until then, and who bought it names its own."""
    await work.flush()
    of = QpCapacity
    theirs = select(of).where(of.partner_id == seller_id, col(of.site_ids).contains([site.id]))
    held = theirs.where(of.state != QpNamingState.rejected).order_by(col(of.id)).with_for_update()
    for found in (await work.session.scalars(held.execution_options(populate_existing=True))).all():
        told = found.lose_site(site.id, on, work.now)
        if found.outlasts_its_sites and (last := found.last_at_a_site):
            covered = await queries.is_covered(work, found, last)
            told = found.cease(SOLD, site.time_zone, covered, work.now)
        work.publish(*told, of=found)
        await work.flush()  # of two on one authorisation the second is the last one


async def _own(work: Work, site_id: UUID, partner_id: UUID | None) -> str:
    """The zone of a site, which is not sold meanwhile. Raises RuleViolated for another partner's than the person's."""
    site = await held(work, site_id)
    if partner_id and site.partner_id != partner_id:
        raise RuleViolated(f"{site.number} is another partner's: a partner's person certifies for its own sites")
    return site.time_zone


async def _zone(work: Work, site_id: UUID) -> str:
    return (await work.session.get_one(Site, site_id)).time_zone


async def _warn(work: Work, found: QpCapacity) -> None:
    work.publish(found.warn(work.now), of=found)


ending = record_by_record("qp-coverage-ending", 30.0, QpCapacity, queries.to_warn_of, _warn)
