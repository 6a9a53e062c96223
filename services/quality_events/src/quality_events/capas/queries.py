"""Reads of CAPAs."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select

from directory.names import names_of
from quality_events.capas.model import Capa
from quality_events.capas.schemas import CLOSED, CapaRead, CapaState
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import DeviationState
from runtime.work import Work
from serving.listing import days, equal, whether

_OPEN = ~col(Capa.state).in_(CLOSED | {CapaState.cancelled})
FILTERS = (
    equal(Capa, *("number", "state", "site_id", "partner_id", "product_id", "source_type", "source_id", "owner"))
    | equal(Capa, "category", "root_cause_category", "effective")
    | {
        "overdue": whether(Capa.overdue, "an action, the whole, or then the check, is beyond its due date"),
        "open": whether(lambda _: _OPEN, "it is not closed or cancelled"),
    }
    | days(Capa.created_at, "opened")
)


async def show(work: Work, capas: Sequence[Capa]) -> list[CapaRead]:
    """The CAPAs with names and clocks."""
    known = await names_of(work, capas)
    return [
        CapaRead.model_validate(
            dict(one)
            | known.of(one)
            | {"actions": _with_clocks(one, work.now)}
            | {"overdue": one.is_overdue(work.now), "in_time": one.was_in_time(work.now)}
            | {"worked": one.has_worked(work.now)}
        )
        for one in capas
    ]


def _with_clocks(capa: Capa, now: datetime) -> list[dict[str, Any]]:
    """Its actions, each with whether it is overdue: of a CAPA that was given up none is."""
    late = {place for place, due_at in capa.left_due.items() if due_at < now} if capa.next_due_at else set()
    return [each | {"overdue": place in late} for place, each in enumerate(capa.actions, 1)]


async def recurrences(work: Work, capa: Capa) -> list[str]:
    """The numbers of deviations of the same kind that the partner became aware of after implementation."""
    if not (capa.implemented_at and capa.category and capa.root_cause_category):
        return []
    query = select(Deviation.number).where(
        Deviation.site_id == capa.site_id,
        Deviation.category == capa.category,
        Deviation.root_cause_category == capa.root_cause_category,
        Deviation.partner_aware_at > capa.implemented_at,
        Deviation.state != DeviationState.cancelled,
    )
    return list(await work.session.scalars(query.order_by(Deviation.number)))
