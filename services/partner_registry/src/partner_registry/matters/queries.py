"""Reads of what is open at partners."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, exists, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from partner_registry.matters.decisions import WorkInProgress
from partner_registry.matters.model import OF_COMMERCE, OF_WORK, TOLD, WORK, KnownMatter, MatterKind
from partner_registry.partners.succession import aliases, predecessors, with_place_of
from runtime import handled
from runtime.work import Work

GROUP: Final = "matters"
"""The group of the handlers: a release that begins to keep matters is given the whole history."""
COMMERCE: Final = "commerce"
"""The group in which those of ``OF_COMMERCE`` are heard once more, for lots were not kept at first."""
_of: Any = KnownMatter
IS_OPEN: Final = or_(_of.ended_at.is_(None), _of.reopened_at >= _of.ended_at)
FIRST_MADE: Final = func.min(func.coalesce(_of.made_on, func.date(func.timezone("UTC", _of.ended_at))))
"""Of batches that were released: of one of which nobody told when it was made, the day of its release."""
_sold: Any = aliased(KnownMatter)
TESTED_FOR_A_MARKET: Final = and_(
    _of.kind == MatterKind.test_order,
    _of.made_on.is_not(None),
    exists(select(_sold.id).where(_sold.lot_id == _of.lot_id, _sold.kind == MatterKind.batch, _sold.marketed)),
)
"""Orders of which the lot was released to a market."""
FIRST_TESTED: Final = func.min(_of.made_on)
"""When the first of them was completed."""
_OLDEST: Final = (_of.since, _of.number, _of.id)


async def work_of(work: Work, partners: Collection[UUID]) -> Mapping[UUID, Sequence[KnownMatter]]:
    """The batches and orders that are open at partners, and at those whose place they have; the oldest first."""
    others = await with_place_of(work, partners)
    whose = _of.partner_id.in_({*partners, *others})
    found = select(_of).where(whose, _of.kind.in_(WORK), IS_OPEN).order_by(*_OLDEST)
    by_partner: defaultdict[UUID, list[KnownMatter]] = defaultdict(list)
    for each in await work.session.scalars(found):
        by_partner[others.get(each.partner_id, each.partner_id)].append(each)
    return by_partner


async def batches_at(work: Work, sites: Collection[UUID]) -> Sequence[KnownMatter]:
    """The batches that are open at sites, the oldest first."""
    found = select(_of).where(_of.site_id.in_(sites), _of.kind == "batch", IS_OPEN).order_by(*_OLDEST)
    return (await work.session.scalars(found)).all()


async def open_at(work: Work, partner_id: UUID) -> Sequence[KnownMatter]:
    """All that is open at a partner, or at one whose place it has; an investigation also where the lot is its own, and
    the laboratory another's."""
    its_own = {partner_id, *await with_place_of(work, [partner_id])}
    its = or_(_of.partner_id.in_(its_own), _of.lot_partner_id.in_(its_own))
    return (await work.session.scalars(select(_of).where(its, IS_OPEN).order_by(_of.kind, *_OLDEST))).all()


async def first_commercial(work: Work, partners: Collection[UUID]) -> Mapping[UUID, Any]:
    """When partners made the first batch that was released to a market, or tested it; also under an alias."""
    younger = await aliases(work, partners)
    own, by = _of.partner_id.in_({*partners, *younger}), _of.partner_id
    made = select(by, FIRST_MADE).where(own, col(_of.marketed)).group_by(by)
    tested = select(by, FIRST_TESTED).where(own, TESTED_FOR_A_MARKET).group_by(by)
    found: dict[UUID, Any] = {}
    for partner, day in [*await work.session.execute(made), *await work.session.execute(tested)]:
        for each in {partner, younger.get(partner, partner)}:
            found[each] = min(day, found.get(each, day))
    return found


async def testers_of(work: Work, lots: Collection[UUID]) -> set[UUID]:
    """The partners that completed an order of lots."""
    orders = (_of.kind == MatterKind.test_order, _of.lot_id.in_(lots), _of.partner_id.is_not(None))
    return {*await work.session.scalars(select(_of.partner_id).where(*orders))} if lots else set()


async def unread_commerce(work: Work) -> Sequence[str]:
    """Of what may not be known by which a partner supplies a market, or tests for one."""
    return await handled.unread(work, *((fact, COMMERCE) for fact in OF_COMMERCE), everywhere=False)


async def unread_work(work: Work) -> Sequence[str]:
    """Of what the newest facts may not be known, so that more or less work may be open than is known here."""
    return await handled.unread(work, *((fact, GROUP) for fact in OF_WORK), everywhere=False)


async def unread(work: Work) -> Sequence[str]:
    """The same of work and of quality events."""
    return await handled.unread(work, *((fact, GROUP) for fact in TOLD), everywhere=False)


async def in_progress(work: Work, partner: Any) -> WorkInProgress:
    """The work that is open at a partner, and whether that is all that there is."""
    found = (await work_of(work, [partner.id])).get(partner.id, ())
    its_own = {partner.id, *await predecessors(work, [partner.id])}
    elsewhere = {each.id for each in found if each.partner_id not in its_own}
    return WorkInProgress({each.id: each for each in found}, not await unread_work(work), elsewhere)
