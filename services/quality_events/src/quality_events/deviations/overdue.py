"""The timer that tells of deviations beyond their due date, once per due date."""

from sqlmodel import col, or_, select

from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import OPEN
from runtime.jobs import Timer
from runtime.work import Work

AT_ONCE = 500


async def tell(work: Work) -> None:
    """Publish DeviationOverdue for those whose due date has passed. One that is locked waits for the next tick."""
    untold = or_(col(Deviation.overdue_told_for).is_(None), Deviation.overdue_told_for != Deviation.due_at)
    late = await work.session.scalars(
        select(Deviation)
        .where(col(Deviation.state).in_(OPEN), ~col(Deviation.historic), Deviation.due_at < work.now, untold)
        .order_by(col(Deviation.id))
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for deviation in late:
        work.publish(deviation.fall_overdue(work.now), of=deviation)


timer = Timer("deviation-overdue", seconds=30.0, run=tell)
