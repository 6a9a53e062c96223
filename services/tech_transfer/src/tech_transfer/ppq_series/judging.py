"""What is told of lots, or stated of batches, and what follows for the series and the gates of their transfers."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlmodel import col, select

from contracts.transfer_batches import TransferBatchVerdict as Verdict
from contracts.transfer_design import ReadingVerdict
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.ppq_series.rules import Count, SeriesBatch, count
from tech_transfer.process_readings.model import ProcessReading
from tech_transfer.transfer_batches.attributes import in_force
from tech_transfer.transfer_batches.evidence import told_of
from tech_transfer.transfer_batches.known import known_of
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.verdicts import Reading
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer


async def follow_lots(work: Work, lots: Collection[UUID]) -> None:
    """Judge anew the batches that transfers name of some lots, in the order in which everybody locks transfers."""
    if not lots:
        return
    named = select(TransferBatch.transfer_id).where(col(TransferBatch.lot_id).in_(lots)).distinct()
    for transfer_id in sorted((await work.session.scalars(named)).all()):
        await follow_lots_of(work, await transfers.locked(work, transfer_id), lots)


async def follow_lots_of(work: Work, transfer: Transfer, lots: Collection[UUID]) -> None:
    """Judge anew the batches that one transfer, which is locked, names of some lots."""
    of_it = select(TransferBatch).where(TransferBatch.transfer_id == transfer.id, col(TransferBatch.lot_id).in_(lots))
    found = await work.session.scalars(of_it.order_by(col(TransferBatch.id)).execution_options(populate_existing=True))
    await judge(work, transfer, found.all())


async def judge(work: Work, transfer: Transfer, batches: Iterable[TransferBatch]) -> None:
    """Judge batches of a transfer that is locked, then their series, and mark the gates that were passed by them."""
    await work.session.flush()
    series_ids = set[UUID]()
    for batch in batches:
        known = known_of(batch.lot_id, await told_of(work, batch.lot_id))
        if caused := batch.take(known, work.now, await _readings(work, batch)):
            work.publish(*caused, of=batch)
        series_ids |= {batch.series_id} if batch.series_id else set()
    await work.session.flush()
    for series_id in sorted(series_ids):
        await judge_series(work, await work.get(PpqSeries, series_id))
    await marks.follow(work, transfer)


async def _readings(work: Work, batch: TransferBatch) -> list[Reading]:
    """The parameters of its transfer, and how the batch stands to them by what its maker reported."""
    of_it = select(ProcessReading).where(
        ProcessReading.transfer_id == batch.transfer_id, ProcessReading.lot_id == batch.lot_id
    )
    found = await work.session.scalars(of_it.order_by(col(ProcessReading.id)))
    return [Reading(each.cpp, ReadingVerdict(each.state), each.unit, each.lower, each.upper) for each in found]


async def judge_series(work: Work, series: PpqSeries) -> None:
    """Count the batches of a series by what is known of them."""
    batches = await batches_of(work, series)
    lots = {each.lot_id: each.lot_number for each in batches}
    justified = [
        f"{each.lot_number}: {each.choice_justification}"
        for each in batches
        if each.choice_justification and each.design == series.design
    ]
    if caused := series.take(counted(series, batches), lots, justified, work.now):
        work.publish(*caused, of=series)


async def follow_attributes(work: Work, transfer: Transfer) -> None:
    """Say of each series of a transfer, which is locked, what its protocol asks less than the attributes ask now."""
    await work.session.flush()
    attributes = await in_force(work, transfer)
    of_it = select(PpqSeries).where(PpqSeries.transfer_id == transfer.id).order_by(col(PpqSeries.id))
    for series in (await work.session.scalars(of_it)).all():
        series.follow_attributes(attributes)
        work.publish(of=series)
    await marks.follow(work, transfer)


async def batches_of(work: Work, series: PpqSeries) -> Sequence[TransferBatch]:
    """The batches of a series, of whichever design, in the order in which they were named."""
    of_it = select(TransferBatch).where(TransferBatch.series_id == series.id)
    return (await work.session.scalars(of_it.order_by(col(TransferBatch.id)))).all()


def counted(series: PpqSeries, batches: Sequence[TransferBatch]) -> Count:
    """How many of its batches count. One of an earlier design does not; its failure ends the run that answered it."""
    runs = [one.run or 1 if one.design == series.design else _run_ended_by(series, one) for one in batches]
    rows = [
        SeriesBatch(one.lot_id, one.bulk_id, one.strength, run, place, one.started_at, Verdict(one.state))
        for place, (one, run) in enumerate(zip(batches, runs, strict=True))
        if run is not None
    ]
    return count(rows, series.required, series.strengths, series.run)


def _run_ended_by(series: PpqSeries, batch: TransferBatch) -> int | None:
    """Which run of the current design the failure of a batch of an earlier one ends; None where it ends none.

    None is ended by what was answered as an earlier design was left. What nobody answered ends the last run: it takes a
    root cause and a CAPA as any other failure does, however late it is told.
    """
    if batch.state != Verdict.failed:
        return None
    answered = [each for each in series.runs_ended if batch.lot_number in each["lots"]]
    if not answered:
        return series.run
    first = answered[0]
    return first["run"] if first["design"] == series.design else None
