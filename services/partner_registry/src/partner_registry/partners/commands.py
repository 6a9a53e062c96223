"""Use cases of partners."""

from sqlmodel import or_, select

from partner_registry.partners.model import Partner, normalised
from partner_registry.partners.schemas import RegisterPartner
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work


async def register(work: Work, body: RegisterPartner) -> Partner:
    """Register a partner; it begins as a prospect. A known DUNS, or name in the country, is refused."""
    same_name = (Partner.normalised_name == normalised(body.legal_name)) & (Partner.country == body.country)
    same = or_(same_name, Partner.duns == body.duns) if body.duns else same_name
    if known := await work.session.scalar(select(Partner).where(same)):
        raise RuleViolated(f"{known.legal_name} ({known.number}) has this DUNS, or this name in this country")
    partner, registered = Partner.register(
        number=await next_number(work, "P", "partner_number"), now=work.now, **body.model_dump()
    )
    work.add(partner)
    work.publish(registered, of=partner)
    return partner
