"""Use cases of two registrations of one company."""

from uuid import UUID

from sqlmodel import select

from contracts.companies import PartnersUnified
from partner_registry.duplicates import commands as duplicates
from partner_registry.duplicates import known
from partner_registry.locking import hold_partners
from partner_registry.mergers.queries import refuse_beside, to_come_of
from partner_registry.oversight import commands as oversight
from partner_registry.partners import company
from partner_registry.partners.model import Partner
from partner_registry.segments import commands as segments
from partner_registry.sites.model import Site
from partner_registry.transfers.commands import Told
from partner_registry.unions import queries
from partner_registry.unions.model import PartnerUnion
from partner_registry.unions.schemas import ProposeUnion, UnionState
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work


async def propose(work: Work, body: ProposeUnion) -> PartnerUnion:
    """Say that two partners are one company. Raises NotFound, and RuleViolated where one is united, or to be."""
    await known.one_at_a_time(work)
    await hold_partners(work, (body.partner_id, body.other_id))
    one, other = await work.get(Partner, body.partner_id), await work.get(Partner, body.other_id)
    for each in (one, other):
        each.check_goes_on()
        await refuse_beside(work, to_come_of(each.id), each.number)
    alive = queries.in_state_with([one.id, other.id], UnionState.proposed, UnionState.united)
    if number := await work.session.scalar(alive):
        raise RuleViolated(f"{number} is about one of the two: call that off or split it, and unite each with one")
    number = await next_number(work, "UNI", "partner_union_number")
    who = work.principal.subject
    work.subject = work.add(PartnerUnion.propose(one=one, other=other, reason=body.reason, number=number, by=who))
    return work.subject


async def unite(work: Work, partner_union_id: UUID) -> PartnerUnion:
    """A second person agrees, which also answers whether they look alike.

    Who is given no work under one number is given none under the other.
    """
    await known.one_at_a_time(work)
    found = await work.get(PartnerUnion, partner_union_id)
    younger, elder = await _both(work, found)
    others = (await work.session.scalars(queries.in_state_with([younger.id, elder.id], UnionState.united))).all()
    told = found.unite(younger, elder, others, work.principal.subject, work.now)
    await _tell(work, found, younger, told)
    await duplicates.decide(work, younger.id, elder.id, same=True, reason=f"{found.number}: {found.reason}")
    if why := company.why_closed({younger.state, elder.state}):
        await company.suspend(work, (younger, elder), why)
    return found


async def split(work: Work, partner_union_id: UUID, body: Reason) -> PartnerUnion:
    """They are two after all."""
    await known.one_at_a_time(work)
    found = await work.get(PartnerUnion, partner_union_id)
    younger, elder = await _both(work, found)
    told = found.split(younger, elder, body.reason, work.principal.subject, work.now)
    await _tell(work, found, younger, told)
    await duplicates.decide(work, younger.id, elder.id, same=False, reason=f"{found.number}: {body.reason}")
    return found


async def follow(work: Work, fact: PartnersUnified) -> None:
    """The sites of both are looked at by the elder's segment, or each by its own again: by how it stands now."""
    await segments.follow(work, [fact.partner_id, fact.elder_id])
    both = select(Site).where(Site.partner_id == fact.partner_id).order_by("id")
    for site in (await work.session.scalars(both)).all():
        await oversight.owned_anew(work, site, "one company" if not fact.undone else "two companies")


async def _both(work: Work, found: PartnerUnion) -> tuple[Partner, Partner]:
    await hold_partners(work, (found.partner_id, found.elder_id))
    return await work.get(Partner, found.partner_id), await work.get(Partner, found.elder_id)


async def _tell(work: Work, found: PartnerUnion, younger: Partner, told: PartnersUnified) -> None:
    work.publish(of=found)
    work.publish(of=younger)
    await work.flush()  # the partner has the version with which the fact is told
    work.publish(told, of=Told([], younger.version))
