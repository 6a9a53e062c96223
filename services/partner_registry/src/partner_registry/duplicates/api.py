"""HTTP words for partners that may be one company."""

from collections.abc import Sequence

from sqlmodel import col, select

from partner_registry.duplicates.model import DuplicateCandidate
from partner_registry.duplicates.schemas import DuplicateRead
from partner_registry.partners.model import Partner
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from runtime.work import Work
from serving.actions import Actions
from serving.listing import equal
from serving.shown import Ref


async def show(work: Work, candidates: Sequence[DuplicateCandidate]) -> list[DuplicateRead]:
    """The candidates with both names."""
    ids = {id for each in candidates for id in (each.partner_id, each.other_id)}
    found = await work.session.scalars(select(Partner).where(col(Partner.id).in_(ids)))
    refs = {each.id: Ref(id=each.id, number=each.number, name=each.legal_name) for each in found}
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
