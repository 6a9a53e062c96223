"""Reads of partners' segments."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_
from sqlmodel import col, select

from contracts.qualifications import Purpose, QualificationState
from partner_registry.matters.model import KnownMatter
from partner_registry.matters.queries import (
    FIRST_MADE,
    FIRST_TESTED,
    TESTED_FOR_A_MARKET,
    first_commercial,
    unread_commerce,
)
from partner_registry.names import partners_of
from partner_registry.partners.succession import aliases
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.periods import IN_FORCE
from partner_registry.segments.model import Segmentation
from partner_registry.segments.schemas import SegmentationRead
from partner_registry.segments.schemas import SegmentationState as State
from partner_registry.segments.scoring import COMMERCIAL_MONTHS, FIRST_BATCH, NO_QUALIFICATION, NO_YEAR, Told
from partner_registry.unions.model import PartnerUnion
from partner_registry.unions.schemas import UnionState
from runtime.work import Work
from serving.listing import equal, whether

FILTERS = equal(Segmentation, *("number", "state", "partner_id", "segment", "stale")) | {
    "overdue": whether(lambda work: func.coalesce(_due(work), False), "its yearly review is due")
}


def _due(work: Work) -> Any:
    return (col(Segmentation.review_due_at) <= work.now) & (col(Segmentation.state) == State.confirmed)


async def show(work: Work, segmentations: Sequence[Segmentation]) -> list[SegmentationRead]:
    """The segmentations with names, and of proposals what they come to."""
    partners = {each.partner_id for each in segmentations}
    named = await partners_of(work, segmentations)
    counting, told = await confirmed_of(work, partners), await told_of(work, partners)
    shown = []
    for one in segmentations:
        names = {"partner": named[one.partner_id]}
        preview = {}
        if one.state == State.proposed:
            before = counting.get(one.partner_id)
            preview = asdict(one.comes_to(before.segment if before else None, told[one.partner_id], work.now))
        shown.append(SegmentationRead.model_validate(dict(one) | preview | names))
    return shown


async def confirmed_of(work: Work, partners: Collection[UUID]) -> dict[UUID, Segmentation]:
    """The segmentation that counts, by the partner."""
    found = select(Segmentation).where(
        col(Segmentation.partner_id).in_(partners), Segmentation.state == State.confirmed
    )
    return {each.partner_id: each for each in await work.session.scalars(found)}


async def told_of(work: Work, partners: Collection[UUID]) -> dict[UUID, Told]:
    """What facts tell of partners' commercial supply, by the partner. What was never decided tells nothing yet."""
    of, in_force = Qualification, func.bool_or(col(Qualification.state).in_(IN_FORCE))
    decided = or_(col(of.valid_to).is_not(None), col(of.state) == QualificationState.rejected)
    younger = await aliases(work, partners)
    commercial = (col(of.partner_id).in_({*partners, *younger}), of.purpose == Purpose.commercial, decided)
    recorded = select(of.partner_id, in_force).where(*commercial)
    qualified: dict[UUID, bool] = {}
    for partner, each in await work.session.execute(recorded.group_by(col(of.partner_id))):
        for company in {partner, younger.get(partner, partner)}:
            qualified[company] = qualified.get(company, False) or each
    first, complete = await first_commercial(work, partners), not await unread_commerce(work)
    return {each: Told(qualified=qualified.get(each), first_on=first.get(each), complete=complete) for each in partners}


def grown_up(work: Work) -> Select[Any]:
    """Those that count, and are developing though a year has passed since the first commercial batch, or of which
    nobody said whether there was one, until all facts are read that would."""
    of, known = Segmentation, KnownMatter
    today = work.now.date()
    leap_day = (today.month, today.day) == (2, 29)
    year_ago = today.replace(year=today.year - COMMERCIAL_MONTHS // 12, day=28 if leap_day else today.day)
    alias = select(PartnerUnion.partner_id).where(
        PartnerUnion.elder_id == col(of.partner_id), PartnerUnion.state == UnionState.united
    )
    own = or_(col(known.partner_id) == col(of.partner_id), col(known.partner_id).in_(alias))
    first = select(FIRST_MADE).where(own, col(known.marketed))
    tested = select(FIRST_TESTED).where(own, TESTED_FOR_A_MARKET)
    days = (first.scalar_subquery(), tested.scalar_subquery(), col(of.first_commercial_on))
    over = (col(of.why) == NO_YEAR) & or_(*(each <= year_ago for each in days))
    unsaid = (col(of.unknown).contains([FIRST_BATCH])) & col(of.commercially_supplied).is_(None)
    grown = over | unsaid & (col(of.why) != NO_QUALIFICATION)
    return select(of).where(of.state == State.confirmed, grown).order_by(col(of.id))


def to_review(work: Work) -> Select[Any]:
    """Those that count, and a year has passed, which was not told."""
    return select(Segmentation).where(_due(work), col(Segmentation.stale).is_(False)).order_by(col(Segmentation.id))
