"""Which partners merged into which, and which are one company: whose records are read with whose."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlmodel import col, or_, select

from partner_registry.partners.model import Partner
from partner_registry.unions.model import PartnerUnion
from partner_registry.unions.schemas import UnionState
from runtime.work import Work
from serving.listing import Filter
from serving.shown import Ref

_of: Any = PartnerUnion
_UNITED = _of.state == UnionState.united


async def aliases(work: Work, partners: Collection[UUID]) -> Mapping[UUID, UUID]:
    """The partners that are one company with some that were registered before, each with that; none to a partner."""
    if work.principal.partner_id is not None:
        return {}
    found = select(_of.partner_id, _of.elder_id).where(_of.elder_id.in_(partners), _UNITED)
    return {younger: elder for younger, elder in await work.session.execute(found)}


async def elders(work: Work, partners: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Of some partners those that are an alias, each with the one that was registered before; none to a partner."""
    if work.principal.partner_id is not None:
        return {}
    found = select(_of.partner_id, _of.elder_id).where(_of.partner_id.in_(partners), _UNITED)
    return {younger: elder for younger, elder in await work.session.execute(found)}


async def predecessors(work: Work, partners: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Those that merged into partners, also by way of others, each with the one of these that has its place."""
    found: dict[UUID, UUID] = {}
    level = {each: each for each in partners}
    while level:
        merged = select(Partner.id, Partner.successor_id).where(col(Partner.successor_id).in_(level))
        level = {id: level[successor] for id, successor in await work.session.execute(merged) if successor}
        found |= level
    return found


async def with_place_of(work: Work, partners: Collection[UUID]) -> Mapping[UUID, UUID]:
    """Aliases of partners, and all that merged into these or those, each with the one of these to which it belongs."""
    younger = await aliases(work, partners)
    merged = await predecessors(work, {*partners, *younger})
    return {**younger, **{id: younger.get(into, into) for id, into in merged.items()}}


async def merged_into(work: Work, partners: Collection[UUID]) -> Mapping[UUID, list[Ref]]:
    """Those that merged into each of some partners, by the number."""
    found: defaultdict[UUID, list[Ref]] = defaultdict(list)
    merged = select(Partner).where(col(Partner.successor_id).in_(partners)).order_by(Partner.number)
    for each in await work.session.scalars(merged):
        if each.successor_id:
            found[each.successor_id].append(Ref(id=each.id, number=each.number, name=each.legal_name))
    return found


async def same_as(work: Work, partners: Collection[UUID]) -> Mapping[UUID, list[Ref]]:
    """The other registrations of each of some partners, by the number; none to a partner."""
    pairs = [*(await aliases(work, partners)).items(), *(await elders(work, partners)).items()]
    ids = {each for pair in pairs for each in pair}
    called = {
        each.id: Ref(id=each.id, number=each.number, name=each.legal_name)
        for each in await work.session.scalars(select(Partner).where(col(Partner.id).in_(ids)))
    }
    found: defaultdict[UUID, list[Ref]] = defaultdict(list)
    for one, other in {frozenset(pair) for pair in pairs}:
        found[one].append(called[other])
        found[other].append(called[one])
    return found


def of_partner(model: Any) -> dict[str, Filter]:
    """The filter of a list by partners: to the sponsor also what was written under an alias of theirs."""

    def where(work: Work, partners: Collection[UUID]) -> Any:
        own = model.partner_id.in_(partners)
        if work.principal.partner_id is not None:
            return own
        younger = select(_of.partner_id).where(_of.elder_id.in_(partners), _UNITED)
        return or_(own, model.partner_id.in_(younger))

    return {"partner_id": Filter(UUID, where, "also of what was registered under an alias of it")}
