"""Use cases of continued process verification."""

from collections.abc import Sequence
from uuid import UUID

from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from tech_transfer.ppq_series import capability
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.transfer_batches.evidence import lots_made, told_of
from tech_transfer.transfer_batches.known import known_of
from tech_transfer.transfer_batches.results import LotResults
from tech_transfer.transfer_batches.values import mean_of, plain_values
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.verifications import rules
from tech_transfer.verifications.model import ProcessVerification
from tech_transfer.verifications.schemas import SignalRead, VerifiedAttributeRead, Verify


async def verify(work: Work, body: Verify) -> ProcessVerification:
    """Look at the lots made so far. Raises NotFound, and RuleViolated for a series whose protocol is not approved."""
    named = await work.session.get(PpqSeries, body.series_id)
    if named is None:
        raise NotFound("ppq series", body.series_id)
    transfer = await transfers.locked(work, named.transfer_id)
    if not named.is_approved:
        raise RuleViolated(
            f"series_id: quality is to approve the protocol of {named.number} first", fields=["series_id"]
        )
    found = _verified(named, await _lots(work, transfer, named))
    record = ProcessVerification(
        number=await next_number(work, "CPV", "process_verification_number"),
        **columns_of(transfer) | {"parties": [transfer.receiving_partner_id]},
        series_id=named.id,
        verified_at=work.now,
        verified_by=work.principal.subject,
        attributes=[each.model_dump(mode="json") for each in found],
    )
    work.add(record)
    work.publish(record.told(found, work.now), of=record)
    return record


def _verified(series: PpqSeries, lots: Sequence[LotResults]) -> list[VerifiedAttributeRead]:
    """What the lots show of each attribute of the series' protocol whose limits are numbers."""
    found = []
    for of_one in capability.of_lots(series.limits, lots, rules.asked):
        run = [(lot.lot_number, mean_of(values)) for lot in lots if (values := plain_values(lot, of_one.attribute))]
        signals = [SignalRead(rule=each.rule, lot=each.lot) for each in rules.signals(run)]
        found.append(VerifiedAttributeRead(capability=of_one, signals=signals))
    return found


async def _lots(work: Work, transfer: Transfer, series: PpqSeries) -> list[LotResults]:
    """The lots of the product that the receiving site made, in the order in which they were made."""
    found = list[tuple[str, UUID, LotResults]]()
    for lot_id, number in await lots_made(work, transfer.product_id, transfer.receiving_site_id):
        known = known_of(lot_id, await told_of(work, lot_id))
        if known.started_at is not None:
            found.append((known.started_at, lot_id, LotResults.of(number, series.limits, known)))
    return [each for _, _, each in sorted(found, key=lambda each: each[:2])]
