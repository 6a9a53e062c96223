"""Reads of batches."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from contracts.partner_feeds import MaterialLot
from quality_events.batches.model import Batch
from quality_events.batches.parts import BatchInput, ProcessStep, dated, is_an_input, is_current
from quality_events.batches.schemas import BatchDetail, BatchRead, BatchReference, Genealogy, InputRead, ProcessStepRead
from quality_events.directory.queries import names
from runtime.work import Work

MOST_SHOWN = 1000
"""Batches that one lot went into; all of them are in the list, by ``input_lot_id``."""


def matching(since: date | None, until: date | None, input_lot_id: UUID | None) -> SelectOfScalar[Batch]:
    """Batches that started from ``since`` to ``until``, both included, and into which a lot went.

    A start that is known to the month counts as the month's first day.
    """
    query = select(Batch)
    if since:
        query = query.where(col(Batch.started_on) >= since)
    if until:
        query = query.where(col(Batch.started_on) <= until)
    if input_lot_id:
        went_in = (col(BatchInput.batch_id) == Batch.id) & (col(BatchInput.lot_id) == input_lot_id) & is_an_input()
        query = query.where(exists(select(BatchInput.id).where(went_in)))
    return query


async def read_all(work: Work, batches: Sequence[Batch]) -> list[BatchRead]:
    """The batches with their sites' and partners' names."""
    known = await names(work, [batch.site_id for batch in batches], [batch.partner_id for batch in batches])
    return [BatchRead.of(batch, known) for batch in batches]


async def detail(work: Work, batch: Batch) -> BatchDetail:
    """A batch with its inputs, stage yields and process data."""
    known = await names(work, [batch.site_id], [batch.partner_id])
    steps = await work.session.scalars(
        select(ProcessStep)
        .where(ProcessStep.batch_id == batch.id, is_current(ProcessStep))
        .order_by(ProcessStep.step, ProcessStep.source)
    )
    inputs = [MaterialLot(material=part.material, number=part.number) for part in await _inputs(work, batch)]
    process = [ProcessStepRead.model_validate(dated(step, batch)) for step in steps]
    return BatchDetail.of(batch, known, inputs=inputs, process=process)


async def genealogy(work: Work, batch: Batch) -> Genealogy:
    """What went into a batch, and the batches into which it went."""
    inputs = await _inputs(work, batch)
    known = await work.session.execute(
        select(Batch.lot_id, Batch.id).where(col(Batch.lot_id).in_([part.lot_id for part in inputs]))
    )
    batch_of = {lot_id: id for lot_id, id in known}
    went_into = matching(None, None, batch.lot_id).order_by(Batch.number, col(Batch.id)).limit(MOST_SHOWN)
    used_in = await work.session.scalars(went_into)
    return Genealogy(
        id=batch.id,
        material=batch.material,
        number=batch.number,
        inputs=[
            InputRead.model_validate(part.model_dump() | {"batch_id": batch_of.get(part.lot_id)}) for part in inputs
        ],
        used_in=[BatchReference.model_validate(other, from_attributes=True) for other in used_in],
    )


async def _inputs(work: Work, batch: Batch) -> list[BatchInput]:
    """Each lot once, however many sources named it."""
    rows = await work.session.scalars(
        select(BatchInput)
        .where(BatchInput.batch_id == batch.id, is_an_input())
        .order_by(BatchInput.material, BatchInput.number, BatchInput.source)
    )
    return list({row.lot_id: row for row in rows}.values())
