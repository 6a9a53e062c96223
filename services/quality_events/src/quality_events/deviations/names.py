"""What deviations are called where other records name them."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import col, select

from quality_events.deviations.model import Deviation
from runtime.work import Work
from serving.shown import Ref


async def refs_of(work: Work, ids: Collection[UUID]) -> dict[UUID, Ref]:
    """Deviations by their ids, as far as who asks reads them: a name is the title."""
    query = select(Deviation.id, Deviation.number, Deviation.title).where(col(Deviation.id).in_(ids))
    return {id: Ref(id=id, number=number, name=title) for id, number, title in await work.session.execute(query)}
