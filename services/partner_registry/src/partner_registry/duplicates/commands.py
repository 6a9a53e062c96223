"""Use cases of partners that may be one company."""

from collections import defaultdict
from uuid import UUID

from sqlmodel import col, or_, select

from partner_registry.duplicates.model import DuplicateCandidate
from partner_registry.duplicates.schemas import DuplicateState
from partner_registry.duplicates.similarity import Company, grounds
from partner_registry.entities.course import periods
from partner_registry.entities.model import LegalEntity
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.partners.naming import normalised
from partner_registry.partners.succession import aliases, elders
from runtime.numbers import next_number
from runtime.work import Work


async def look_for(work: Work, partner: Partner) -> None:
    """Ask of each partner that looks like this one whether it is the same. What was asked is not asked again.

    Called while nobody else says which companies there are: see ``known.one_at_a_time``. Compared here with every
    partner: 0.1 s for 1,000 of them with three names each, once a registration. The database would compare other
    letters: pg_trgm takes no Cyrillic а for an a, and which of them are letters at all is its locale's to say.
    """
    await work.session.flush()
    partners = [*await work.session.scalars(select(Partner).order_by(col(Partner.created_at)))]
    names = await _names(work, partners)
    companies = {each.id: Company(names[each.id], each.website) for each in partners}
    asked = await _asked(work, partner.id) | {each.id for each in partners if each.state == PartnerState.absorbed}
    asked |= {*await aliases(work, [partner.id]), *(await elders(work, [partner.id])).values()}
    for other in partners:
        if other.id in asked or other.id == partner.id:
            continue
        if why := grounds(companies[partner.id], companies[other.id]):
            later, earlier = (partner, other) if _age(partner) > _age(other) else (other, partner)
            candidate = DuplicateCandidate(
                number=await next_number(work, "DUP", "duplicate_number"),
                partner_id=later.id,
                other_id=earlier.id,
                grounds=why,
            )
            work.session.add(candidate)


async def decide(work: Work, younger_id: UUID, elder_id: UUID, *, same: bool, reason: str) -> None:
    """What was asked of a pair, if anything, is answered by what was decided of its records."""
    of, pair = DuplicateCandidate, (younger_id, elder_id)
    asked = select(of).where(col(of.partner_id).in_(pair), col(of.other_id).in_(pair)).with_for_update()
    for each in (await work.session.scalars(asked)).all():
        if same and each.state != DuplicateState.same:
            each.call_same(reason, work.principal.subject, work.now)
        elif not same and each.state != DuplicateState.different:
            each.call_different(reason, work.principal.subject, work.now)
        work.publish(of=each)


def _age(partner: Partner) -> tuple[object, UUID]:
    return partner.created_at, partner.id


async def _names(work: Work, partners: list[Partner]) -> dict[UUID, set[str]]:
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for each in partners:
        found[each.id] |= {normalised(name) for name in each.trade_names}
    theirs = select(LegalEntity.partner_id, LegalEntity.entries).where(col(LegalEntity.partner_id).is_not(None))
    for partner_id, entries in await work.session.execute(theirs):
        found[partner_id] |= {normalised(period["legal_name"]) for period in periods(entries)}
    return found


async def _asked(work: Work, partner_id: UUID) -> set[UUID]:
    of = DuplicateCandidate
    rows = await work.session.scalars(select(of).where(or_(of.partner_id == partner_id, of.other_id == partner_id)))
    return {id for row in rows for id in (row.partner_id, row.other_id)}
