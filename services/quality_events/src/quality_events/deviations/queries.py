"""Reads of deviations."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func
from sqlalchemy.orm import aliased
from sqlmodel import and_, col, select
from sqlmodel.sql.expression import SelectOfScalar

from quality_events import clocks
from quality_events.deviations.lots import DeviationLot
from quality_events.deviations.model import Deviation
from quality_events.deviations.schemas import DeviationRead
from quality_events.deviations.terms import OPEN, State
from quality_events.directory.queries import names
from runtime.work import Work


def matching(
    work: Work, lot: str | None, batch_ids: Sequence[UUID] | None, overdue: bool | None
) -> SelectOfScalar[Deviation]:
    """Deviations that concern a lot or any of some batches, and that are overdue, or not, now."""
    query = select(Deviation)
    concerns = and_(DeviationLot.deviation_id == Deviation.id, col(DeviationLot.left_out_by_revision).is_(None))
    if lot is not None:
        query = query.where(exists(select(DeviationLot.id).where(concerns, DeviationLot.number == lot)))
    if batch_ids:
        query = query.where(exists(select(DeviationLot.id).where(concerns, col(DeviationLot.batch_id).in_(batch_ids))))
    if overdue is not None:
        late = col(Deviation.state).in_(OPEN) & ~col(Deviation.historic) & (Deviation.due_at < work.now)
        query = query.where(late if overdue else ~late)
    return query


async def read_all(work: Work, deviations: Sequence[Deviation]) -> list[DeviationRead]:
    """The deviations with their lots, names, clocks and what they repeat."""
    ids = [deviation.id for deviation in deviations]
    known = await names(work, [one.site_id for one in deviations], [one.partner_id for one in deviations])
    lots: dict[UUID, list[DeviationLot]] = defaultdict(list)
    query = select(DeviationLot).where(col(DeviationLot.deviation_id).in_(ids)).order_by(col(DeviationLot.id))
    for lot in await work.session.scalars(query):
        lots[lot.deviation_id].append(lot)
    earlier = await _recurrences(work, ids)
    return [DeviationRead.of(one, lots[one.id], known, earlier[one.id], work.now) for one in deviations]


async def _recurrences(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """The numbers of earlier deviations with the same site, category and root cause category, oldest first."""
    later, earlier = aliased(Deviation), aliased(Deviation)
    window = func.make_interval(0, clocks.RECURRENCE_MONTHS)
    rows = await work.session.execute(
        select(later.id, earlier.number)
        .join(
            earlier,
            (col(earlier.site_id) == later.site_id)
            & (col(earlier.category) == later.category)
            & (col(earlier.root_cause_category) == later.root_cause_category)
            & (col(earlier.id) != later.id)
            & (col(earlier.state) != State.cancelled)
            & (col(earlier.partner_aware_at) <= later.partner_aware_at)
            & (col(earlier.partner_aware_at) >= later.partner_aware_at - window),
        )
        .where(col(later.id).in_(ids))
        .order_by(col(earlier.partner_aware_at), earlier.number)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for id, number in rows:
        found[id].append(number)
    return found
