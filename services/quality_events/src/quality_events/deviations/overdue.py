"""The timer that tells of deviations beyond their due date, once per due date."""

from typing import Any

from sqlalchemy import Select
from sqlmodel import col, or_, select

from quality_events.deviations.model import Deviation
from quality_events.deviations.queries import overdue
from runtime.timers import record_by_record
from runtime.work import Work


def late(work: Work) -> Select[Any]:
    """The open deviations whose due date has passed, where nobody was told of that."""
    untold = or_(col(Deviation.overdue_told_for).is_(None), Deviation.overdue_told_for != Deviation.due_at)
    return select(Deviation).where(overdue(work), untold).order_by(col(Deviation.id))


async def tell(work: Work, deviation: Deviation) -> None:
    """Publish that it is overdue."""
    work.publish(deviation.fall_overdue(work.now), of=deviation)


timer = record_by_record("deviation-overdue", 30.0, Deviation, late, tell)
