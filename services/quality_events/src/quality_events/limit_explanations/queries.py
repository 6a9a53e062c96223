"""Reads of explanations."""

from collections.abc import Sequence

from sqlmodel import col, select

from quality_events.batches.names import of_batch, refs_of
from quality_events.deviations.model import Deviation
from quality_events.limit_explanations.model import LimitExplanation
from quality_events.limit_explanations.schemas import LimitExplanationRead
from runtime.work import Work
from serving.listing import days, equal
from serving.shown import Ref

FILTERS = (
    equal(LimitExplanation, "number", "state", "batch_id", "partner_id", "limit_name", "deviation_id", "explained_by")
    | of_batch(LimitExplanation)
    | days(LimitExplanation.created_at, "explained")
)


async def show(work: Work, explanations: Sequence[LimitExplanation]) -> list[LimitExplanationRead]:
    """The explanations with their batches and deviations."""
    batches = await refs_of(work, {each.batch_id for each in explanations})
    query = select(Deviation.id, Deviation.number, Deviation.title)
    of_them = query.where(col(Deviation.id).in_({each.deviation_id for each in explanations}))
    rows = await work.session.execute(of_them)
    deviations = {id: Ref(id=id, number=number, name=title) for id, number, title in rows}
    return [
        LimitExplanationRead.model_validate(
            dict(each) | {"batch": batches[each.batch_id], "deviation": deviations.get(each.deviation_id)}
        )
        for each in explanations
    ]
