"""Use cases of partners."""

from uuid import UUID

from partner_registry.duplicates import known
from partner_registry.duplicates.commands import look_for
from partner_registry.entities.model import LegalEntity
from partner_registry.identifiers import commands as identifiers
from partner_registry.identifiers.schemas import RecordIdentifier
from partner_registry.identifiers.schemes import Scheme
from partner_registry.matters.queries import in_progress
from partner_registry.matters.schemas import DecideWorks, SuspendPartner
from partner_registry.partners import causes, company, suspension
from partner_registry.partners.model import Partner
from partner_registry.partners.schemas import DescribePartner, RegisterPartner
from partner_registry.qualifications.queries import is_qualified
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.work import Work


async def register(work: Work, body: RegisterPartner) -> Partner:
    """Register a partner with the entity by which it is known; it begins as a prospect.

    A known DUNS, or name in the country, is refused.
    """
    await known.one_at_a_time(work)
    await known.refuse_name(work, body.legal_name, body.country)
    if body.duns:
        await identifiers.refuse_known(work, Scheme.duns, body.duns)
    partner, registered = Partner.register(
        number=await next_number(work, "P", "partner_number"),
        registered_by=work.principal.subject,
        now=work.now,
        **body.model_dump(),
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
    if body.duns:
        await identifiers.keep(work, RecordIdentifier(partner_id=partner.id, scheme=Scheme.duns, value=body.duns))
    await look_for(work, partner)
    return partner


async def suspend(work: Work, partner_id: UUID, body: SuspendPartner) -> Partner:
    """Suspend it, for causes that facts propose or for what else there is.

    Raises RuleViolated for a cause that none proposes. It is suspended under each number of its company.
    """
    partner, others = await company.held(work, partner_id)
    proposed = (await causes.proposed(work, [partner.id])).get(partner.id, [])
    named = suspension.named(body.causes, proposed, partner.number)
    open_work = await in_progress(work, partner)
    work.publish(partner.suspend(body.reason, body.decisions, open_work, work.now, named), of=partner)
    await causes.keep(work, partner, named)
    await company.suspend(work, others, company.STOPPED, body.decisions)
    return partner


async def activate(work: Work, partner_id: UUID, body: Reason) -> Partner:
    """Give it work again, or for the first time: under each number of its company, for nothing holds of any."""
    partner, others = await company.held(work, partner_id)
    company.check_stays(partner, others)
    both = [partner, *others]
    holding = [one for found in (await causes.proposed(work, [each.id for each in both])).values() for one in found]
    qualified = any([await is_qualified(work, each) for each in both])
    work.publish(partner.activate(body.reason, qualified, work.now, holding), of=partner)
    await company.activate(work, others)
    return partner


async def decide_work(work: Work, partner_id: UUID, body: DecideWorks) -> Partner:
    """Say what becomes of open work, under whichever number of the company it was begun."""
    partner, others = await company.held(work, partner_id)
    open_work = await in_progress(work, partner)
    work.publish(partner.decide_work(body.decisions, open_work, work.now), of=partner)
    await company.decide(work, others, body.decisions)
    return partner


async def describe(work: Work, partner_id: UUID, body: DescribePartner) -> Partner:
    """Say what else it is known by, and ask whether a partner that has the same is the same one."""
    await known.one_at_a_time(work)
    partner = await work.get(Partner, partner_id)
    partner.describe(body.trade_names, body.website)
    work.publish(of=partner)
    await look_for(work, partner)
    return partner
