"""Reads of gaps."""

from collections.abc import Sequence

from sqlmodel import col

from directory.names import names_of
from runtime.work import Work
from serving.listing import days, equal, whether
from tech_transfer.foretold.queries import foretold_by
from tech_transfer.gaps.model import Gap, GapSearch
from tech_transfer.gaps.ratios import compared
from tech_transfer.gaps.schemas import GapDetail, GapRead, GapSearchRead
from tech_transfer.gaps.terms import GapState
from tech_transfer.transfers.shown import REFERENCES, showing

_OPEN = col(Gap.state).in_([GapState.identified, GapState.mitigation_agreed])
FILTERS = (
    equal(Gap, *("gap_number", "transfer_id", "category", "severity", "state", "owner"))
    | {"open": whether(lambda _: _OPEN, "it is not closed or accepted")}
    | days(Gap.due_on, "due")
)
SEARCH_FILTERS = equal(GapSearch, "transfer_id", "category", "state")

show_searches = showing(GapSearchRead)


async def show(work: Work, gaps: Sequence[Gap]) -> list[GapRead]:
    """Gaps with names and ratios."""
    known = await names_of(work, gaps, REFERENCES)
    return [
        GapRead.model_validate(dict(one) | known.of(one, references=REFERENCES) | compared(one.sending, one.receiving))
        for one in gaps
    ]


async def detail(work: Work, gap: Gap) -> GapDetail:
    """One gap with what it gave warning of."""
    (shown,) = await show(work, [gap])
    return GapDetail.model_validate(shown.model_dump() | {"foretold": await foretold_by(work, gap_id=gap.id)})
