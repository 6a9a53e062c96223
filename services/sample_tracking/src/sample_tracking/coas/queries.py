"""Reads of certificates of analysis."""

from collections.abc import Sequence
from typing import Final

from directory.names import names_of
from runtime.work import Work
from sample_tracking.coas.model import Coa
from sample_tracking.coas.schemas import CoaRead
from serving.listing import column, days, equal

_REFERENCES: Final = {"site": "site_id", "partner": "partner_id"}
FILTERS = (
    equal(Coa, "number", "state", "lot_id", "material", "market", "specification_id")
    | {"lot": column(Coa, "lot_number", about="the lot's number")}
    | days(Coa.issued_at, "issued")
)


async def show(work: Work, coas: Sequence[Coa]) -> list[CoaRead]:
    """The certificates with the names that the reader may know."""
    names = await names_of(work, coas, _REFERENCES)
    return [CoaRead.model_validate(dict(one) | names.of(one, references=_REFERENCES)) for one in coas]
