"""Use cases of continued process verification."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from tech_transfer.closure.model import ClosureReport
from tech_transfer.ppq_series import capability
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.transfer_batches.attributes import in_force, kept
from tech_transfer.transfer_batches.evidence import lots_made, told_of
from tech_transfer.transfer_batches.known import Known, known_of
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.results import LotResults, Rows
from tech_transfer.transfer_batches.schemas import KeptLimits
from tech_transfer.transfer_batches.values import mean_of, plain_values
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import TechTransferState
from tech_transfer.verifications import rules
from tech_transfer.verifications.model import ProcessVerification
from tech_transfer.verifications.schemas import SignalRead, VerifiedAttributeRead, Verify

_MadeLots = list[tuple[rules.MadeLot, LotResults]]


async def verify(work: Work, body: Verify) -> ProcessVerification:
    """Look at the PPQ batches, and at what was made since the transfer was closed.

    Raises NotFound, and RuleViolated for a transfer that is not closed, and a strength that is not the series'.
    """
    named = await work.session.get(PpqSeries, body.series_id)
    if named is None:
        raise NotFound("ppq series", body.series_id)
    transfer = await transfers.locked(work, named.transfer_id)
    strength, closed_at = _strength(named, body.strength), await _closed_at(work, transfer)
    limits = await _limits(work, transfer, named)
    lots = await _lots(work, transfer, named, limits)
    out = rules.left_out([lot for lot, _ in lots], strength, closed_at)
    found = _verified(limits, [results for lot, results in lots if lot.number not in out])
    record = ProcessVerification(
        number=await next_number(work, "CPV", "process_verification_number"),
        **columns_of(transfer) | {"parties": [transfer.receiving_partner_id]},
        series_id=named.id,
        strength=strength,
        verified_at=work.now,
        verified_by=work.principal.subject,
        attributes=[each.model_dump(mode="json") for each in found],
        left_out=[{"lot": lot, "why": why} for lot, why in out.items()],
    )
    work.add(record)
    work.publish(record.told(found, work.now), of=record)
    return record


def _strength(series: PpqSeries, asked: str | None) -> str:
    of_it = [*series.strengths, *series.bracketed]
    if asked in of_it or (asked is None and len(of_it) == 1):
        return asked or of_it[0]
    raise RuleViolated(f"strength: {series.number} is of {', '.join(of_it)}: name one of these", fields=["strength"])


async def _closed_at(work: Work, transfer: Transfer) -> datetime:
    if transfer.state != TechTransferState.closed:
        why = f"{transfer.number} is {transfer.state}: continued verification begins when it is closed"
        raise RuleViolated(f"series_id: {why}", fields=["series_id"])
    signed = select(ClosureReport.signed_at).where(ClosureReport.transfer_id == transfer.id)
    found: datetime | None = await work.session.scalar(signed.where(col(ClosureReport.signed_at).is_not(None)))
    if found is None:
        raise AssertionError(f"{transfer.number} is closed, and no report of it was signed")
    return found


def _verified(limits: Rows, lots: Sequence[LotResults]) -> list[VerifiedAttributeRead]:
    """What the lots show of each attribute of the series' protocol whose limits are numbers."""
    found = []
    for of_one in capability.of_lots(limits, lots, rules.asked):
        run = [(lot.lot_number, mean_of(values)) for lot in lots if (values := plain_values(lot, of_one.attribute))]
        signals = [SignalRead(rule=each.rule, lot=each.lot) for each in rules.signals(run)]
        found.append(VerifiedAttributeRead(capability=of_one, signals=signals))
    return found


async def _limits(work: Work, transfer: Transfer, series: PpqSeries) -> Rows:
    """The limits of a series: results are found by what its attributes were called as it was planned, or are now."""
    limits = [KeptLimits.model_validate(each) for each in series.limits]
    return [each.model_dump(mode="json") for each in kept(limits, await in_force(work, transfer))]


async def _lots(work: Work, transfer: Transfer, series: PpqSeries, limits: Rows) -> _MadeLots:
    """The lots of the product that the receiving site made, in the order in which they were made."""
    of_it = select(TransferBatch).where(TransferBatch.transfer_id == transfer.id)
    named = {each.lot_id: each for each in (await work.session.scalars(of_it)).all()}
    found = list[tuple[str, UUID, rules.MadeLot, LotResults]]()
    for lot_id, number in await lots_made(work, transfer.product_id, transfer.receiving_site_id):
        known = known_of(lot_id, await told_of(work, lot_id))
        lot = _made(number, known, named.get(lot_id), series, transfer.strengths)
        found.append((known.started_at or "", lot_id, lot, LotResults.of(number, limits, known)))
    return [(lot, results) for _, _, lot, results in sorted(found, key=lambda each: each[:2])]


def _made(
    number: str, known: Known, named: TransferBatch | None, series: PpqSeries, strengths: Collection[str]
) -> rules.MadeLot:
    """What is known of a lot; no fact tells its strength: it is the only one, or that under which it was named."""
    only = next(iter(strengths)) if len(strengths) == 1 else None
    of_series = named is not None and (named.series_id, named.design) == (series.id, series.design)
    return rules.MadeLot(
        number=number,
        bulk=known.bulk,
        started_at=known.started_at,
        rejected=known.terminated or any(decision == "rejected" for _, decision in known.decisions),
        strength=named.strength if named else only,
        qualifying=of_series,
    )
