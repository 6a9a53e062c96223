"""Reads of OOS investigations."""

from collections.abc import Sequence

from sqlmodel import col

from directory.names import names_of
from quality_events.oos_investigations.fields import OosState
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oos_investigations.schemas import REFERENCES, OosRead
from runtime.work import Work
from serving.listing import column, days, equal, whether


async def show(work: Work, investigations: Sequence[OosInvestigation]) -> list[OosRead]:
    """The investigations with names and clocks."""
    known = await names_of(work, investigations, REFERENCES)
    return [OosRead.of(one, known, work.now) for one in investigations]


_OPEN = col(OosInvestigation.state) != OosState.concluded

FILTERS = (
    equal(
        OosInvestigation,
        *("number", "state", "partner_id", "laboratory_partner_id", "site_id", "product_id", "test", "result_id"),
        *("batch_id", "conclusion"),
    )
    | {
        "material": column(OosInvestigation, "material", about="the product's code"),
        "lot": column(OosInvestigation, "lot_number", about="the lot's number"),
        "overdue": whether(OosInvestigation.overdue, "it is not concluded beyond its target"),
        "open": whether(lambda _: _OPEN, "it is not concluded"),
    }
    | days(OosInvestigation.opened_at, "opened")
)
