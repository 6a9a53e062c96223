"""Which partners merged into which, by the partners' own records."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from sqlmodel import col, select

from partner_registry.partners.model import Partner
from runtime.work import Work
from serving.shown import Ref


async def predecessors(work: Work, partners: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Those that merged into partners, also by way of others, each with the one of these that has its place."""
    found: dict[UUID, UUID] = {}
    level = {each: each for each in partners}
    while level:
        merged = select(Partner.id, Partner.successor_id).where(col(Partner.successor_id).in_(level))
        level = {id: level[successor] for id, successor in await work.session.execute(merged) if successor}
        found |= level
    return found


async def merged_into(work: Work, partners: Collection[UUID]) -> Mapping[UUID, list[Ref]]:
    """Those that merged into each of some partners, by the number."""
    found: defaultdict[UUID, list[Ref]] = defaultdict(list)
    merged = select(Partner).where(col(Partner.successor_id).in_(partners)).order_by(Partner.number)
    for each in await work.session.scalars(merged):
        if each.successor_id:
            found[each.successor_id].append(Ref(id=each.id, number=each.number, name=each.legal_name))
    return found
