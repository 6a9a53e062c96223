"""Use cases of comparability."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from contracts.transfer_batches import TransferBatchKind, TransferBatchVerdict
from runtime.bodies import Reason
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.comparabilities import rules
from tech_transfer.comparabilities.model import Comparability, HistoricalValue
from tech_transfer.comparabilities.schemas import SHOWN, Compare
from tech_transfer.gates import marks
from tech_transfer.process_readings.rules import plain
from tech_transfer.transfer_batches.attributes import called, in_force
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.values import mean_of, plain_values, unit_of
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.part import columns_of

_COMPARED = (TransferBatchKind.ppq, TransferBatchKind.comparability)


async def compare(work: Work, body: Compare) -> Comparability:
    """Hold the conforming lots of the transfer against historical ones. Raises RuleViolated as the rules do."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    lots = await _lots(work, transfer.id)
    names = called([body.attribute], await in_force(work, transfer))
    if odd := [each.lot_number for each in lots if unit_of(each, *names) not in (None, body.unit)]:
        raise RuleViolated(f"unit: the protocol of {', '.join(odd)} has another one", fields=["unit"])
    receiving = _values(lots, names)
    history = [each.value for each in body.history]
    found = rules.compared(history, [value for _, value in receiving], body.limit, body.justification)
    record = Comparability(
        number=await next_number(work, "CMP", "comparability_number"),
        **columns_of(transfer) | {"parties": [transfer.receiving_partner_id]},
        state=found.state,
        attribute=body.attribute,
        unit=body.unit,
        compared_at=work.now,
        compared_by=work.principal.subject,
        sending_lots=len(history),
        receiving=_written(receiving),
        limit=found.limit,
        justification=body.justification,
        difference=found.difference,
        ci90=[*found.ci90],
        not_assessed=found.not_assessed,
    )
    work.add(record)
    await work.session.flush()
    work.session.add_all(HistoricalValue(comparability_id=record.id, **each.model_dump()) for each in body.history)
    await marks.follow(work, transfer)
    return record


async def accept(work: Work, comparability_id: UUID, body: Reason) -> Comparability:
    """Quality accepts a difference, or that it cannot be assessed."""
    record, transfer = await transfers.part(work, Comparability, comparability_id, live=True)
    record.accept(body.reason)
    await marks.follow(work, transfer)
    return record


async def _lots(work: Work, transfer_id: UUID) -> list[TransferBatch]:
    """The lots of a transfer that conform now, one of each bulk."""
    of_it = select(TransferBatch).where(
        TransferBatch.transfer_id == transfer_id,
        TransferBatch.state == TransferBatchVerdict.conforming,
        col(TransferBatch.kind).in_(_COMPARED),
    )
    batches = (await work.session.scalars(of_it.order_by(col(TransferBatch.id)))).all()
    by_bulk = {batch.bulk_id: batch for batch in reversed(batches)}
    return [batch for batch in batches if by_bulk[batch.bulk_id] is batch]


def _values(lots: Iterable[TransferBatch], names: Sequence[str]) -> list[tuple[str, Decimal]]:
    return [(each.lot_number, mean_of(values)) for each in lots if (values := plain_values(each, *names))]


def _written(values: Iterable[tuple[str, Decimal]]) -> list[dict[str, str]]:
    return [{"lot": lot, "value": str(value)} for lot, value in values]


async def not_shown(work: Work, transfer_id: UUID, attributes: Iterable[Sequence[str]]) -> list[str]:
    """Why comparability is not shown, for each attribute, by its names, of which it is not.

    The last comparison of an attribute counts, where it is of the lots that conform now with the values that they have.
    """
    of_it = select(Comparability).where(Comparability.transfer_id == transfer_id).order_by(col(Comparability.id))
    compared = (await work.session.scalars(of_it)).all()
    lots, whys = await _lots(work, transfer_id), list[str]()
    for names in attributes:
        asked = {*map(plain, names)}
        found = next((each for each in reversed(compared) if plain(each.attribute) in asked), None)
        if found is None or found.state not in SHOWN:
            whys.append(f"comparability with the sending site's lots is not shown for {names[0]}")
        elif found.receiving != _written(_values(lots, names)):
            whys.append(f"{found.number} compares other lots of {names[0]} than conform now: compare them anew")
    return whys
