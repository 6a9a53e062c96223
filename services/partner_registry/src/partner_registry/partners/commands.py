"""Use cases of partners."""

from uuid import UUID

from sqlmodel import or_, select

from partner_registry.partners.model import Partner, normalised
from partner_registry.partners.schemas import RegisterPartner
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work


async def register(work: Work, body: RegisterPartner) -> Partner:
    """Register a partner. Raises RuleViolated for one that is known already."""
    same_name = (Partner.normalised_name == normalised(body.legal_name)) & (Partner.country == body.country)
    same = or_(same_name, Partner.duns == body.duns) if body.duns else same_name
    if known := await work.session.scalar(select(Partner).where(same)):
        raise RuleViolated(f"{known.legal_name} ({known.number}) has this DUNS, or this name in this country")
    partner, registered = Partner.register(
        number=await next_number(work, "P", "partner_number"),
        legal_name=body.legal_name,
        kind=body.kind,
        country=body.country,
        duns=body.duns,
        now=work.now,
    )
    work.add(partner)
    work.publish(registered, of=partner)
    return partner


async def activate(work: Work, partner_id: UUID, reason: str) -> Partner:
    """Make a prospect or suspended partner active."""
    partner = await work.get(Partner, partner_id)
    work.publish(partner.activate(reason, work.now), of=partner)
    return partner


async def suspend(work: Work, partner_id: UUID, reason: str) -> Partner:
    """Give the partner no new work for now."""
    partner = await work.get(Partner, partner_id)
    work.publish(partner.suspend(reason, work.now), of=partner)
    return partner


async def exit(work: Work, partner_id: UUID, reason: str) -> Partner:
    """End the relation."""
    partner = await work.get(Partner, partner_id)
    work.publish(partner.exit(reason, work.now), of=partner)
    return partner
