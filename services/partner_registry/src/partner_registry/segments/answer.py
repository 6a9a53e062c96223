"""Which segment of a partner counts, or was known to count at an instant. The sponsor's alone."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from sqlmodel import col, select

from contracts.oversight import Segment
from partner_registry.known import KnownAt, as_known, found_as_known, why_none
from partner_registry.partners.model import Partner
from partner_registry.segments.model import Segmentation
from partner_registry.segments.schemas import SegmentationState
from runtime.access import READERS, SPONSORS, allowed
from runtime.routes import Query as Reading
from runtime.routes import QueryRoute
from serving.shown import Answer, Ref

router = APIRouter(prefix="/segmentations", tags=["segmentations"], route_class=QueryRoute)


class SegmentAnswer(Answer):
    """The segment of a partner that was confirmed, as it was known at an instant."""

    partner: Ref
    as_of: datetime
    kept: bool
    segmentation: Ref | None
    """The record by which it counted; null where none was confirmed."""
    segment: Segment | None
    score: Decimal | None
    why: str | None
    stale: bool
    """A criterion was missing, a year had passed, or the partner had another owner."""
    confirmed_at: datetime | None
    why_not: list[str]


@router.get("/answer", name="answer")
@allowed(*(READERS & SPONSORS))
async def answer(
    work: Reading,
    partner_id: UUID,
    as_of: Annotated[KnownAt | None, Query(description="By what was known then.")] = None,
) -> SegmentAnswer:
    """The segment of a partner, as it was confirmed for its own number. Raises NotFound for an unknown one."""
    partner = await work.get(Partner, partner_id)
    kept = bool(await as_known(work, [partner], as_of))
    own = select(Segmentation).where(Segmentation.partner_id == partner.id).order_by(col(Segmentation.id))
    known = await found_as_known(work, own, as_of)
    counted = next((each for each in known if each.state == SegmentationState.confirmed), None)
    lacks = None if counted else f"no segment of {partner.number} was confirmed"
    return SegmentAnswer(
        partner=Ref(id=partner.id, number=partner.number, name=partner.legal_name),
        as_of=as_of or work.now,
        kept=kept,
        segmentation=Ref(id=counted.id, number=counted.number) if counted else None,
        segment=counted.segment if counted else None,
        score=counted.score if counted else None,
        why=counted.why if counted else None,
        stale=counted is not None and counted.stale,
        confirmed_at=counted.confirmed_at if counted else None,
        why_not=why_none(partner, kept=kept, lacks=lacks),
    )
