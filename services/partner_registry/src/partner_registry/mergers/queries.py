"""Reads of mergers."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, union_all
from sqlmodel import col, or_, select

from partner_registry.entities.model import LegalEntity
from partner_registry.exits.model import PartnerExit
from partner_registry.exits.schemas import ExitState
from partner_registry.mergers.model import TO_COME, PartnerMerger, against
from partner_registry.mergers.schemas import MergerState, PartnerMergerRead
from partner_registry.names import partners_of
from partner_registry.partner_products.owners import otherwise_known
from partner_registry.partners.model import Partner
from partner_registry.sites.model import Site
from partner_registry.transfers.queries import announced_with
from partner_registry.unions.queries import in_state_with
from partner_registry.unions.schemas import UnionState
from runtime.problems import RuleViolated
from runtime.work import Work
from serving.listing import days, equal

FILTERS = equal(PartnerMerger, *("number", "state", "partner_id", "successor_id")) | days(
    PartnerMerger.effective_on, "it takes effect"
)


async def show(work: Work, mergers: Sequence[PartnerMerger]) -> list[PartnerMergerRead]:
    """The mergers with names, and of those that are to come what stands against them."""
    names = await partners_of(work, mergers) | await partners_of(work, mergers, "successor_id")
    shown = []
    for one in mergers:
        more: dict[str, Any] = {"partner": names[one.partner_id], "successor": names[one.successor_id]}
        more |= {"missing": await missing(work, one) if one.state in TO_COME else []}
        shown.append(PartnerMergerRead.model_validate(dict(one) | more))
    return shown


async def missing(work: Work, merger: PartnerMerger) -> list[str]:
    """What stands against a merger now, in words."""
    merging = await work.session.get_one(Partner, merger.partner_id)
    successor = await work.session.get_one(Partner, merger.successor_id)
    both = (merging.id, successor.id)
    exits = [number for each in both for number in await work.session.scalars(prepared_of(each))]
    sales = {number for each in both for number in await work.session.scalars(announced_with(each))}
    alive = in_state_with([merging.id], UnionState.proposed, UnionState.united)
    unions = (await work.session.scalars(alive)).all()
    sites = (await work.session.scalars(sites_of(merging.id))).all()
    codes = (await work.session.scalars(otherwise_known(*both, merger.effective_on))).all()
    back = await back_into(work, *both, {MergerState.agreed})
    beside: dict[str, Any] = {"exits": exits, "sales": sorted(sales), "unions": unions, "codes": codes, "back": back}
    return against(merging, successor, sites, merger.effective_on, **beside)


def sites_of(partner_id: UUID) -> Select[Any]:
    """All sites of a partner, in the order in which they are locked."""
    return select(Site).where(Site.partner_id == partner_id).order_by(col(Site.id))


def principal_of(partner_id: UUID) -> Select[Any]:
    """The entity by which a partner is known."""
    return select(LegalEntity).where(LegalEntity.partner_id == partner_id, col(LegalEntity.principal))


def prepared_of(partner_id: UUID) -> Select[Any]:
    """The numbers of exits of a partner that are being prepared."""
    return select(PartnerExit.number).where(
        PartnerExit.partner_id == partner_id, PartnerExit.state == ExitState.preparing
    )


def to_come_of(partner_id: UUID) -> Select[Any]:
    """The numbers of mergers by which a partner is to cease."""
    of = PartnerMerger
    return select(of.number).where(of.partner_id == partner_id, col(of.state).in_(TO_COME)).order_by(col(of.number))


def to_come_with(partner_id: UUID) -> Select[Any]:
    """The numbers of mergers that are to come, of a partner or into it."""
    of = PartnerMerger
    whose = or_(col(of.partner_id) == partner_id, col(of.successor_id) == partner_id)
    return select(of.number).where(whose, col(of.state).in_(TO_COME)).order_by(col(of.number))


async def refuse_beside(work: Work, to_come: Select[Any], whose: str) -> None:
    """Raises RuleViolated with the first of some mergers, by their numbers, where there is one; ``whose`` in words."""
    if number := await work.session.scalar(to_come):
        raise RuleViolated(f"{number} is to come for {whose}: call that off, or wait for it")


async def back_into(work: Work, merging: UUID, successor: UUID, states: Collection[MergerState]) -> Sequence[str]:
    """The number of the merger by which what the successor becomes would merge into the first one; of a ring the last.

    A partner merges into one other at most, so that there is one way on from each.
    """
    of, at, seen = PartnerMerger, successor, set[UUID]()
    while at not in seen:
        seen.add(at)
        onward = select(of).where(of.partner_id == at, col(of.state).in_(states))
        found = await work.session.scalar(onward)
        if found is None:
            return ()
        if found.successor_id == merging:
            return (found.number,)
        at = found.successor_id
    return ()


def sold_or_merged(partner_id: UUID) -> Any:
    """The numbers of sales and mergers that are to come, of a partner or to it."""
    return union_all(announced_with(partner_id), to_come_with(partner_id))


def to_take_effect(work: Work) -> Select[Any]:
    """Those that two people agreed on, and whose day has come."""
    of = PartnerMerger
    come = (of.state == MergerState.agreed, col(of.effective_at) <= work.now)
    return select(of).where(*come).order_by(col(of.id))
