"""Use cases of a transfer's batches."""

from typing import Any
from uuid import UUID

from sqlmodel import col, func, select

from contracts import Lot
from contracts.transfer_batches import TransferBatchKind
from contracts.transfer_batches import TransferBatchVerdict as Verdict
from directory import queries as directory
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from tech_transfer.ppq_series.judging import judge
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.ppq_series.schemas import SeriesState
from tech_transfer.process_readings.commands import watch_lot
from tech_transfer.transfer_batches import evidence
from tech_transfer.transfer_batches.attributes import in_force, kept, refuse_departing
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.schemas import (
    AssignCause,
    JustifyChoice,
    KeptLimits,
    NameBatch,
    RestateParameters,
    StartStability,
    StateParameters,
)
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import LIVE


async def name(work: Work, body: NameBatch) -> TransferBatch:
    """Name a batch by which the transfer is shown, and judge it by what was told of it so far.

    Raises NotFound for a series of another transfer, and RuleViolated for a lot that is named already, a strength that
    is not the transfer's, limits that ask less than a quality attribute, a series in which nothing is made
    now, one whose making began before the run of its series, and one that is named already in another spelling.
    """
    await evidence.alone(work)
    transfer = await transfers.locked(work, body.transfer_id)
    if transfer.state not in LIVE:
        raise RuleViolated(f"{transfer.number} is {transfer.state}: no batch is named for it")
    if body.strength not in transfer.strengths:
        known = ", ".join(transfer.strengths)
        raise RuleViolated(f"strength: {transfer.number} is of {known}: name one of these", fields=["strength"])
    product = await directory.named_product(work, transfer.product_id, None)
    lot_id = Lot.identify(transfer.receiving_site_id, product.code, body.lot)
    await _refuse_twice(work, transfer, lot_id)
    await _refuse_another_spelling(work, transfer, product.code, body.lot)
    of_series = await _of_series(work, transfer, body) if body.series_id else {}
    limits = [KeptLimits.model_validate(each) for each in of_series.get("limits", ())] or body.limits
    await refuse_departing(work, transfer, limits, "series_id" if of_series else "limits")
    given = body.model_dump(mode="json", include={"kind", "strength", "scale", "at_scale"}) | of_series
    given |= {"limits": [each.model_dump(mode="json") for each in kept(limits, await in_force(work, transfer))]}
    batch = TransferBatch(
        number=await next_number(work, "TB", "transfer_batch_number"),
        **columns_of(transfer) | {"parties": [transfer.receiving_partner_id]} | given,
        lot_id=lot_id,
        lot_number=body.lot,
        material=product.code,
        bulk_id=lot_id,
        named_at=work.now,
        chosen_by=work.principal.subject,
    )
    work.add(batch)
    await watch_lot(work, transfer, batch.lot)
    await judge(work, transfer, [batch])
    if early := batch.begun_early:
        raise RuleViolated(f"lot: {batch.lot_number}: {early}, so that it shows nothing", fields=["lot"])
    return batch


async def _refuse_twice(work: Work, transfer: Transfer, lot_id: UUID) -> None:
    of_it = TransferBatch.transfer_id == transfer.id, TransferBatch.lot_id == lot_id
    if number := await work.session.scalar(select(TransferBatch.number).where(*of_it)):
        raise RuleViolated(f"lot: {transfer.number} names it already, as {number}", fields=["lot"])


async def _refuse_another_spelling(work: Work, transfer: Transfer, material: str, lot: str) -> None:
    """What differs by case alone is one lot to people, and another one to every service."""
    of_site = TransferBatch.receiving_site_id == transfer.receiving_site_id, TransferBatch.material == material
    same = func.lower(TransferBatch.lot_number) == func.lower(lot), TransferBatch.lot_number != lot
    named = select(TransferBatch).where(*of_site, *same, TransferBatch.state != Verdict.cancelled)
    if one := (await work.session.scalars(named.order_by(col(TransferBatch.id)).limit(1))).first():
        why = f"{one.transfer_number} names {one.lot_number}, as {one.number}: write it so, or give that one up"
        raise RuleViolated(f"lot: {lot}: {why}", fields=["lot"])


async def _of_series(work: Work, transfer: Transfer, body: NameBatch) -> dict[str, Any]:
    series = await work.session.get(PpqSeries, body.series_id)
    if series is None or series.transfer_id != transfer.id:
        raise NotFound("ppq series", body.series_id)
    if series.state not in (SeriesState.running, SeriesState.conforming):
        raise RuleViolated(f"series_id: {series.number} is {series.state}: batches are named while it runs")
    if body.strength not in series.strengths:
        made = ", ".join(series.strengths)
        raise RuleViolated(f"strength: {series.number} is made of {made}: name one of these", fields=["strength"])
    of_it = {"series_id": series.id, "design": series.design, "run": series.run, "limits": series.limits}
    return of_it | {"protocol_approved_at": series.protocol_approved_at, "run_began_at": series.run_began_at}


async def state_parameters(work: Work, batch_id: UUID, body: StateParameters) -> TransferBatch:
    """Say what its process parameters were; it is judged anew."""
    batch, transfer = await transfers.part(work, TransferBatch, batch_id, live=True)
    batch.state_parameters(body.parameters, body.evidence, work.principal.subject)
    return await _judged(work, transfer, batch)


async def restate_parameters(work: Work, batch_id: UUID, body: RestateParameters) -> TransferBatch:
    """Quality says what its process parameters were, and not what was stated; it is judged anew."""
    batch, transfer = await transfers.part(work, TransferBatch, batch_id, live=True)
    batch.restate_parameters(body.parameters, body.evidence, work.principal.subject)
    return await _judged(work, transfer, batch)


async def justify_choice(work: Work, batch_id: UUID, body: JustifyChoice) -> TransferBatch:
    """Quality says why it counts although it was chosen afterwards; it is judged anew."""
    batch, transfer = await transfers.part(work, TransferBatch, batch_id, live=True)
    batch.justify_choice(body.justification, work.principal.subject)
    return await _judged(work, transfer, batch)


async def assign_cause(work: Work, batch_id: UUID, body: AssignCause) -> TransferBatch:
    """Quality says why it failed; it is judged anew."""
    batch, transfer = await transfers.part(work, TransferBatch, batch_id, live=True)
    batch.assign_cause(body.cause, body.reason, body.evidence)
    return await _judged(work, transfer, batch)


async def give_up(work: Work, batch_id: UUID, body: Reason) -> TransferBatch:
    """It will not be made, or is planned anew under another number."""
    batch, transfer = await transfers.part(work, TransferBatch, batch_id, live=True)
    batch.give_up(body.reason)
    return await _judged(work, transfer, batch)


async def start_stability(work: Work, batch_id: UUID, body: StartStability) -> TransferBatch:
    """It is stored in a study."""
    batch, transfer = await transfers.part(work, TransferBatch, batch_id, live=True)
    batch.start_stability(body.study, body.started_on)
    return await _judged(work, transfer, batch)


async def _judged(work: Work, transfer: Transfer, batch: TransferBatch) -> TransferBatch:
    await judge(work, transfer, [batch])
    return batch


async def engineering_conforms(work: Work, transfer_id: UUID) -> bool:
    """Whether an engineering batch of a transfer conforms at the scale at which the product is to be made."""
    of_it = select(TransferBatch).where(
        TransferBatch.transfer_id == transfer_id,
        TransferBatch.kind == TransferBatchKind.engineering,
        TransferBatch.state == "conforming",
        TransferBatch.at_scale,
    )
    return (await work.session.scalars(of_it.limit(1))).first() is not None
