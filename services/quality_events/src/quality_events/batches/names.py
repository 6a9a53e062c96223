"""What batches are called where other records name them, and how those are found by what is known of the batch."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import col, select

from quality_events.batches.model import Batch
from quality_events.former_batches.model import FormerBatch
from runtime.work import Work
from serving.listing import Filter
from serving.shown import Ref


async def refs_of(work: Work, ids: Collection[UUID]) -> dict[UUID, Ref]:
    """Batches by their ids: a number is the lot's, a name the material. One that became another's, as it was."""
    query = select(Batch.id, Batch.number, Batch.material).where(col(Batch.id).in_(ids))
    found = {id: Ref(id=id, number=number, name=name) for id, number, name in await work.session.execute(query)}
    if missing := set(ids) - found.keys():
        kept = select(FormerBatch.batch_id, FormerBatch.number, FormerBatch.material)
        rows = await work.session.execute(kept.where(col(FormerBatch.batch_id).in_(missing)))
        found |= {id: Ref(id=id, number=number, name=name) for id, number, name in rows}
    return found


def of_batch(model: Any, *more: str) -> dict[str, Filter]:
    """Filters of records that name a batch: by its lot's number, its material, and ``more`` ids that it has."""

    def by(name: str, kind: type, about: str) -> Filter:
        def condition(_: Work, values: Sequence[Any]) -> Any:
            column = col(getattr(Batch, name))
            return exists(select(Batch.id).where(Batch.id == model.batch_id, column.in_(values)))

        return Filter(kind, condition, about)

    ids = {name: by(name, UUID, f"the batch's {name.removesuffix('_id')}") for name in more}
    return {"lot": by("number", str, "the lot's number"), "material": by("material", str, "the product's code"), **ids}
