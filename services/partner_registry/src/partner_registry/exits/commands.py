"""Use cases of partners' exits."""

from uuid import UUID

from sqlmodel import select

from partner_registry.exits.model import PartnerExit
from partner_registry.exits.schemas import ExitState, PrepareExit
from partner_registry.matters.queries import open_at, unread
from partner_registry.mergers.queries import refuse_beside, sold_or_merged, to_come_with
from partner_registry.partners import company
from partner_registry.partners.model import Partner, PartnerState
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def prepare(work: Work, body: PrepareExit) -> PartnerExit:
    """Propose that a partner leaves. Raises NotFound, and RuleViolated for one that cannot, or is leaving already."""
    partner = await work.session.get(Partner, body.partner_id, with_for_update=True, populate_existing=True)
    if partner is None:
        raise NotFound("partner", body.partner_id)
    if partner.state not in (PartnerState.active, PartnerState.suspended):
        raise RuleViolated(f"{partner.number} is {partner.state}: one that is active or suspended leaves")
    await refuse_beside(work, to_come_with(partner.id), partner.number)
    of = PartnerExit
    if known := await work.session.scalar(
        select(of).where(of.partner_id == partner.id, of.state == ExitState.preparing)
    ):
        raise RuleViolated(f"{known.number} of {partner.number} is being prepared: complete that")
    number = await next_number(work, "EXIT", "partner_exit_number")
    work.subject = work.add(PartnerExit.prepare(number=number, **body.model_dump(), by=work.principal.subject))
    return work.subject


async def complete(work: Work, partner_exit_id: UUID) -> PartnerExit:
    """Quality agrees: the partner has left, which is told."""
    found = await work.get(PartnerExit, partner_exit_id)
    # Locked: who announces a sale to it sees that it left.
    partner, others = await company.held(work, found.partner_id)
    known_open, blind = await open_at(work, partner.id), await unread(work)
    sales = (await work.session.scalars(sold_or_merged(partner.id))).all()
    found.complete(known_open, blind, work.principal.subject, work.now, sales)
    work.publish(partner.exit(found.reason, work.now), of=partner)
    work.publish(of=found)
    await company.suspend(work, others, company.LEFT)
    return found
