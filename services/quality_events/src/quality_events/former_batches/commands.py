"""Keeping a batch as it stands, before it becomes another maker's."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import select

from quality_events.batches.model import Batch
from quality_events.batches.queries import detail
from quality_events.former_batches.model import FormerBatch
from runtime.work import Work

_OF_THE_READER: Final = {"waiting_for", "allowed", "signatures"}


async def as_it_stands(work: Work, batch: Batch) -> dict[str, Any]:
    """A batch as its maker reads it now; what the sponsor calls the product it does not read."""
    said = (await detail(work, batch)).model_dump(mode="json", exclude=_OF_THE_READER)
    if said["product"]:
        said["product"]["name"] = None
    return said


async def keep(work: Work, batch: Batch, maker: UUID, as_it_was: dict[str, Any]) -> None:
    """Keep it for who made it until the site was sold; of one that it made a second time the last."""
    sold = [each["until"] for each in batch.sellers or () if each["partner_id"] == str(maker)]
    if not sold:
        return  # it turned out that this one has no part in its making
    until = datetime.fromisoformat(sold[-1])
    known = await work.session.scalar(select(FormerBatch).filter_by(batch_id=batch.id, partner_id=maker))
    if known:
        known.until, known.as_it_was = until, as_it_was
        return
    of_it = {name: getattr(batch, name) for name in ("number", "material", "site_id")}
    whose: dict[str, Any] = {"batch_id": batch.id, "partner_id": maker, "parties": [maker]}
    work.add(FormerBatch(**whose, **of_it, until=until, as_it_was=as_it_was))
