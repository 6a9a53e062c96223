"""Keeping a batch as it stands, before it becomes another maker's."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlmodel import select

from quality_events.batches.model import Batch
from quality_events.batches.queries import detail
from quality_events.former_batches.model import FormerBatch
from quality_events.holds.model import BatchHold
from runtime.work import Work

_OF_THE_READER: Final = {"waiting_for", "allowed", "signatures"}
_OF_NO_PART: Final = ("id", "number", "material")
"""What is kept for who turned out to have no part in the making: the rest is its maker's, and its own records stay."""


async def as_it_stands(work: Work, batch: Batch) -> dict[str, Any]:
    """A batch as its maker reads it now; what the sponsor calls the product it does not read, nor others' holds."""
    said = (await detail(work, batch)).model_dump(mode="json", exclude=_OF_THE_READER)
    of_it = select(BatchHold.id).where(BatchHold.batch_id == batch.id, BatchHold.partner_id == batch.partner_id)
    own = {str(id) for id in await work.session.scalars(of_it)}
    said["open_holds"] = [each for each in said["open_holds"] if each["id"] in own]
    if said["product"]:
        said["product"]["name"] = None
    return said


async def went_over_at(work: Work, batch: Batch, former: UUID) -> datetime | None:
    """When it went over from who has it now, and made it all along; None where ``former`` had a part in its making."""
    if _sales_by(batch, former):
        return None
    kept = select(FormerBatch.updated_at).filter_by(batch_id=batch.id, partner_id=batch.partner_id)
    at: datetime | None = await work.session.scalar(kept)
    return at


async def keep(work: Work, batch: Batch, maker: UUID, as_it_was: dict[str, Any], told_at: datetime) -> None:
    """Keep it for who made it until the site was sold; of one that it made a second time the last.

    For who turned out to have no part in its making, until that was ``told_at``, no more than which it was.
    """
    sold = _sales_by(batch, maker)
    if not sold:
        as_it_was = {name: as_it_was[name] for name in _OF_NO_PART}
    until = datetime.fromisoformat(sold[-1]) if sold else told_at
    known = await work.session.scalar(select(FormerBatch).filter_by(batch_id=batch.id, partner_id=maker))
    if known:
        known.until, known.as_it_was = until, as_it_was
        return
    of_it = {name: getattr(batch, name) for name in ("number", "material", "site_id")}
    whose: dict[str, Any] = {"batch_id": batch.id, "partner_id": maker, "parties": [maker]}
    work.add(FormerBatch(**whose, **of_it, until=until, as_it_was=as_it_was))


def _sales_by(batch: Batch, maker: UUID) -> list[str]:
    return [each["until"] for each in batch.sellers or () if each["partner_id"] == str(maker)]
