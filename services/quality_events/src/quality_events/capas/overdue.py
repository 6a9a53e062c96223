"""The timer that tells of CAPAs beyond the due date of their actions or of their check, once per due date."""

from typing import Any

from sqlalchemy import Select
from sqlmodel import col, select

from quality_events.capas.model import Capa
from quality_events.capas.queries import NEXT_DUE, overdue
from runtime.timers import record_by_record
from runtime.work import Work


def late(work: Work) -> Select[Any]:
    """Those of which nobody was told yet."""
    untold = col(Capa.overdue_told_for).is_distinct_from(NEXT_DUE)
    return select(Capa).where(overdue(work), untold).order_by(col(Capa.id))


async def tell(work: Work, capa: Capa) -> None:
    """Publish that it is overdue."""
    work.publish(capa.fall_overdue(work.now), of=capa)


timer = record_by_record("capa-overdue", 30.0, Capa, late, tell)
