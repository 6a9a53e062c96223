"""Reads of excursions."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col

from directory.names import names_of
from quality_events.batches.names import of_batch, refs_of
from quality_events.deviations.names import refs_of as deviations_of
from quality_events.excursions.model import ProcessExcursion
from quality_events.excursions.schemas import ProcessExcursionRead
from quality_events.excursions.terms import ExcursionState
from runtime.work import Work
from serving.listing import days, equal, whether

_REFERENCES: Final[Mapping[str, str]] = {"site": "site_id", "partner": "partner_id"}
_OF_A_BATCH = "SELECT * FROM excursions_of($1)"

FILTERS = (
    equal(
        ProcessExcursion,
        *("number", "state", "outcome", "batch_id", "lot_id", "site_id", "partner_id", "step", "kind", "event_id"),
        "deviation_id",
    )
    | {"open": whether(lambda _: col(ProcessExcursion.state) == ExcursionState.open, "nobody decided what it means")}
    | of_batch(ProcessExcursion)
    | days(ProcessExcursion.created_at, "told")
)


async def show(work: Work, excursions: Sequence[ProcessExcursion]) -> list[ProcessExcursionRead]:
    """The excursions with their batches, deviations and names."""
    names = await names_of(work, excursions, _REFERENCES)
    batches = await refs_of(work, {each.batch_id for each in excursions})
    deviations = await deviations_of(work, {each.deviation_id for each in excursions if each.deviation_id})
    return [
        ProcessExcursionRead.model_validate(
            dict(each)
            | names.of(each, references=_REFERENCES)
            | {"batch": batches[each.batch_id], "deviation": each.deviation_id and deviations.get(each.deviation_id)}
        )
        for each in excursions
    ]


async def excursions_of(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """Those of a batch and of what it came of, oldest first; of another maker's only whether they are open."""
    return [dict(row) for row in await work.connection.fetch(_OF_A_BATCH, batch_id)]
