"""Reads of batches."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import exists
from sqlmodel import col, select

from directory.names import names_of
from quality_events.batches.materials import told
from quality_events.batches.model import Batch
from quality_events.batches.parts import BatchInput, ProcessStep, dated, is_an_input, is_current
from quality_events.batches.records import versions_of
from quality_events.batches.reported import standing
from quality_events.batches.schemas import BatchDetail, BatchRead, ProcessStepRead, StageRead
from quality_events.batches.stages import BatchStage
from quality_events.batches.went_in import InputLotRead
from quality_events.holds.queries import held, open_holds
from runtime.bodies import Country
from runtime.work import Work
from serving.listing import Filter, column, days, equal, whether


def went_in(lot_ids: Sequence[UUID]) -> Any:
    """The condition of batches into which any of some lots went."""
    part = (col(BatchInput.batch_id) == Batch.id) & col(BatchInput.lot_id).in_(lot_ids) & is_an_input()
    return exists(select(BatchInput.id).where(part))


def _known_as(_: Work, numbers: Sequence[str]) -> Any:
    aliases: Any = Batch.aliases
    return aliases.overlap([*numbers])


def _meant_for(_: Work, markets: Sequence[str]) -> Any:
    intended: Any = Batch.markets
    return intended.overlap([*markets])


FILTERS = (
    equal(Batch, "number", "product_id", "site_id", "partner_id", "state", "work_order", "ppq")
    | {
        "lot": column(Batch, "number", about="the lot's number, which is the batch's"),
        "material": column(Batch, "material", about="the product's code"),
        "alias": Filter(str, _known_as, "another number of the same goods"),
        "market": Filter(Country, _meant_for, "a market for which it is meant"),
        "input_lot_id": Filter(UUID, lambda _, ids: went_in(ids), "a lot that went in"),
        "held": whether(lambda _: held(), "an open hold stops it, in one market at least"),
        "held_in": Filter(Country, lambda _, markets: held(markets), "an open hold stops it in this market"),
    }
    | days(Batch.started_on, "started")
)


async def show(work: Work, batches: Sequence[Batch]) -> list[BatchRead]:
    """The batches with their sites' and partners' names."""
    known = await names_of(work, batches)
    return [BatchRead.of(batch, known) for batch in batches]


async def detail(work: Work, batch: Batch) -> BatchDetail:
    """A batch with its inputs, stage yields and process data."""
    known = await names_of(work, [batch])
    steps = await work.session.scalars(
        select(ProcessStep)
        .where(ProcessStep.batch_id == batch.id, is_current(ProcessStep))
        .order_by(ProcessStep.step, ProcessStep.source)
    )
    inputs = [
        InputLotRead(material=part.material, number=part.number, quantity=part.amount)
        for part in await _inputs(work, batch)
    ]
    process = [ProcessStepRead.model_validate(dated(step, batch)) for step in steps]
    more = {"inputs": inputs, "process": process, "open_holds": await open_holds(work, batch.id)}
    given = await versions_of(work, batch.id)
    became = standing(batch.state, batch, given)
    more["reported_records"] = [
        each.model_dump(exclude={"authority"}) | {"standing": became[each.id]} for each in given
    ]
    more["reported_uses"] = await told(work, batch.id)
    more["stages"] = [StageRead.of(stage) for stage in await stages_of(work, batch)]
    return BatchDetail.of(batch, known, **more)


async def stages_of(work: Work, batch: Batch) -> list[BatchStage]:
    """The stages of a batch, in the order in which they were stated first."""
    query = select(BatchStage).where(BatchStage.batch_id == batch.id).order_by(col(BatchStage.id))
    return list(await work.session.scalars(query))


async def _inputs(work: Work, batch: Batch) -> list[BatchInput]:
    """Each lot once, however many sources named it: as one does that says how much."""
    rows = await work.session.scalars(
        select(BatchInput)
        .where(BatchInput.batch_id == batch.id, is_an_input())
        .order_by(BatchInput.material, BatchInput.number, col(BatchInput.quantity).is_not(None), BatchInput.source)
    )
    return list({row.lot_id: row for row in rows}.values())
