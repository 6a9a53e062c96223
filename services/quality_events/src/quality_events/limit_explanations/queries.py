"""Reads of explanations."""

from collections.abc import Sequence

from quality_events.batches.names import of_batch, refs_of
from quality_events.deviations.names import refs_of as deviations_of
from quality_events.limit_explanations.model import LimitExplanation
from quality_events.limit_explanations.schemas import LimitExplanationRead
from runtime.work import Work
from serving.listing import days, equal

FILTERS = (
    equal(LimitExplanation, "number", "state", "batch_id", "partner_id", "limit_name", "deviation_id", "explained_by")
    | of_batch(LimitExplanation)
    | days(LimitExplanation.created_at, "explained")
)


async def show(work: Work, explanations: Sequence[LimitExplanation]) -> list[LimitExplanationRead]:
    """The explanations with their batches and deviations."""
    batches = await refs_of(work, {each.batch_id for each in explanations})
    deviations = await deviations_of(work, {each.deviation_id for each in explanations})
    return [
        LimitExplanationRead.model_validate(
            dict(each) | {"batch": batches[each.batch_id], "deviation": deviations.get(each.deviation_id)}
        )
        for each in explanations
    ]
