"""Use cases of partners."""

from sqlmodel import select

from partner_registry.duplicates import known
from partner_registry.entities.model import LegalEntity
from partner_registry.partners.model import Partner
from partner_registry.partners.schemas import RegisterPartner
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work


async def register(work: Work, body: RegisterPartner) -> Partner:
    """Register a partner with the entity by which it is known; it begins as a prospect.

    A known DUNS, or name in the country, is refused.
    """
    await known.one_at_a_time(work)
    await known.refuse_name(work, body.legal_name, body.country)
    if body.duns and (other := await work.session.scalar(select(Partner).where(Partner.duns == body.duns))):
        raise RuleViolated(f"{other.legal_name} ({other.number}) has this DUNS")
    partner, registered = Partner.register(
        number=await next_number(work, "P", "partner_number"), now=work.now, **body.model_dump()
    )
    work.add(partner)
    work.publish(registered, of=partner)
    await work.session.flush()  # its entity names it
    principal = LegalEntity.record(
        number=await next_number(work, "LE", "legal_entity_number"),
        partner_id=partner.id,
        principal=True,
        legal_name=body.legal_name,
        country=body.country,
        by=work.principal.subject,
        now=work.now,
    )
    work.add(principal)
    return partner
