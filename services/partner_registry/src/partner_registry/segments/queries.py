"""Reads of partners' segments."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func
from sqlmodel import col, select

from partner_registry.partners.model import Partner
from partner_registry.segments.model import Segmentation
from partner_registry.segments.schemas import SegmentationRead
from partner_registry.segments.schemas import SegmentationState as State
from runtime.work import Work
from serving.listing import equal, whether
from serving.shown import Ref

FILTERS = equal(Segmentation, *("number", "state", "partner_id", "segment", "stale")) | {
    "overdue": whether(lambda work: func.coalesce(_due(work), False), "its yearly review is due")
}


def _due(work: Work) -> Any:
    return (col(Segmentation.review_due_at) <= work.now) & (col(Segmentation.state) == State.confirmed)


async def show(work: Work, segmentations: Sequence[Segmentation]) -> list[SegmentationRead]:
    """The segmentations with names, and of proposals what they come to."""
    partners = {each.partner_id for each in segmentations}
    named = {each.id: each for each in await work.session.scalars(select(Partner).where(col(Partner.id).in_(partners)))}
    counting = await confirmed_of(work, partners)
    shown = []
    for one in segmentations:
        partner = named[one.partner_id]
        names = {"partner": Ref(id=partner.id, number=partner.number, name=partner.legal_name)}
        preview = {}
        if one.state == State.proposed:
            before = counting.get(one.partner_id)
            preview = asdict(one.comes_to(before.segment if before else None, work.now))
        shown.append(SegmentationRead.model_validate(dict(one) | preview | names))
    return shown


async def confirmed_of(work: Work, partners: Collection[UUID]) -> dict[UUID, Segmentation]:
    """The segmentation that counts, by the partner."""
    found = select(Segmentation).where(
        col(Segmentation.partner_id).in_(partners), Segmentation.state == State.confirmed
    )
    return {each.partner_id: each for each in await work.session.scalars(found)}


def to_review(work: Work) -> Select[Any]:
    """Those that count, and a year has passed, which was not told."""
    return select(Segmentation).where(_due(work), col(Segmentation.stale).is_(False)).order_by(col(Segmentation.id))
