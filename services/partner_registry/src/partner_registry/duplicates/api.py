"""HTTP words for partners that may be one company."""

from collections.abc import Sequence

from partner_registry.duplicates.model import DuplicateCandidate
from partner_registry.duplicates.schemas import DuplicateRead
from partner_registry.names import partners_of
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from runtime.work import Work
from serving.actions import Actions
from serving.listing import equal


async def show(work: Work, candidates: Sequence[DuplicateCandidate]) -> list[DuplicateRead]:
    """The candidates with both names."""
    refs = await partners_of(work, candidates) | await partners_of(work, candidates, "other_id")
    return [
        DuplicateRead.model_validate(dict(each) | {"partner": refs[each.partner_id], "other": refs[each.other_id]})
        for each in candidates
    ]


duplicates = Actions(
    "duplicates", DuplicateCandidate, DuplicateRead, show, readers=READERS & SPONSORS, noun="duplicate"
)
duplicates.post("sameness", DuplicateCandidate.call_same, Reason)
duplicates.post("difference", DuplicateCandidate.call_different, Reason)
duplicates.get()
duplicates.list(equal(DuplicateCandidate, "number", "state", "partner_id", "other_id"))
