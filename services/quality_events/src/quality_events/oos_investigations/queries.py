"""Reads of OOS investigations."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col

from quality_events.directory.queries import names
from quality_events.oos_investigations.model import OosInvestigation, State
from quality_events.oos_investigations.schemas import OosRead
from runtime.work import Work
from serving.listing import Filter, column, equal


async def show(work: Work, investigations: Sequence[OosInvestigation]) -> list[OosRead]:
    """The investigations with names and clocks."""
    sites = [site for one in investigations for site in (one.site_id, one.laboratory_site_id)]
    known = await names(work, sites, [one.partner_id for one in investigations])
    return [OosRead.of(one, known, work.now) for one in investigations]


_OPEN = col(OosInvestigation.state) != State.concluded


def _overdue(work: Work, yes: bool) -> Any:
    late = _OPEN & ~col(OosInvestigation.historic) & (col(OosInvestigation.due_at) < work.now)
    return late if yes else ~late


FILTERS = equal(
    OosInvestigation,
    *("number", "state", "partner_id", "laboratory_partner_id", "site_id", "product_id", "test", "result_id"),
    "batch_id",
) | {
    "material": column(OosInvestigation, "material", about="the product's code"),
    "lot": column(OosInvestigation, "lot_number", about="the lot's number"),
    "overdue": Filter(bool, _overdue, "whether it is not concluded beyond its target", many=False),
    "open": Filter(bool, lambda _, yes: _OPEN if yes else ~_OPEN, "whether it is not concluded", many=False),
}
