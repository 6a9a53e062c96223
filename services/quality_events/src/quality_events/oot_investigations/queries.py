"""Reads of investigations of results that are out of trend."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col

from directory.names import names_of
from quality_events.genealogy.queries import UP
from quality_events.oot_investigations.model import OotInvestigation
from quality_events.oot_investigations.schemas import REFERENCES, OotRead
from quality_events.oot_investigations.terms import OPEN
from runtime.work import Work
from serving.listing import column, days, equal, whether

# Nobody's release waits for one, so that a maker reads of its own alone.
_OPEN_ON: Final = f"""
{UP}
SELECT said.id::text AS id, said.number, said.state, said.test, said.value, said.unit,
       said.partner_id::text AS partner_id
FROM oot_investigation AS said
WHERE said.state = ANY ($2::text[]) AND (said.batch_id IN (SELECT id FROM up)
    OR said.batch_id IS NULL AND said.lot_id IN (SELECT part.lot_id FROM up, LATERAL (
        SELECT lot_id FROM lot_went_in WHERE batch_id = up.id OFFSET 0) AS part))
ORDER BY said.number
"""  # noqa: S608
FILTERS = (
    equal(
        OotInvestigation,
        *("number", "state", "partner_id", "laboratory_partner_id", "site_id", "product_id", "test", "result_id"),
        *("batch_id", "conclusion", "stage", "basis"),
    )
    | {
        "material": column(OotInvestigation, "material", about="the product's code"),
        "lot": column(OotInvestigation, "lot_number", about="the lot's number"),
        "overdue": whether(OotInvestigation.overdue, "it is neither concluded nor withdrawn beyond its target"),
        "open": whether(lambda _: col(OotInvestigation.state).in_(OPEN), "it is neither concluded nor withdrawn"),
    }
    | days(OotInvestigation.aware_at, "told")
)


async def show(work: Work, investigations: Sequence[OotInvestigation]) -> list[OotRead]:
    """The investigations with names and clocks."""
    known = await names_of(work, investigations, REFERENCES)
    return [OotRead.of(one, known, work.now) for one in investigations]


async def open_on(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """Those that are open of a batch and of what it came of, or went into that, as far as who asks reads them."""
    return [dict(row) for row in await work.connection.fetch(_OPEN_ON, batch_id, sorted(OPEN))]
