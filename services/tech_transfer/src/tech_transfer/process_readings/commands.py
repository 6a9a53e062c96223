"""Use cases of process readings: they follow from facts, from what a transfer names, and from its parameters."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from contracts import Lot, Recorded
from contracts.partner_feeds import ProcessDataReported
from runtime.work import Work
from tech_transfer.cpps.model import Cpp
from tech_transfer.ppq_series.judging import follow_lots, follow_lots_of
from tech_transfer.process_readings import data
from tech_transfer.process_readings.model import ProcessReading, WatchedLot
from tech_transfer.process_readings.rules import values_of
from tech_transfer.transfer_batches import evidence
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import TechTransferState


async def watch_lot(work: Work, transfer: Transfer, lot: Lot) -> None:
    """A transfer, which is locked, names a lot as one of its batches: it is judged by what is known of it already."""
    found = select(WatchedLot.id).where(WatchedLot.transfer_id == transfer.id, WatchedLot.lot_id == lot.id)
    if await work.session.scalar(found) is None:
        work.session.add(WatchedLot(transfer_id=transfer.id, lot_id=lot.id, lot=lot.model_dump(mode="json")))
        await judge_lot(work, transfer, lot)


async def take(work: Work, facts: Sequence[Recorded[ProcessDataReported]]) -> None:
    """Keep what makers reported, and judge the lots that transfers name, then their batches.

    Nobody names a lot meanwhile, and the transfers are locked before the lots are, as they are by everybody.
    """
    await evidence.together(work)
    concerned = await data.concerned(work, facts)
    watching = select(WatchedLot.transfer_id).where(col(WatchedLot.lot_id).in_(concerned)).distinct()
    for transfer_id in sorted((await work.session.scalars(watching)).all()):
        await transfers.locked(work, transfer_id)
    lots = await data.keep(work, facts)
    causes = {each.fact.lot.id: each for each in facts}
    named = select(WatchedLot, Transfer).join(Transfer, col(Transfer.id) == WatchedLot.transfer_id)
    named = named.where(col(WatchedLot.lot_id).in_(lots), Transfer.state != TechTransferState.cancelled)
    for watched, transfer in (await work.session.execute(named.order_by(col(WatchedLot.id)))).all():
        await judge_lot(work, transfer, Lot.model_validate(watched.lot), causes.get(watched.lot_id))
    await follow_lots(work, lots)


async def judge_transfer(work: Work, transfer: Transfer) -> None:
    """Judge all lots of a transfer, which is locked, and its batches, and mark its gates: its parameters changed."""
    watched = (await work.session.scalars(select(WatchedLot).where(WatchedLot.transfer_id == transfer.id))).all()
    lots = {each.lot_id for each in watched}
    await data.lock_lots(work, lots)
    for each in watched:
        await judge_lot(work, transfer, Lot.model_validate(each.lot))
    await follow_lots_of(work, transfer, lots)


async def judge_lot(
    work: Work, transfer: Transfer, lot: Lot, cause: Recorded[ProcessDataReported] | None = None
) -> None:
    """Judge one lot by each parameter of a transfer, and tell what is outside, or is so no longer."""
    await work.session.flush()
    await data.lock_lots(work, {lot.id})
    reported = await data.of_lot(work, lot.id)
    known = {each.cpp_id: each for each in await _readings(work, transfer.id, lot.id)}
    for cpp in await work.session.scalars(select(Cpp).where(Cpp.transfer_id == transfer.id).order_by(col(Cpp.id))):
        reading = known.get(cpp.id) or _new(work, transfer, cpp, lot)
        values = values_of(reported, cpp.step, cpp.name)
        for fact in reading.take(cpp, lot, values, work.now):
            work.publish(fact, of=reading, cause=cause)


def _new(work: Work, transfer: Transfer, cpp: Cpp, lot: Lot) -> ProcessReading:
    """Of a batch that neither unit made, the sponsor alone sees how it was made."""
    about = columns_of(transfer) | {"parties": [each for each in transfer.parties if each == lot.partner_id]}
    reading = ProcessReading(**about, lot_id=lot.id, lot_number=lot.number, cpp_id=cpp.id, cpp=cpp.code)
    work.session.add(reading)
    return reading


async def _readings(work: Work, transfer_id: UUID, lot_id: UUID) -> Sequence[ProcessReading]:
    found = select(ProcessReading).where(ProcessReading.transfer_id == transfer_id, ProcessReading.lot_id == lot_id)
    return (await work.session.scalars(found.with_for_update().execution_options(populate_existing=True))).all()
