"""Reads of inspections."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, or_
from sqlmodel import col, select

from contracts.partner_registry import InspectionState
from partner_registry.inspections.model import ENDED, Inspection
from partner_registry.inspections.schemas import InspectionRead
from partner_registry.names import names_of, sites_of
from runtime.work import Work
from serving.listing import days, equal, whether


def _overdue(work: Work) -> Any:
    late = col(Inspection.first_open_at) <= work.now
    return or_(Inspection.overdue(work), late.is_(True) & col(Inspection.state).in_(ENDED))


FILTERS = (
    equal(Inspection, *("number", "state", "kind", "site_id", "partner_id", "authority", "outcome"))
    | {
        "open": whether(lambda _: col(Inspection.state) != InspectionState.closed, "it is not closed"),
        "overdue": whether(_overdue, "the answer, or a promise to the authority, is beyond its last day"),
    }
    | days(Inspection.starts_on, "starts")
)


async def show(work: Work, inspections: Sequence[Inspection]) -> list[InspectionRead]:
    """The inspections with names, and what is overdue."""
    names = await names_of(work, inspections, await sites_of(work, inspections))
    return [
        InspectionRead.model_validate(
            dict(one)
            | names[one.id]
            | {"overdue": one.is_late(work.now), "commitments": one.commitments_at(work.now), "covered": one.covered}
        )
        for one in inspections
    ]


def to_report(work: Work) -> Select[Any]:
    """Those of which a promise is overdue, and that was not reported."""
    late = (col(Inspection.state).in_(ENDED), col(Inspection.report_at) <= work.now)
    return select(Inspection).where(*late).order_by(col(Inspection.id))
